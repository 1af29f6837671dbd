"""One synthetic graduate's story, change by change: what an agency sends, and what then stands in the row."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from random import SystemRandom
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from sqlalchemy import Row, select

from saingan.demo.population.register import stranger
from saingan.engine.store.opening import open_engine
from saingan.engine.tables import observation
from saingan.errors import Fault
from saingan.outcomes.table import employment_outcome
from saingan.publish import Publisher
from saingan.publish.publisher import today
from saingan.settings import Settings
from saingan.standard.identity import person_key
from saingan.topics import EMPLOYMENT, GRADUATION, Topic

_PATIENCE_S: Final = 30.0
_POLL_S: Final = 0.002
_WIDTH: Final = 80
_BUDDHIST: Final = 543
# The columns that matter, by heading, and how wide they are.
_SHOWN: Final = {
    "first_job_on": ("first_job_on", 12),
    "days": ("days_to_first_job", 4),
    "status_6m": ("status_6m", 13),
    "status_12m": ("status_12m", 13),
    "current_status": ("current_status", 14),
    "field_match": ("field_match", 11),
}


class Turn(NamedTuple):
    """One turn of the story: a change, and the first job that the row names when it has come."""

    tells: str
    topic: Topic
    record: dict[str, Any]
    first_job_on: date | None


class Story:
    """A new graduate, whom no earlier demo knows. A context manager.

    Args:
        check: raises where the worker has ended.
    """

    def __init__(self, settings: Settings, check: Callable[[], None]) -> None:
        secret = settings.pseudonym_secret()
        if secret is None:
            raise Fault("there is no pseudonym key here to publish with: set SAINGAN_PSEUDONYM_KEY")
        self._check = check
        self._citizen_id = stranger(SystemRandom())
        self._mine = employment_outcome.c.person_key == person_key(secret, self._citizen_id)
        self._engine = open_engine(settings.database_url)
        self._publisher = Publisher(settings)
        for topic in (GRADUATION, EMPLOYMENT):
            self._publisher.composer(topic.name)  # asks the registry, once

    def tell(self, console: Console) -> None:
        """Send each change; show the row after it, and how long that took, from `publish` to our reading it.

        Raises:
            Fault: a change did not come to the row.
        """
        console.print(_in_line({heading: heading for heading in _SHOWN}, "dim"))
        before: dict[str, str] = {}
        for number, turn in enumerate(_turns(self._observed_on(), f"{time.time_ns() // 1_000_000:x}"), start=1):
            millis, row = self._send(turn)
            shown = {heading: _text(row._mapping[column]) for heading, (column, _) in _SHOWN.items()}
            console.print(_title(number, turn.tells, millis))
            console.print(_in_line(shown, "", {name for name in shown if before.get(name) != shown[name]}))
            before = shown

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._engine.dispose()
        self._publisher.__exit__(kind, error, at)

    def _send(self, turn: Turn) -> tuple[float, Row[Any]]:
        record = {**turn.record, "recorded_at": time.time_ns() // 1_000_000}
        started = time.perf_counter()
        self._publisher.publish(turn.topic.name, record, citizen_id=self._citizen_id)
        while True:
            row = self._row()
            now = time.perf_counter()
            if row is not None and row.first_job_on == turn.first_job_on:
                return (now - started) * 1000, row
            if now > started + _PATIENCE_S:
                self._publisher.flush()
                raise Fault(f"a change was sent, but did not come to the table within {_PATIENCE_S:.0f} s")
            self._check()
            time.sleep(_POLL_S)

    def _row(self) -> Row[Any] | None:
        with self._engine.connect().execution_options(read_only=True) as connection:
            return connection.execute(select(employment_outcome).where(self._mine)).one_or_none()

    def _observed_on(self) -> date:
        with self._engine.connect().execution_options(read_only=True) as connection:
            observed_on: date = connection.execute(select(observation.c.observed_on)).scalar_one()
        return min(observed_on, today())


def _turns(day: date, label: str) -> list[Turn]:
    """Told on a day 14 months after the graduation, so that two of the three horizons lie behind."""
    graduated, began = day - timedelta(430), day - timedelta(430 - 60)
    began_in_truth, began_another = day - timedelta(430 - 240), day - timedelta(20)
    job = {**_SPELL, "record_id": f"S-{label}-1", **_ELECTRICIAN, "started_on": began}
    corrected = {**job, "record_version": 2, "started_on": began_in_truth}
    another = {**_SPELL, "record_id": f"S-{label}-2", **_ASSEMBLER, "started_on": began_another}
    studied = {"academic_year": graduated.year + _BUDDHIST, "graduated_on": graduated}
    diploma = {**_DIPLOMA, **studied, "record_id": f"G-{label}"}
    return [
        Turn(f"สอศ. OVEC สำเร็จการศึกษา: graduates on {graduated}, ปวส. ไฟฟ้า", GRADUATION, diploma, None),
        Turn(f"สปส. SSO เข้าทำงาน: an electrician since {began}", EMPLOYMENT, job, began),
        Turn(f"สปส. SSO แก้ไขวันที่: no, since {began_in_truth}", EMPLOYMENT, corrected, began_in_truth),
        Turn(
            "สปส. SSO ยกเลิก: that job was someone else's",
            EMPLOYMENT,
            {**corrected, "record_version": 3, "change": "WITHDRAW"},
            None,
        ),
        Turn(f"สปส. SSO เข้าทำงาน: an assembler since {began_another}", EMPLOYMENT, another, began_another),
    ]


_DIPLOMA: Final = {
    "record_version": 1,
    "change": "UPSERT",
    "source": "OVEC",
    "institution_code": "1320016101",
    "institution_province": "20",
    "qualification": "PVS",
    "curriculum_code": "2563",
    "subject_type_code": "1",
    "field_code": "30104",
    "subfield_code": "3010401",
}
_SPELL: Final = {
    "record_version": 1,
    "change": "UPSERT",
    "source": "SSO-20",
    "section": 33,
    "employer_province": "20",
    "ended_on": None,
}
_ELECTRICIAN: Final = {"employer_id": None, "tsic": "43210", "occupation": "7411", "position": "ช่างไฟฟ้าภายในอาคาร"}
_ASSEMBLER: Final = {
    "employer_id": None,
    "tsic": "26109",
    "occupation": "8212",
    "position": "พนักงานประกอบชิ้นส่วนอิเล็กทรอนิกส์",
}


def _title(number: int, tells: str, millis: float) -> Padding:
    line = Table.grid(expand=True)
    line.add_column()
    line.add_column(justify="right", no_wrap=True)
    line.add_row(Text.assemble((f"{number}  ", "bold cyan"), tells), Text(f"{millis:,.0f} ms", "bold green"))
    line.width = _WIDTH - 3
    return Padding(line, (1, 0, 0, 3))


def _in_line(cells: dict[str, str], style: str, changed: set[str] | frozenset[str] = frozenset()) -> Padding:
    line = Table.grid(padding=(0, 2))
    for _, width in _SHOWN.values():
        line.add_column(width=width, no_wrap=True)
    line.add_row(*(Text(cell, "bold yellow" if name in changed else style) for name, cell in cells.items()))
    return Padding(line, (0, 0, 0, 3))


def _text(value: object) -> str:
    return "–" if value is None else str(value)
