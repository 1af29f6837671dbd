"""One case tried: `publish_file` on a copy, without a broker, and what would have been sent."""

import io
import shutil
import tempfile
import traceback
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from rich.console import Console

from cases.case import Case
from cases.live import live_cells
from saingan.errors import SainganError
from saingan.publish import Summary, print_summary, publish_file
from saingan.publish.files.sentences import in_words
from saingan.publish.message import Composed
from saingan.publish.rehearsal import Rehearsal
from saingan.settings import Settings
from saingan.standard import codec, identity, schemas

SECRET = bytes(32)
Record = dict[str, Any]


@dataclass
class Trial:
    """What became of a file.

    Attributes:
        records: as the wire would hold them, dates in ISO; in the order of the file.
        left: records that are withdrawn from an earlier person.
        refused: by row, the rules that refused it.
        fault: what stopped the whole file, or its rest.
        said: all that a clerk reads: the fault, or the summary.
        live: cells of the refused file that a spreadsheet would run.
        again: what became of the refused file, sent as it is.
        crash: the last line of a traceback.
    """

    records: list[Record] = field(default_factory=list)
    left: list[Record] = field(default_factory=list)
    refused: dict[int, set[str]] = field(default_factory=dict)
    refused_rows: int = 0
    warned: set[str] = field(default_factory=set)
    reasons: list[str] = field(default_factory=list)
    fault: str | None = None
    said: str = ""
    live: list[str] = field(default_factory=list)
    again: Self | None = None
    crash: str | None = None


def tried(case: Case, files: Path) -> Trial:
    """Try a case in a folder of its own, because a refused file is written beside the input."""
    with tempfile.TemporaryDirectory(prefix="case-") as place:
        copy = Path(place) / case.file
        if (files / case.file).is_file():
            shutil.copy(files / case.file, copy)
        mapping = str(files / case.mapping) if case.mapping and Path(case.mapping).suffix else case.mapping
        return _tried(copy, case.topic, mapping, again=True)


def person(citizen_id: str) -> str:
    """The person key under the key of the trials."""
    return identity.person_key(SECRET, identity.normalise_citizen_id(citizen_id))


def _tried(path: Path, topic: str, mapping: str | None, again: bool) -> Trial:
    trial = Trial()
    try:
        summary = _published(path, topic, mapping, trial)
    except SainganError as error:
        trial.fault = trial.said = str(error)
        return trial
    except Exception:  # noqa: BLE001 - a traceback at the clerk is the finding
        trial.crash = traceback.format_exc().strip().splitlines()[-1]
        return trial
    if again and summary.refused_file:
        trial.live = live_cells(summary.refused_file)
        trial.again = _tried(summary.refused_file, topic, mapping, again=False)
    return trial


def _published(path: Path, topic: str, mapping: str | None, trial: Trial) -> Summary:
    settings = Settings(home=path.parent, kafka="127.0.0.1:1", pseudonym_key=SECRET.hex())
    parsed = codec.parse(schemas.schema(topic))

    def on_composed(composed: Composed) -> None:
        for message in composed.messages:
            record = readable(topic, codec.decode(message.value, parsed))
            previous = "/previous" in str(message.headers)
            (trial.left if previous else trial.records).append(record)

    sender = Rehearsal(settings, on_composed)
    summary = publish_file(settings, topic, path, mapping, dry_run=True, progress=False, sender=sender)
    out = io.StringIO()
    print_summary(summary, Console(file=out, width=400))  # no word is folded, so that it can be looked for
    trial.said = out.getvalue()
    trial.fault = summary.stopped
    trial.refused_rows = summary.refused
    for reason in summary.refusals.values():
        trial.reasons.append(in_words(reason.rule) + reason.advice)
        for row in reason.rows:
            trial.refused.setdefault(row, set()).add(reason.rule)
    trial.warned = {reason.rule for reason in summary.cautions.values()}
    return summary


def readable(topic: str, record: Record) -> Record:
    """A record with its dates and times in ISO (times in UTC), as `choices.yaml` writes them."""
    logical = {one["name"]: str(one["type"]) for one in schemas.schema(topic)["fields"]}
    return {name: _readable(logical.get(name, ""), value) for name, value in record.items()}


def _readable(declared: str, value: Any) -> Any:
    if isinstance(value, int) and "'date'" in declared:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=value)).date().isoformat()
    if isinstance(value, int) and "timestamp-millis" in declared:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)).isoformat()
    return value
