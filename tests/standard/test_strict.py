import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saingan.standard import schemas
from saingan.standard.codec import encode, parse
from saingan.standard.contract import contract
from saingan.standard.strict import Checker, Refused, check
from saingan.topics import CERTIFICATION, DEMAND, EMPLOYMENT, ENROLMENT, GRADUATION, OUTCOME
from support.make import (
    certification,
    citizen_id,
    day,
    demand,
    employment,
    enrolment,
    graduation,
    instant,
    juristic_number,
)

TODAY = date(2026, 7, 1)
BUILDERS = {
    ENROLMENT: enrolment,
    GRADUATION: graduation,
    EMPLOYMENT: employment,
    CERTIFICATION: certification,
    DEMAND: demand,
}
PERSON = citizen_id(42)
DASHED = f"{PERSON[0]}-{PERSON[1:5]}-{PERSON[5:10]}-{PERSON[10:12]}-{PERSON[12]}"
THAI_DIGITS = PERSON.translate({48 + digit: thai for digit, thai in enumerate("๐๑๒๓๔๕๖๗๘๙")})


def refused(topic, record):
    with pytest.raises(Refused) as raised:
        check(topic.name, record, TODAY)
    return raised.value


def broken(topic, **fields):
    """(field, rule) of all that is wrong with the topic's usual record once these fields are changed."""
    return [(issue.field, issue.rule) for issue in refused(topic, BUILDERS[topic](**fields)).issues]


def ready(topic, **fields):
    return check(topic.name, BUILDERS[topic](**fields), TODAY).record


@pytest.mark.parametrize("topic", BUILDERS, ids=lambda topic: topic.name)
def test_a_usual_record_passes_as_it_is_in_the_order_of_the_schema(topic):
    checked = check(topic.name, BUILDERS[topic](), TODAY)
    assert checked.record == BUILDERS[topic]()
    assert list(checked.record) == [field["name"] for field in schemas.schema(topic.name)["fields"]]
    assert checked.warnings == ()


@pytest.mark.parametrize("topic", BUILDERS, ids=lambda topic: topic.name)
def test_a_record_comes_back_encoded_whether_its_values_are_new_or_remembered(topic):
    expected = encode(parse(schemas.schema(topic.name)), BUILDERS[topic]())
    fresh = Checker(contract(topic.name))
    assert [fresh.check(BUILDERS[topic](), TODAY).datum for _ in range(2)] == [expected, expected]


@pytest.mark.parametrize(
    ("fine", "wrong", "rule"),
    [
        ({"section": 33}, {"section": 33.0}, ("section", "type")),
        ({"section": 0, "change": "WITHDRAW"}, {"section": 0}, ("section", "code")),
        ({"position": "7231"}, {"tsic": "7231"}, ("tsic", "code")),
    ],
)
def test_a_value_is_remembered_for_its_field_its_type_and_its_kind_of_change(fine, wrong, rule):
    assert ready(EMPLOYMENT, **fine)
    assert broken(EMPLOYMENT, **wrong) == [rule]


def test_a_day_that_was_fine_is_judged_again_by_another_today():
    record = employment(started_on=day("2026-07-01"))
    assert check(EMPLOYMENT.name, record, TODAY)
    with pytest.raises(Refused, match="started_on must lie between 1990 and tomorrow"):
        check(EMPLOYMENT.name, record, date(2026, 6, 1))


def test_a_warning_is_told_each_time():
    assert all(check(GRADUATION.name, graduation(field_code="20998"), TODAY).warnings for _ in range(2))


def test_a_person_key_that_is_given_beside_the_record_stands_for_the_records_own():
    other = "f" * 32
    checked = Checker(contract(EMPLOYMENT.name)).check(employment(person_key="?"), TODAY, other)
    assert checked["person_key"] == other
    assert checked.datum == encode(parse(schemas.schema(EMPLOYMENT.name)), employment(person_key=other))


