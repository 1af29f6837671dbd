import io
from collections import Counter

import pytest
from rich.cells import cell_len
from rich.console import Console

from saingan.demo.gauge import Groups, Reading
from saingan.demo.screen import outcome_line, outcome_view


def reading(groups: Groups | None = None, **fields: float) -> Reading:
    some = Counter({("PVC", "10", "EMPLOYED", "EMPLOYED", "NOT_YET"): 30, ("PVS", "50", *["STUDYING"] * 3): 70})
    moment = Reading(published=1_000, taken_in=400, unsent=0, rate=123.0, behind_s=1.5, groups=groups or some)
    return moment._replace(**fields)


def drawn(moment: Reading, width: int = 120) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    with console.capture() as capture:
        console.print(outcome_view(moment, 2_000, width))
    return [line.rstrip() for line in capture.get().splitlines()]


def line(lines: list[str], beginning: str) -> str:
    return next(one for one in lines if one.strip().startswith(beginning))


@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_it_fits_the_terminal(width: int) -> None:
    lines = drawn(reading(published=1_234_567, taken_in=1_000_000), width)
    assert max(map(cell_len, lines)) <= width
    assert not any("…" in one for one in lines)
    assert len(lines) <= 22


def test_shares_are_of_those_whose_status_is_known() -> None:
    lines = drawn(reading())
    assert line(lines, "6 เดือน").split()[3:5] == ["30.0", "%"]
    assert line(lines, "24 เดือน").split()[3:5] == ["0.0", "%"]
    assert " 30 " in line(lines, "24 เดือน")  # not yet


def test_a_region_is_made_of_its_provinces() -> None:
    assert line(drawn(reading()), "กทม.และปริมณฑล").split()[4:6] == ["30", "100.0"]
    assert line(drawn(reading()), "ภาคเหนือ").split()[2:4] == ["70", "0.0"]


def test_no_share_is_told_of_a_handful() -> None:
    few = Counter({("PVC", "10", *["EMPLOYED"] * 3): 19})
    lines = drawn(reading(few))
    assert "%" not in "".join(lines)


def test_a_plain_line_says_how_far_it_is() -> None:
    told = outcome_line(reading(), 2_000)
    assert "published 1,000 of 2,000, taken in 400 (123/s), 100 graduations" in told
