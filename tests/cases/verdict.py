"""The verdict on a case: by `cases.json` where it decides, by our own choice where it leaves one."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from cases.case import Case, Choice, Choices
from cases.suspicion import suspicious
from cases.trial import Trial, person

OK, UNCLEAR, WRONG, CRASH = "ok", "unclear", "wrong", "crash"
_THAI = re.compile("[ก-๛]")


class Verdict(NamedTuple):
    word: str
    why: str


def verdict(case: Case, trial: Trial, choices: Choices) -> Verdict:
    """Judge a trial; the first fault found is the reason."""
    if trial.crash:
        return Verdict(CRASH, trial.crash)
    choice = choices.cases.get(case.file)
    decided = choice is not None or case.sent is not None or case.must_stop_or_refuse
    by_flags = None if decided else next((kind for kind in case.kinds if kind in choices.kinds), None)
    if not decided and by_flags is None:
        return Verdict(WRONG, "nothing decides this case: add it to choices.yaml")
    wrongs = [
        *_by_the_case(case, trial),
        *_whatever_the_case(case, trial),
        *(_by_choice(trial, choice) if choice else ()),
    ]
    if by_flags:
        wrongs += _by_flags(case, trial)
    if wrongs:
        return Verdict(WRONG, wrongs[0])
    unclear = [*_unclear(trial), *([choice.unclear] if choice and choice.unclear else [])]
    if unclear:
        return Verdict(UNCLEAR, unclear[0])
    return Verdict(OK, choice.rule if choice else choices.kinds[by_flags] if by_flags else case.expected)


def _by_the_case(case: Case, trial: Trial) -> Iterator[str]:
    if case.sent is not None and len(trial.records) != case.sent:
        yield f"{len(trial.records)} sent, {case.sent} expected"
    if case.must_stop_or_refuse and not _refuses(trial):
        yield f"{len(trial.records)} sent, nothing refused"


def _whatever_the_case(case: Case, trial: Trial) -> Iterator[str]:
    if not trial.warned:
        for number, record in enumerate(trial.records, 1):
            yield from (f"record {number}, {what}" for what in suspicious(case.topic, record))
    if trial.live:
        yield f"the refused file holds what a spreadsheet runs: {', '.join(trial.live)}"
    if (again := trial.again) is not None:
        if again.crash:
            yield f"the refused file sent again: {again.crash}"
        elif again.records:
            yield f"the refused file sent again as it is: {len(again.records)} taken"
        elif again.fault is None and again.refused_rows != trial.refused_rows:
            yield f"the refused file sent again: {again.refused_rows} of {trial.refused_rows} refused"


def _by_choice(trial: Trial, choice: Choice) -> Iterator[str]:
    yield from _records_of(trial, choice)
    if choice.refused is not None:
        off = [row for row in {*choice.refused, *trial.refused} if not _refused_as(trial, choice, row)]
        for row in sorted(off):
            yield f"row {row}: refused by {', '.join(sorted(trial.refused.get(row, []))) or 'nothing'}"
    if missing := set(choice.warned) - trial.warned:
        yield f"no warning: {', '.join(sorted(missing))}"
    if choice.fault and not re.search(choice.fault, trial.fault or ""):
        yield "stopped, but not by the fault of our rule" if trial.fault else "not stopped"
    if choice.says and not re.search(choice.says, " ".join(trial.said.split())):
        yield f"the clerk is not told: {choice.says}"


def _records_of(trial: Trial, choice: Choice) -> Iterator[str]:
    ids = Counter(record["record_id"] for record in trial.records)
    if isinstance(choice.sent, int) and len(trial.records) != choice.sent:
        yield f"{len(trial.records)} sent, our rule says {choice.sent}"
    if isinstance(choice.sent, list) and ids != Counter(choice.sent):
        yield f"sent {', '.join(ids) or 'nothing'}; our rule says {', '.join(choice.sent) or 'nothing'}"
    for name, wanted in choice.records.items():
        found = [record for record in trial.records if record["record_id"] == name]
        if not any(_agrees(record, wanted) for record in found):
            off = sorted({key for record in found for key in wanted if not _agrees(record, {key: wanted[key]})})
            yield f"{name}: {', '.join(off) or 'not sent'} not as our rule says"
    if choice.moved is not None and len(trial.left) != choice.moved:
        yield f"{len(trial.left)} withdrawn from an earlier person, our rule says {choice.moved}"


def _by_flags(case: Case, trial: Trial) -> Iterator[str]:
    """What the flags allow: refused, warned, or taken whole."""
    refuses = _refuses(trial)
    if refuses and not case.may_refuse:
        yield f"{trial.refused_rows} refused, which the case does not allow"
    if not refuses and case.sent_if_not_refused is not None and len(trial.records) != case.sent_if_not_refused:
        yield f"{len(trial.records)} sent without a refusal, {case.sent_if_not_refused} expected"
    if not refuses and case.sent_if_not_refused is None and not (case.may_warn and trial.warned):
        yield "taken without a word"


def _unclear(trial: Trial) -> Iterator[str]:
    """What a clerk cannot act on: no Thai."""
    if trial.fault and not _THAI.search(trial.fault):
        yield f"no Thai sentence: {trial.fault.splitlines()[-1]}"
    yield from (f"no Thai sentence: {reason}" for reason in trial.reasons if not _THAI.search(reason))


def _refuses(trial: Trial) -> bool:
    return bool(trial.refused_rows or trial.fault)


def _agrees(record: dict[str, object], wanted: dict[str, object]) -> bool:
    expected = {name: value for name, value in wanted.items() if name != "citizen_id"}
    if "citizen_id" in wanted:
        expected["person_key"] = person(str(wanted["citizen_id"]))
    return all(record.get(name) == value for name, value in expected.items())


def _refused_as(trial: Trial, choice: Choice, row: int) -> bool:
    wanted = (choice.refused or {}).get(row)
    return wanted is not None and row in trial.refused and set(wanted) <= trial.refused[row]