def test_a_record_is_not_changed_by_its_check():
    record = employment(started_on="2025-05-01")
    check(EMPLOYMENT.name, record, TODAY)
    assert record == employment(started_on="2025-05-01")


def test_what_may_be_null_may_be_left_out():
    record = {
        name: value for name, value in enrolment().items() if name not in ("ended_on", "identity", "home_province")
    }
    assert check(ENROLMENT.name, record, TODAY).record == enrolment(home_province=None)


@pytest.mark.parametrize(
    ("topic", "fields", "expected"),
    [
        (ENROLMENT, {"record_id": None}, ("record_id", "required")),
        (ENROLMENT, {"record_id": ""}, ("record_id", "identifier")),
        (ENROLMENT, {"record_id": " E-1"}, ("record_id", "identifier")),
        (ENROLMENT, {"record_id": "E\n1"}, ("record_id", "identifier")),
        (ENROLMENT, {"record_id": "x" * 129}, ("record_id", "identifier")),
        (ENROLMENT, {"record_id": 7}, ("record_id", "type")),
        (ENROLMENT, {"record_version": 0}, ("record_version", "range")),
        (ENROLMENT, {"record_version": 2**63}, ("record_version", "range")),
        (ENROLMENT, {"record_version": "1"}, ("record_version", "type")),
        (ENROLMENT, {"record_version": True}, ("record_version", "type")),
        (ENROLMENT, {"person_key": "0123"}, ("person_key", "pseudonym")),
        (ENROLMENT, {"person_key": "0123456789ABCDEF" * 2}, ("person_key", "pseudonym")),
        (ENROLMENT, {"person_key": PERSON}, ("person_key", "pseudonym")),
        (ENROLMENT, {"recorded_at": 1_750_000_000}, ("recorded_at", "time")),  # seconds
        (ENROLMENT, {"recorded_at": instant("2026-07-03")}, ("recorded_at", "time")),
        (ENROLMENT, {"recorded_at": 2**63}, ("recorded_at", "time")),
        (ENROLMENT, {"source": ""}, ("source", "identifier")),
        (ENROLMENT, {"institution_province": "99"}, ("institution_province", "code")),
        (ENROLMENT, {"institution_province": 20}, ("institution_province", "type")),
        (ENROLMENT, {"qualification": "ปวช."}, ("qualification", "symbol")),
        (ENROLMENT, {"status": "studying"}, ("status", "symbol")),
        (ENROLMENT, {"academic_year": 2022}, ("academic_year", "range")),
        (ENROLMENT, {"started_on": day("2026-07-03"), "expected_graduation_on": None}, ("started_on", "time")),
        (ENROLMENT, {"expected_graduation_on": day("2568-03-31")}, ("expected_graduation_on", "time")),
        (ENROLMENT, {"expected_graduation_on": day("2022-01-01")}, ("expected_graduation_on", "order")),
        (ENROLMENT, {"started_on": day("1965-05-16")}, ("started_on", "year")),
        (ENROLMENT, {"started_on": day("2020-12-31")}, ("started_on", "year")),
        (ENROLMENT, {"expected_graduation_on": day("2068-03-31")}, ("expected_graduation_on", "year")),
        (GRADUATION, {"graduated_on": day("1968-03-31")}, ("graduated_on", "year")),
        (GRADUATION, {"graduated_on": day("2022-12-31"), "entry_academic_year": None}, ("graduated_on", "year")),
        (GRADUATION, {"entry_academic_year": 2500}, ("graduated_on", "year")),
        (EMPLOYMENT, {"started_on": day("1968-05-31")}, ("started_on", "time")),
        (CERTIFICATION, {"issued_on": day("1968-05-31")}, ("issued_on", "time")),
        (ENROLMENT, {"record_id": "NULL"}, ("record_id", "placeholder")),
        (ENROLMENT, {"record_id": "ท\u0e4d\u0e32-1"}, ("record_id", "spelling")),
        (ENROLMENT, {"record_id": "เเพร่-1"}, ("record_id", "spelling")),
        (ENROLMENT, {"record_id": "E\u20131"}, ("record_id", "spelling")),  # a dash
        (ENROLMENT, {"record_id": "\u0415-1"}, ("record_id", "spelling")),  # Cyrillic
        (ENROLMENT, {"record_id": "\uff25-1"}, ("record_id", "spelling")),  # full width
        (ENROLMENT, {"record_id": "E-\u0ed1"}, ("record_id", "spelling")),  # Lao
        (ENROLMENT, {"record_id": "0000"}, ("record_id", "placeholder")),
        (GRADUATION, {"enrolment_record_id": "0"}, ("enrolment_record_id", "placeholder")),
        (GRADUATION, {"enrolment_record_id": "ไม่ทราบเลขที่"}, ("enrolment_record_id", "placeholder")),
        (EMPLOYMENT, {"position": " ".join(citizen_id(5))}, ("position", "citizen-id")),
        (ENROLMENT, {"institution_code": "ส\u0e48\u0e350"}, ("institution_code", "spelling")),
        (GRADUATION, {"enrolment_record_id": "nan"}, ("enrolment_record_id", "placeholder")),
        (GRADUATION, {"enrolment_record_id": "\\N"}, ("enrolment_record_id", "placeholder")),
        (GRADUATION, {"enrolment_record_id": "ไม่มี"}, ("enrolment_record_id", "placeholder")),
        (EMPLOYMENT, {"position": "None"}, ("position", "placeholder")),
        (EMPLOYMENT, {"position": "????????"}, ("position", "broken-text")),
        (EMPLOYMENT, {"position": "ช่าง\ufffdนต์"}, ("position", "broken-text")),
        (EMPLOYMENT, {"position": "ช่างยนต์".encode().decode("latin-1")}, ("position", "broken-text")),
        (EMPLOYMENT, {"position": "ช่างยนต์".encode().decode("cp1252", "replace")}, ("position", "broken-text")),
        (EMPLOYMENT, {"position": "ช่างยนต์".encode().decode("cp874", "replace")}, ("position", "broken-text")),
        (EMPLOYMENT, {"position": "ช่างยนต์".encode("cp874").decode("latin-1")}, ("position", "broken-text")),
        (EMPLOYMENT, {"position": "ช่าง\uf70aยนต์"}, ("position", "broken-text")),
        (EMPLOYMENT, {"employer_id": juristic_number(1)[1:]}, ("employer_id", "lost-zero")),
        (EMPLOYMENT, {"employer_id": "0000000000001"}, ("employer_id", "placeholder")),
        (ENROLMENT, {"ended_on": day("2022-01-01")}, ("ended_on", "order")),
        (ENROLMENT, {"desired_occupation": "72"}, ("desired_occupation", "code")),
        (ENROLMENT, {"desired_occupation": "9999"}, ("desired_occupation", "code")),
        (ENROLMENT, {"home_province": ""}, ("home_province", "code")),
        (GRADUATION, {"graduated_on": day("2568-03-31")}, ("graduated_on", "time")),
        (GRADUATION, {"graduated_on": day("1482-03-31")}, ("graduated_on", "time")),
        (GRADUATION, {"entry_academic_year": 2568}, ("academic_year", "order")),
        (EMPLOYMENT, {"section": 34}, ("section", "code")),
        (EMPLOYMENT, {"employer_id": juristic_number(1)[:12]}, ("employer_id", "check-digit")),
        (EMPLOYMENT, {"employer_id": juristic_number(1)[:12] + "0"}, ("employer_id", "check-digit")),
        (EMPLOYMENT, {"employer_id": PERSON}, ("employer_id", "citizen-id")),
        (EMPLOYMENT, {"tsic": "4520"}, ("tsic", "code")),
        (EMPLOYMENT, {"tsic": "34000"}, ("tsic", "code")),
        (EMPLOYMENT, {"tsic": "4520x"}, ("tsic", "code")),
        (EMPLOYMENT, {"occupation": "7"}, ("occupation", "code")),
        (EMPLOYMENT, {"occupation": "๗๒๓๑"}, ("occupation", "code")),
        (EMPLOYMENT, {"position": "x" * 501}, ("position", "text")),
        (EMPLOYMENT, {"position": "\ud800"}, ("position", "text")),
        (EMPLOYMENT, {"position": "a\0b"}, ("position", "text")),
        (EMPLOYMENT, {"started_on": day("2026-07-03")}, ("started_on", "time")),
        (EMPLOYMENT, {"ended_on": day("9999-12-31")}, ("ended_on", "time")),
        (EMPLOYMENT, {"ended_on": day("2025-04-30")}, ("ended_on", "order")),
        (EMPLOYMENT, {"identity": b"in the clear"}, ("identity", "sealed")),
        (EMPLOYMENT, {"identity": b"eyJh..c.d." + b"e" * 65_536}, ("identity", "sealed")),
        (CERTIFICATION, {"level": 4}, ("level", "range")),
        (CERTIFICATION, {"kind": None}, ("kind", "required")),
        (CERTIFICATION, {"result": "PASS"}, ("result", "symbol")),
        (CERTIFICATION, {"trade_code": ""}, ("trade_code", "identifier")),
        (CERTIFICATION, {"issued_on": day("2026-07-03")}, ("issued_on", "time")),
        (CERTIFICATION, {"expires_on": day("2025-06-14")}, ("expires_on", "order")),
    ],
)
def test_one_thing_wrong_is_refused_with_its_field_and_rule(topic, fields, expected):
    assert broken(topic, **fields) == [expected]


