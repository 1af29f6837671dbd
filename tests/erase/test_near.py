"""Names near one that nobody knows, without a citizen ID in them."""

import pytest

from saingan.erase.near import masked, nearest
from support.make import citizen_id

PERSON = citizen_id(7)


def test_the_nearest_names_come_first_and_strange_ones_do_not():
    known = {f"G-2568-{n:05d}" for n in range(100)} | {"something else", "x"}
    assert nearest("G-2568-00o17", known)[0] == "G-2568-00017"
    assert len(nearest("G-2568-00o17", known)) == 3
    assert nearest("nothing like it", known) == []


@pytest.mark.parametrize(
    "written", [PERSON, f"S-{PERSON}", f"{PERSON[0]}-{PERSON[1:5]}-{PERSON[5:10]}-{PERSON[10:12]}-{PERSON[12]}/2"]
)
def test_a_citizen_id_in_a_name_is_not_shown(written):
    (shown,) = nearest(written[:-1] + ("0" if written[-1] != "0" else "1"), {written})
    assert "x-xxxx-xxxxx-xx-x" in shown
    assert PERSON not in shown.replace("-", "")
    assert masked(written) == shown


def test_other_long_numbers_are_shown():
    wrong = PERSON[:-1] + str((int(PERSON[-1]) + 1) % 10)
    for number in (wrong, PERSON + "1", "2568-0001"):
        assert masked(number) == number
