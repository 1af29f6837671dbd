"""What the demo shows of the outcome table while it grows. Only figures about many: never one graduate's row."""

from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from saingan.demo.gauge import Groups, Reading
from saingan.standard.codes import codes

HORIZONS: Final = (6, 12, 24)  # months after graduation
_ENOUGH: Final = 20  # graduates: of fewer no share is shown


class Look(NamedTuple):
    """How a status is named and drawn: without colours, too, its part of a bar differs from the others."""

    thai: str
    english: str
    style: str
    brick: str


LOOKS: Final = {
    "EMPLOYED": Look("มีงานทำ", "employed", "green", "█"),
    "SELF_INSURED": Look("ประกันตน", "insured", "cyan", "▓"),
    "STUDYING": Look("ศึกษาต่อ", "studying", "blue", "▒"),
    "NONE_OBSERVED": Look("ไม่พบ", "none seen", "yellow", "░"),
    "NOT_YET": Look("ยังไม่ถึง", "not yet", "bright_black", " "),
}
_WIDE: Final = 100  # columns
_KNOWN: Final = [status for status in LOOKS if status != "NOT_YET"]


def note(out: Console, what: RenderableType) -> None:
    """Print a paragraph or a table, set in as everything of a step is."""
    out.print(Padding(what, (0, 0, 0, 3)))


def outcome_view(reading: Reading, expected: int, width: int) -> RenderableType:
    """The table so far.

    Args:
        expected: changes that the topics will hold in the end, as far as is known.
        width: of the terminal, in columns.
    """
    room = min(width, 120)
    return Group(
        _flow(reading, max(expected, reading.published), room),
        Text(),
        _by_horizon(reading.groups, room),
        Text(),
        _by_group(reading.groups, room),
    )


def outcome_line(reading: Reading, expected: int) -> str:
    """The same in a line, for where nothing can be drawn."""
    return (
        f"   published {reading.published:,} of {max(expected, reading.published):,}, taken in {reading.taken_in:,}"
        f" ({reading.rate:,.0f}/s), {reading.groups.total():,} graduations in the table,"
        f" {reading.behind_s:.1f} s behind"
    )


def _flow(reading: Reading, expected: int, width: int) -> Table:
    table = Table.grid(padding=(0, 2))
    for justify in ("left", "left", "right", "left"):
        table.add_column(justify=justify, no_wrap=True)
    pace = Text.assemble((f"{reading.rate:,.0f}", "bold"), " changes/s") if reading.rate else ""
    behind = Text.assemble((f"{reading.behind_s:.1f} s", "bold"), " behind") if reading.behind_s else "up to date"
    for name, number, note in (
        ("   เผยแพร่ published", reading.published, pace),
        ("   รับแล้ว in the table", reading.taken_in, behind),
    ):
        style = "green" if number >= expected else "cyan"
        bar = ProgressBar(expected, number, width=max(8, width - 56), complete_style=style, finished_style=style)
        table.add_row(name, bar, f"{number:,}", note)
    return table


def _by_horizon(groups: Groups, width: int) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(min_width=17)
    for _ in LOOKS:
        table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_row("   หลังสำเร็จ", *(Text(look.thai, look.style) for look in LOOKS.values()))
    table.add_row("   after", *(Text(look.english, look.style) for look in LOOKS.values()))
    for at, months in enumerate(HORIZONS):
        found = _statuses(groups, at)
        known = sum(found[status] for status in _KNOWN)
        shares = [_percent(found[status], known) for status in _KNOWN]
        table.add_row(f"   {months:2} เดือน months", *shares, f"{found['NOT_YET']:,}", _bar(found, known, width - 74))
    return table


def _by_group(groups: Groups, width: int) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    for _ in HORIZONS:
        table.add_column(justify="right", no_wrap=True)
    wide = width >= _WIDE
    table.add_row(
        Text("   มีงานทำ employed", "green"),
        Text(f"of {groups.total():,}", "dim"),
        *(Text(f"{months} m", "dim") for months in HORIZONS),
        *([Text("at 12 months", "dim")] if wide else []),
    )
    for name, members in _groups(groups):
        statuses = [_statuses(members, at) for at in range(len(HORIZONS))]
        known = [sum(found[status] for status in _KNOWN) for found in statuses]
        shares = [_percent(found["EMPLOYED"], among) for found, among in zip(statuses, known, strict=True)]
        bar = [_bar(statuses[1], known[1], width - 80)] if wide else []
        table.add_row(f"   {name}", f"{members.total():,}", *shares, *bar)
    return table


def _groups(groups: Groups) -> Iterator[tuple[str, Groups]]:
    """By qualification, then by region."""
    for qualification in ("PVC", "PVS", "BTECH"):
        code = codes("qualifications")[qualification]
        members = Counter({group: number for group, number in groups.items() if group[0] == qualification})
        yield f"{code.more['abbr_th']} {qualification}", members
    provinces = codes("provinces")
    for region in codes("regions_nesdc").values():
        of_region = {code for code, province in provinces.items() if province.more["region_nesdc"] == region.code}
        members = Counter({group: number for group, number in groups.items() if group[1] in of_region})
        yield f"{region.name_th.replace('กรุงเทพมหานคร', 'กทม.')} {region.name_en}", members


def _statuses(groups: Groups, horizon: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for group, number in groups.items():
        found[group[2 + horizon]] += number
    return found


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole >= _ENOUGH else "·"


def _bar(found: Counter[str], known: int, width: int) -> Text:
    """The known statuses as parts of one bar."""
    bar = Text()
    if known < _ENOUGH:
        return bar
    so_far = drawn = 0
    for status in _KNOWN:
        so_far += found[status]
        until = round(width * so_far / known)
        bar.append(LOOKS[status].brick * (until - drawn), LOOKS[status].style)
        drawn = until
    return bar