@pytest.mark.parametrize("change", ["WITHDRAW", "ERASE"])
@pytest.mark.parametrize("record_id", ["NULL", "ท\u0e4d\u0e32-1", "????"])
def test_what_was_sent_under_a_wrong_name_can_be_taken_back(change, record_id):
    assert check(ENROLMENT.name, enrolment(record_id=record_id, change=change), TODAY)["record_id"] == record_id


@pytest.mark.parametrize(
    ("topic", "fields"),
    [
        (ENROLMENT, {"qualification": "OTHER"}),
        (ENROLMENT, {"started_on": day("2026-07-02"), "expected_graduation_on": None, "academic_year": 2569}),
        (ENROLMENT, {"expected_graduation_on": day("2029-03-31")}),
        (ENROLMENT, {"ended_on": day("2022-05-16")}),
        (EMPLOYMENT, {"occupation": "72"}),
        (EMPLOYMENT, {"occupation": "0110"}),
        (EMPLOYMENT, {"employer_id": None, "tsic": None, "occupation": None, "position": None}),
        (EMPLOYMENT, {"position": "หัวหน้า\u200bช่าง"}),
        (EMPLOYMENT, {"position": "เธอเป็นช่างเชื่อม (Café) พร้อม?"}),
        (EMPLOYMENT, {"started_on": day("1990-09-02")}),
        (ENROLMENT, {"started_on": day("2021-11-01")}),
        (ENROLMENT, {"record_id": "ทำ-1 สี่แยก"}),
        (GRADUATION, {"graduated_on": day("2026-06-30"), "entry_academic_year": None}),
        (EMPLOYMENT, {"position": ""}),
        (CERTIFICATION, {"expires_on": day("2031-06-15")}),
        (GRADUATION, {"recorded_at": instant("2026-07-02T23:59")}),
    ],
)
def test_what_is_unusual_but_right_passes(topic, fields):
    assert check(topic.name, BUILDERS[topic](**fields), TODAY).warnings == ()


