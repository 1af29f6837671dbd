"""What the outcome rules make of a fixed set of histories: a file for each number of the rules, and none ever changes.

PYTHONPATH=tests .venv/bin/python tests/outcomes/golden.py     # after RULES was raised: writes the file of that number
"""

import hashlib
import json
from datetime import date, timedelta
from pathlib import Path

from saingan.outcomes.table import RULES
from saingan.outcomes.view import OUTCOMES
from support.people import COLUMNS, certificate, degree, derived, job, study

FOLDER = Path(__file__).parent / "golden"
HISTORIES = 600
SHOWN = 40  # one in so many is there to be read

FIELDS = ("20101", "20104", "20201", "20701", "30101", "39999")
OCCUPATIONS = (None, "7231", "2611", "4110", "52", "9", "13")
INDUSTRIES = (None, "45201", "47111", "01", "85300")
# Around the horizons of a graduation: its day, 6, 12 and 24 months later, and a day before and after.
DAYS = (-400, -90, -1, 0, 1, 30, 91, 182, 183, 184, 300, 364, 365, 366, 500, 729, 730, 731, 900)


def chosen(history, what, among):
    """One of these, another for each history and question, and the same on every machine."""
    digest = hashlib.sha256(f"{history}/{what}".encode()).digest()
    return among[int.from_bytes(digest[:8]) % len(among)]


def person(history):
    """The arguments of `derived` for one history."""
    graduated_on = date(2024, 8, 29) + timedelta(chosen(history, "graduated", range(6)))

    def at(what, among=DAYS):
        return (graduated_on + timedelta(chosen(history, what, among))).isoformat()

    def jobs():
        for n in range(chosen(history, "jobs", (0, 1, 1, 2, 3))):
            codes = {
                "occupation": chosen(history, f"isco {n}", OCCUPATIONS),
                "tsic": chosen(history, f"tsic {n}", INDUSTRIES),
            }
            start, end = at(f"start {n}"), chosen(history, f"ended {n}", (None, at(f"end {n}")))
            section = chosen(history, f"section {n}", (33, 33, 33, 39, 40))
            yield job(start, end and max(start, end), f"S-{n}", section=section, **codes)

    def studies():
        yield study("2021-05-16", chosen(history, "own end", (None, graduated_on.isoformat())), "E-1")
        for n in range(chosen(history, "studies", (0, 0, 1, 2))):
            start, end = at(f"study {n}"), chosen(history, f"study ended {n}", (None, at(f"study end {n}")))
            kind = chosen(history, f"kind {n}", ("PVC", "PVS", "BTECH", "SHORT", "OTHER"))
            status = chosen(history, f"status {n}", ("STUDYING", "LEFT", "COMPLETED", "TRANSFERRED"))
            yield study(start, end and max(start, end), f"E-2{n}", qualification=kind, status=status)

    def degrees():
        field = chosen(history, "field", FIELDS)
        enrolment = chosen(history, "enrolment", ("E-1", None, "E-404"))
        yield degree(graduated_on.isoformat(), field_code=field, enrolment_record_id=enrolment)
        if chosen(history, "two", (True, False, False)):
            yield degree(at("second"), record_id="G-2", field_code=field, enrolment_record_id=None)

    passed = ("PASSED", "FAILED")
    certificates = [
        certificate(at(f"certified {n}"), f"C-{n}", result=chosen(history, f"result {n}", passed))
        for n in range(chosen(history, "certificates", (0, 1, 2)))
    ]
    observed_on = at("observed", (*DAYS, 1500))
    complete_through = min(observed_on, at("complete"))
    return {
        "degrees": list(degrees()),
        "jobs": list(jobs()),
        "studies": list(studies()),
        "certificates": certificates,
        "observed_on": observed_on,
        "complete_through": complete_through,
    }


def golden():
    """What the rules give now."""
    given = [derived(**person(history)) for history in range(HISTORIES)]
    results = [[sorted(one.rows.items()), one.due_observed, one.due_complete] for one in given]
    shown = [
        {
            "history": history,
            "due": results[history][1:],
            "rows": {row_id: dict(zip(COLUMNS, row, strict=True)) for row_id, row in results[history][0]},
        }
        for history in range(0, HISTORIES, SHOWN)
    ]
    return {
        "rules": RULES,
        "lists": OUTCOMES.lists.split(),
        "rows": sum(len(one.rows) for one in given),
        "hash": hashlib.sha256(json.dumps(results).encode()).hexdigest(),
        "shown": shown,
    }


def kept():
    """What each number of the rules gave, by number."""
    files = [json.loads(file.read_text(encoding="utf-8")) for file in FOLDER.glob("rules-*.json")]
    return {file["rules"]: file for file in files}


if __name__ == "__main__":
    with (FOLDER / f"rules-{RULES}.json").open("x", encoding="utf-8") as file:  # one that is there stays as it is
        json.dump(golden(), file, indent=1)
        file.write("\n")
