"""The rules of a topic are data: each does what its examples say, at every reader, and a slip is told at once."""

from datetime import date, timedelta

import pytest
import yaml

from saingan.errors import Fault, Rejection
from saingan.standard import schemas
from saingan.standard.admission import Admission
from saingan.standard.codec import encode, fields_of, frame, parse
from saingan.standard.contract import contract, read
from saingan.standard.decoder import Decoder
from saingan.standard.projection import Projection
from saingan.standard.quality import Quality
from saingan.standard.strict import Refused, check
from saingan.topics import EMPLOYMENT, TOPICS
from saingan.verify.admit import Reader
from support.make import day, key

TODAY = date(2026, 7, 1)
WITH_SCHEMA = [topic.name for topic in TOPICS.values() if topic.record]
RULES = [
    pytest.param(topic, rule, id=f"{topic} {number} {rule.check} {'-'.join(rule.fields)}")
    for topic in WITH_SCHEMA
    for number, rule in enumerate(contract(topic).rules, 1)
]
REGISTERED = [param for param in RULES if TOPICS[param.values[0]].registry]


class Readings:
    """What each reader of the rules says of a record."""

    def __init__(self, topic):
        ours = contract(topic)
        self.topic, self.schema = topic, parse(ours.schema)
        self.admission, self.quality, self.verify = Admission(ours), Quality(ours), Reader(ours, {1: ours.schema})
        self.projection = Projection(ours, Decoder(self.schema, self.schema), ours.names)
        self.fast = not fields_of(ours.schema, "array")

    def key(self, record):
        return key(TOPICS[self.topic], record)

    def worker(self, record):
        return _reason(lambda: self.admission.admit(self.key(record), list(record.values())))

    def verified(self, record):
        return _reason(lambda: self.verify.admit(self.key(record), record))

    def counted(self, record):
        return self.quality.broken(list(record.values()), day(TODAY.isoformat()))

    def is_plain(self, record):
        value = frame(1, encode(self.schema, record))
        return self.projection.reads(self.key(record), value, day(TODAY.isoformat()))


def _reason(admit):
    try:
        admit()
    except Rejection as rejection:
        return rejection.reason
    return None


def example(topic, fields):
    """The topic's first sound example with other fields, as Avro takes it."""
    examples = schemas.examples(topic).values()
    sound = next(one for one in examples if one.get("change", "UPSERT") == "UPSERT")
    record = check(topic, sound, TODAY).record
    return record | {name: day(v.isoformat()) if isinstance(v, date) else v for name, v in fields.items()}


def test_every_topic_with_a_schema_has_a_file_of_rules_and_every_file_a_topic():
    files = {path.name.removesuffix(".yaml") for path in (schemas.root() / "rules").iterdir() if path.suffix == ".yaml"}
    assert files == set(WITH_SCHEMA)


@pytest.mark.parametrize(("topic", "rule"), RULES)
def test_a_publisher_sends_what_a_rule_admits_and_refuses_or_warns_of_what_it_refuses(topic, rule):
    assert check(topic, example(topic, rule.admits), TODAY).warnings == ()
    try:
        found = check(topic, example(topic, rule.refuses), TODAY).warnings
    except Refused as refused:
        found = refused.issues
    assert [issue.field for issue in found] == [rule.fields[0 if rule.check == "near" else -1]]


@pytest.mark.parametrize(("topic", "rule"), REGISTERED)
def test_what_a_rule_admits_all_readers_take_in_at_first_sight(topic, rule):
    readings, record = Readings(topic), example(topic, rule.admits)
    assert (readings.worker(record), readings.verified(record), readings.counted(record)) == (None, None, [])
    assert readings.is_plain(record) == readings.fast


@pytest.mark.parametrize(("topic", "rule"), REGISTERED)
def test_what_a_rule_refuses_each_reader_meets_at_its_level(topic, rule):
    readings, record = Readings(topic), example(topic, rule.refuses)
    reason = rule.name if rule.level == "refused" else None
    assert (readings.worker(record), readings.verified(record)) == (reason, reason)
    assert readings.is_plain(record) == (rule.level == "strict" and readings.fast)
    if rule.level != "refused":
        warned = {other.name for other in contract(topic).rules if other.warns} - {rule.name}
        counted = [name for name in readings.counted(record) if name not in warned]
        assert counted == ([rule.name] if rule.level == "counted" else [])