@pytest.mark.parametrize("given", [b"eyJh.eyJi.c.d.e", "eyJh..c.d.e", b'{"recipients": [], "ciphertext": "x"}'])
def test_a_sealed_identity_passes_in_both_serialisations(given):
    assert ready(EMPLOYMENT, identity=given)["identity"] == (given if isinstance(given, bytes) else given.encode())


@pytest.mark.parametrize(("field", "value"), [("field_code", "20999"), ("subject_type_code", "12")])
def test_a_code_missing_from_an_incomplete_list_is_a_warning(field, value):
    checked = check(GRADUATION.name, graduation(**{field: value}), TODAY)
    assert [(issue.field, issue.rule) for issue in checked.warnings] == [(field, "unknown-code")]
    assert checked.record[field] == value


@pytest.mark.parametrize(
    "written", [PERSON, DASHED, THAI_DIGITS, f"นาย ก {DASHED.replace('-', ' ')} ช่าง", f"x{PERSON}y"]
)
@pytest.mark.parametrize("change", ["UPSERT", "WITHDRAW", "ERASE"])
def test_no_clear_field_may_hold_a_citizen_id_however_written(written, change):
    assert broken(EMPLOYMENT, position=written, change=change) == [("position", "citizen-id")]
    assert broken(EMPLOYMENT, record_id=written, change=change) == [("record_id", "citizen-id")]
    assert broken(EMPLOYMENT, employer_id=f"0 {written}", change=change) == [("employer_id", "citizen-id")]
    assert broken(EMPLOYMENT, employer_id=written, change=change) == [("employer_id", "citizen-id")]


