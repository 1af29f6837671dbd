"""The judge of `make cases`, over a folder of cases of our own: what is right, what is silently wrong, what crashes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from cases.case import Case, Choice, Choices, cases_in
from cases.suspicion import suspicious
from cases.trial import Trial, tried
from cases.verdict import CRASH, OK, UNCLEAR, WRONG, verdict
from saingan.topics import EMPLOYMENT
from support import exports, make

ROOT = Path(__file__).parents[3]
NOTHING = Choices({}, {})
SECTION_40 = {"มาตรา": "ม.40"}


def case(file, **known):
    return {"no": 1, "file": file, "topic": EMPLOYMENT.name, "mapping": "sso-insured-employment", **known}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "files").mkdir()
    return tmp_path


def judged(folder, write, choice=None, kinds=None, **known):
    write(folder / "files" / "a.csv")
    choices = Choices({"a.csv": choice} if choice else {}, kinds or {})
    one = Case.of(case("a.csv", **known))
    return verdict(one, tried(one, folder / "files"), choices)


def of(*rows):
    return lambda path: exports.write_csv(path, list(rows))


def test_as_many_records_as_the_case_names_are_right(folder):
    assert judged(folder, of(exports.sso(1), exports.sso(2)), sent=2).word == OK


def test_one_record_too_few_is_wrong(folder):
    found = judged(folder, of(exports.sso(1), exports.sso(2, exports.WRONG_MONTH)), sent=2)
    assert found == (WRONG, "1 sent, 2 expected")


def test_what_must_be_refused_and_is_sent_is_wrong(folder):
    assert judged(folder, of(exports.sso(1)), must_stop_or_refuse=True) == (WRONG, "1 sent, nothing refused")


def test_what_must_be_refused_and_is_refused_in_thai_is_right(folder):
    assert judged(folder, of(exports.sso(1, exports.WRONG_MONTH)), must_stop_or_refuse=True).word == OK


def test_a_case_that_nothing_decides_is_wrong(folder):
    found = judged(folder, of(exports.sso(1)), may_refuse=True)
    assert found == (WRONG, "nothing decides this case: add it to choices.yaml")


def test_a_value_other_than_that_of_our_rule_is_wrong_however_many_are_sent(folder):
    choice = Choice("section 33", sent=["SSO-1"], records={"SSO-1": {"section": 33}})
    assert judged(folder, of(exports.sso(1)), choice).word == OK
    assert judged(folder, of(exports.sso(1, SECTION_40)), choice) == (WRONG, "SSO-1: section not as our rule says")


def test_the_persons_are_compared_too(folder):
    choice = Choice("the first citizen", records={"SSO-1": {"citizen_id": make.citizen_id(1)}})
    assert judged(folder, of(exports.sso(1)), choice).word == OK
    another = of(exports.sso(1, {"เลขบัตรประชาชน": exports.dashed(2)}))
    assert judged(folder, another, choice) == (WRONG, "SSO-1: citizen_id not as our rule says")


def test_a_row_refused_by_another_rule_than_ours_is_wrong(folder):
    rows = of(exports.sso(1), exports.sso(2, exports.WRONG_MONTH))
    assert judged(folder, rows, Choice("the date", refused={3: ["date"]})).word == OK
    assert judged(folder, rows, Choice("the code", refused={3: ["code"]})).word == WRONG
    assert judged(folder, rows, Choice("none", refused={})).word == WRONG


def test_flags_decide_a_case_of_a_kind_that_we_decided(folder):
    kinds = {"S6": "refused, or the bare value"}
    refused = of(exports.sso(1, exports.WRONG_MONTH))
    assert judged(folder, refused, kinds=kinds, kind="S6", may_refuse=True).word == OK
    assert judged(folder, refused, kinds=kinds, kind="S6", may_warn=True).word == WRONG
    assert judged(folder, of(exports.sso(1)), kinds=kinds, kind="S6", may_refuse=True) == (
        WRONG,
        "taken without a word",
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("record_id", '="SSO-1"'),
        ("record_id", "'0012"),
        ("record_id", "6.7e+11"),
        ("record_id", "670012345.0"),
        ("position", "#SPILL!"),
        ("position", "ช่าง_x000D_ยนต์"),
        ("enrolment_record_id", "NULL"),
        ("enrolment_record_id", "ไม่มี"),
        ("position", "????????"),
        ("position", "ช่าง\ufffdยนต์"),
        ("position", "à¸\x8aà¹\x88"),
        ("record_id", "E\u200e-1"),
        ("started_on", "1968-05-31"),
    ],
)
def test_a_value_that_no_registry_holds_is_suspicious(field, value):
    assert list(suspicious(EMPLOYMENT.name, make.employment(started_on="2025-05-01") | {field: value}))


def test_a_right_record_is_not_suspicious():
    assert not list(suspicious(EMPLOYMENT.name, make.employment(started_on="2025-05-01")))


def test_a_traceback_is_a_crash(folder):
    found = judged(folder, of(exports.sso(1)), topic=None, sent=1)
    assert found == (CRASH, "KeyError: None")


def test_a_crash_comes_before_all_else():
    one = Case.of(case("a.csv", must_stop_or_refuse=True))
    assert verdict(one, Trial(crash="KeyError: 'x'"), NOTHING) == (CRASH, "KeyError: 'x'")


def test_a_refused_file_that_would_pass_as_it_is_is_wrong():
    one = Case.of(case("a.csv", must_stop_or_refuse=True))
    trial = Trial(refused_rows=1, again=Trial(records=[make.employment()]))
    assert verdict(one, trial, NOTHING) == (WRONG, "the refused file sent again as it is: 1 taken")


def test_a_fault_without_thai_is_unclear():
    one = Case.of(case("a.csv", must_stop_or_refuse=True))
    assert verdict(one, Trial(fault="not a workbook"), NOTHING).word == UNCLEAR


def test_the_command_shows_all_and_fails_on_any_wrong_or_crash(folder):
    for name, rows in (("good.csv", [exports.sso(1)]), ("bad.csv", [exports.sso(1, SECTION_40)])):
        exports.write_csv(folder / "files" / name, rows)
    good, bad, crash = case("good.csv", sent=1), case("bad.csv", no=2), case("good.csv", no=3, topic=None)
    choices = folder / "choices.yaml"
    ours = {"rule": "section 33", "records": {"SSO-1": {"section": 33}}}
    choices.write_text(yaml.safe_dump({"cases": {"bad.csv": ours}, "kinds": {}}))

    def run(*cases):
        (folder / "cases.json").write_text(json.dumps(cases))
        command = [sys.executable, "-m", "cases", str(folder), "--choices", str(choices)]
        environment = os.environ | {"PYTHONPATH": "tests", "COLUMNS": "80"}
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment)

    passed = run(good)
    assert (passed.returncode, passed.stdout.splitlines()[-1]) == (0, "1 ok, 0 unclear, 0 wrong, 0 crash")
    failed = run(good, bad)
    assert (failed.returncode, failed.stdout.splitlines()[-1]) == (1, "1 ok, 0 unclear, 1 wrong, 0 crash")
    assert "bad.csv" in failed.stdout
    assert all(len(line) <= 80 for line in failed.stdout.splitlines())
    failed = run(crash)
    assert (failed.returncode, failed.stdout.splitlines()[-1]) == (1, "0 ok, 0 unclear, 0 wrong, 1 crash")


def test_our_choices_are_whole():
    choices = Choices.load()
    assert all(choice.rule for choice in choices.cases.values())
    assert all(choices.kinds.values())


def test_two_cases_of_one_file_are_refused(folder):
    (folder / "cases.json").write_text(json.dumps([case("a.csv"), case("a.csv", no=2)]))
    with pytest.raises(AssertionError):
        cases_in(folder)