@pytest.mark.parametrize(("topic", "rule"), REGISTERED)
def test_of_what_is_withdrawn_no_rule_of_its_own_is_asked(topic, rule):
    readings, record = Readings(topic), example(topic, rule.refuses) | {"change": "WITHDRAW"}
    assert (readings.worker(record), readings.verified(record), readings.counted(record)) == (None, None, [])


def test_a_day_may_lie_one_ahead_for_it_may_be_today_elsewhere():
    readings = Readings(EMPLOYMENT.name)
    for ahead, fine in ((1, True), (2, False)):
        record = example(EMPLOYMENT.name, {"started_on": TODAY + timedelta(ahead), "ended_on": None})
        assert (readings.counted(record) == [], readings.is_plain(record)) == (fine, fine)


SECTION = {
    "check": "one-of",
    "field": "section",
    "values": [33],
    "level": "refused",
    "name": "section",
    "admits": {"section": 33},
    "refuses": {"section": 34},
}


def of_employment(*rules, topic=EMPLOYMENT.name):
    return read(EMPLOYMENT, schemas.schema(EMPLOYMENT.name), yaml.safe_dump({"topic": topic, "rules": [*rules]}))


def slip(rule):
    with pytest.raises(Fault) as caught:
        of_employment(rule)
    return str(caught.value)


def test_a_sound_rule_is_read():
    made = of_employment(SECTION)
    assert [rule.values for rule in made.at("refused")] == [(33,)]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"field": "sektion", "admits": {"sektion": 33}}, "no field `sektion`; did you mean `section`?"),
        ({"check": "two-of"}, "'two-of'"),
        ({"check": None}, "rule 1"),
        ({"levle": "refused"}, "`levle`: Extra inputs"),
        ({"level": "maybe"}, "`level`"),
        ({"level": "strict"}, "none where it is strict"),
        ({"name": ""}, "has a name where it is refused"),
        ({"values": ["33"]}, "`values`: of `section` each must be a whole number"),
        ({"values": []}, "`values`"),
        ({"admits": {"section": "33"}}, "`admits`: `section` must be a whole number"),
        ({"refuses": {}}, "`refuses` must give section"),
        ({"refuses": {"section": None}}, "`refuses`: `section` must be a whole number"),
        ({"field": "started_on", "admits": {"started_on": 1}, "refuses": {"started_on": 1}}, "is of type date"),
        ({"field": "record_version", "admits": {"record_version": 1}, "refuses": {"record_version": 2}}, "common head"),
    ],
)
def test_a_rule_that_does_not_fit_is_told_with_its_number_and_what_is_wrong(change, told):
    found = slip({**SECTION, **change})
    assert found.startswith(f"schemas/rules/{EMPLOYMENT.name}.yaml: rule 1")
    assert told in found


def test_fields_of_two_types_have_no_order():
    example = {"section": 33, "started_on": 1}
    order = {"check": "order", "fields": ["section", "started_on"], "admits": example, "refuses": example}
    assert "section and started_on are of two types" in slip({**order, "level": "strict"})


def test_a_list_that_is_not_there_and_a_list_that_would_cost_a_person_their_outcome_are_told():
    listed = {"check": "listed", "field": "tsic", "admits": {"tsic": "1"}, "refuses": {"tsic": "2"}}
    assert "no code list `tsics`" in slip({**listed, "list": "tsics", "level": "strict"})
    assert "level must be counted or strict" in slip({**listed, "list": "provinces", "level": "refused", "name": "x"})


def test_all_slips_are_told_at_once_and_so_are_those_of_the_file():
    assert slip({**SECTION, "values": ["33"], "refuses": {}}).count("rule 1") == 2
    with pytest.raises(Fault, match="is for `another`"):
        of_employment(SECTION, topic="another")
    with pytest.raises(Fault, match="not YAML at line 2"):
        read(EMPLOYMENT, schemas.schema(EMPLOYMENT.name), "topic: x\n  rules: [")