@pytest.mark.parametrize(
    "number", [PERSON + "1", f"64{PERSON}", "2562-123456782", "64202040023-01", citizen_id(1)[:12] + "x"]
)
def test_a_number_that_only_looks_long_is_no_citizen_id(number):
    assert ready(EMPLOYMENT, record_id=number)["record_id"] == number


def test_a_juristic_number_is_for_the_employer_alone():
    assert ready(EMPLOYMENT, employer_id=juristic_number(9))
    assert broken(EMPLOYMENT, position=juristic_number(9)) == [("position", "citizen-id")]


@pytest.mark.parametrize("change", ["WITHDRAW", "ERASE"])
def test_of_a_withdrawn_or_erased_record_only_types_and_head_matter(change):
    careless = {
        "section": 0,
        "employer_id": "?",
        "tsic": "",
        "started_on": day("2568-01-01"),
        "ended_on": day("1400-01-01"),
    }
    assert ready(EMPLOYMENT, change=change, **careless)["section"] == 0
    assert broken(EMPLOYMENT, change=change, section="33") == [("section", "type")]
    assert broken(EMPLOYMENT, change=change, section=2**31) == [("section", "range")]
    assert broken(EMPLOYMENT, change=change, started_on=2**31) == [("started_on", "time")]
    assert broken(EMPLOYMENT, change=change, record_version=0) == [("record_version", "range")]
    assert broken(EMPLOYMENT, change=change, started_on=None) == [("started_on", "required")]


def test_everything_that_is_wrong_is_told_at_once():
    assert broken(EMPLOYMENT, change="DELETE", section=1, tsic="x", started_on=None) == [
        ("change", "symbol"),
        ("section", "code"),
        ("tsic", "code"),
        ("started_on", "required"),
    ]


def test_an_unknown_field_is_refused_with_the_nearest_name():
    error = refused(EMPLOYMENT, {**employment(), "ocupation": "7231"})
    assert [(issue.field, issue.rule) for issue in error.issues] == [("ocupation", "unknown-field")]
    assert "did you mean occupation?" in str(error)


@pytest.mark.parametrize("name", ["wage", "Wage_Baht", "salary", "monthly_income", "ค่าจ้าง", "เงินเดือนสุดท้าย"])
def test_wages_are_refused_by_name(name):
    (issue,) = refused(EMPLOYMENT, {**employment(), name: 15_000}).issues
    assert (issue.rule, issue.advice) == ("unknown-field", "must not be sent: wages are not exchanged")


@pytest.mark.parametrize("name", ["citizen_id", "previous_citizen_id"])
def test_a_citizen_id_is_no_field_of_a_record(name):
    (issue,) = refused(EMPLOYMENT, {**employment(), name: PERSON}).issues
    assert (issue.field, issue.advice) == (name, "stands beside the record, as a parameter of `publish`")


