"""Numbers with their nouns."""

import pytest

from saingan.plural import counted


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1_001, "1,001 rows"), (21, "21 rows")]
)
def test_one_is_singular_and_any_other_number_is_plural(number, said):
    assert counted(number, "row") == said


def test_a_noun_may_bring_its_own_plural():
    assert [counted(number, "entry", "entries") for number in (1, 2)] == ["1 entry", "2 entries"]