@pytest.mark.parametrize("name", ["sex", "religion", "pay_range", "phone"])
def test_a_name_that_is_far_from_every_field_is_not_compared_with_any(name):
    (issue,) = refused(EMPLOYMENT, {**employment(), name: 1}).issues
    assert issue.advice.endswith("leave it out")


def test_a_heading_that_is_a_value_by_mistake_is_not_repeated():
    error = refused(EMPLOYMENT, {**employment(), "สมชาย ใจดี": 1, PERSON: 2, 7: 3, None: 4, ("a",): 5})
    assert {issue.field for issue in error.issues} == {"(unnamed)"}
    assert "สมชาย" not in str(error)


def test_an_issue_says_field_rule_shape_and_what_to_do():
    issue = refused(EMPLOYMENT, employment(employer_province="999")).issues[0]
    assert str(issue) == "employer_province must be a code of provinces.csv, such as 10 (rule code; found: 3 digits)"


@given(st.data())
def test_no_refusal_tells_a_value(data):
    topic = data.draw(st.sampled_from([*BUILDERS]))
    field = data.draw(st.sampled_from([*BUILDERS[topic]()]))
    secret = data.draw(
        st.sampled_from([PERSON, DASHED, THAI_DIGITS, "สมชาย ใจดี", 87654321, 8765.4321, ["สมชาย"], b"secret"])
    )
    try:
        checked = check(topic.name, BUILDERS[topic](**{field: secret}), TODAY)
    except Refused as error:
        told = str(error) + error.detail + repr(error.issues)
        assert not re.search(r"สมชาย|8765|secret", told)
        assert PERSON not in told
        assert DASHED not in told
        assert THAI_DIGITS not in told
    else:
        assert PERSON not in str(checked.record)


def test_an_outcome_is_checked_for_its_types():
    outcome = next(iter(schemas.examples(OUTCOME.name).values()))
    assert check(OUTCOME.name, outcome, TODAY)
    assert [(issue.field, issue.rule) for issue in refused(OUTCOME, {**outcome, "further_study": 1}).issues] == [
        ("further_study", "type")
    ]


def test_a_topic_without_a_schema_cannot_be_checked():
    with pytest.raises(KeyError):
        check("nobody.knows.v1", {}, TODAY)


def test_an_array_is_sorted_and_without_repeats_whatever_it_is_given_as() -> None:
    for given_as in (["b", "ก", "a", "b"], ("ก", "b", "a"), {"a", "b", "ก"}):
        assert ready(DEMAND, skills=given_as)["skills"] == ("a", "b", "ก")


def test_what_is_left_out_or_null_has_the_schemas_default() -> None:
    record = demand(skills=None)
    del record["fields_wanted"], record["experience_months"]
    checked = check(DEMAND.name, record, TODAY)
    assert (checked["skills"], checked["fields_wanted"], checked["experience_months"]) == ((), (), 0)


@pytest.mark.parametrize(
    ("skills", "rule"),
    [
        ("DSD-1", "type"),
        (["DSD-1", 2], "type"),
        ([["DSD-1"]], "type"),
        (["DSD-1", "NULL"], "placeholder"),
        (["DSD-1", PERSON], "citizen-id"),
        (["DSD-1", "\0"], "text"),
        (["DSD-1", " DSD-2"], "identifier"),
    ],
)
def test_each_item_of_an_array_is_checked_as_a_text_is(skills: object, rule: str) -> None:
    assert broken(DEMAND, skills=skills) == [("skills", rule)]


def test_what_is_withdrawn_may_be_longer_than_a_rule_allows_but_not_without_bound() -> None:
    assert broken(DEMAND, position="x" * 201) == [("position", "text")]
    assert ready(DEMAND, position="x" * 500, change="WITHDRAW")
    assert broken(DEMAND, position="x" * 501, change="WITHDRAW") == [("position", "text")]
