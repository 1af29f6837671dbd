"""A record as the messages that carry it."""

from datetime import date
from decimal import Decimal

import pytest

from saingan.errors import Fault
from saingan.publish.message import Composer
from saingan.standard import codec, identity, schemas
from saingan.standard.issues import Refused, shape
from saingan.topics import DEMAND, EMPLOYMENT
from support import make

SECRET = bytes(range(32))
TODAY = date(2026, 1, 1)
SCHEMA = codec.parse(schemas.schema(EMPLOYMENT.name))


@pytest.fixture
def composer():
    return Composer(EMPLOYMENT.name, 7, 6, SECRET)


def person(n):
    return identity.person_key(SECRET, make.citizen_id(n))


def value(message):
    schema_id, _ = codec.unframe(message.value)
    assert schema_id == 7
    return codec.decode(message.value, SCHEMA)


def test_a_record_becomes_one_message_with_the_persons_pseudonym(composer):
    (message,) = composer.compose(make.unkeyed_employment(), TODAY, make.citizen_id(1)).messages
    assert message.key.decode() == f"{person(1)}/S-1/1"
    assert message.partition == identity.partition(person(1), 6)
    assert value(message) == make.employment(person_key=person(1))


def test_a_citizen_id_may_have_dashes_blanks_and_thai_digits(composer):
    digits = make.citizen_id(1)
    thai = digits.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    spellings = (digits, f"{digits[0]}-{digits[1:5]}-{digits[5:10]}-{digits[10:12]}-{digits[12]}", f" {thai} ")
    assert len({composer.compose(make.unkeyed_employment(), TODAY, each).messages[0].key for each in spellings}) == 1


def test_the_headers_are_a_cloud_event_without_the_person(composer):
    (message,) = composer.compose(make.unkeyed_employment(source="SSO 20"), TODAY, make.citizen_id(1)).messages
    assert {name: text.decode() for name, text in message.headers} == {
        "ce_specversion": "1.0",
        "ce_type": "th.workforce.v1.InsuredEmploymentRecord",
        "content-type": "application/avro",
        "ce_id": "S-1/1/UPSERT",
        "ce_source": "/SSO%2020/sso.insured-employment.v1",
        "ce_time": "2025-04-10T09:00:00.000+00:00",
        "ce_subject": "S-1",
    }


def test_the_same_change_gives_the_same_message(composer):
    first, second = (
        composer.compose(make.unkeyed_employment(), TODAY, make.citizen_id(1)).messages[0] for _ in range(2)
    )
    assert (first.key, first.value, first.headers) == (second.key, second.value, second.headers)


def test_a_corrected_citizen_id_withdraws_the_record_from_the_previous_person(composer):
    left, moved = composer.compose(
        make.unkeyed_employment(record_version=2), TODAY, make.citizen_id(2), make.citizen_id(1)
    ).messages
    assert (left.key.decode(), moved.key.decode()) == (f"{person(1)}/S-1/2", f"{person(2)}/S-1/2")
    assert value(left) == make.employment(person_key=person(1), record_version=2, change="WITHDRAW")
    assert value(moved) == make.employment(person_key=person(2), record_version=2)
    assert left.partition == identity.partition(person(1), 6)
    assert dict(left.headers)["ce_id"] != dict(moved.headers)["ce_id"]


def test_a_record_that_is_erased_is_erased_from_the_previous_person_too(composer):
    left, _ = composer.compose(
        make.unkeyed_employment(change="ERASE"), TODAY, make.citizen_id(2), make.citizen_id(1)
    ).messages
    assert value(left)["change"] == "ERASE"


def test_a_previous_citizen_id_that_is_the_same_moves_nothing(composer):
    assert len(composer.compose(make.unkeyed_employment(), TODAY, make.citizen_id(1), make.citizen_id(1)).messages) == 1


def test_a_record_may_come_with_its_pseudonym_instead_of_a_citizen_id(composer):
    (message,) = composer.compose(make.employment(), TODAY).messages
    assert message.key.decode() == f"{make.PERSON}/S-1/1"


@pytest.mark.parametrize(
    ("citizen_id", "previous", "expected"),
    [
        (None, None, ("citizen_id", "required")),
        ("", None, ("citizen_id", "required")),
        ("1-2345-67890-12-2", None, ("citizen_id", "check-digit")),
        ("123", None, ("citizen_id", "check-digit")),
        (make.citizen_id(1), "1234567890122", ("previous_citizen_id", "check-digit")),
        ("1111111111119", None, ("citizen_id", "placeholder")),
        ("1-2345-67890-12-1", None, ("citizen_id", "placeholder")),
        (make.juristic_number(1)[1:], None, ("citizen_id", "lost-zero")),
    ],
)
def test_a_wrong_citizen_id_is_refused_with_the_rest_and_never_repeated(composer, citizen_id, previous, expected):
    with pytest.raises(Refused) as refused:
        composer.compose(make.unkeyed_employment(section=34), TODAY, citizen_id, previous)
    assert {(issue.field, issue.rule) for issue in refused.value.issues} == {expected, ("section", "code")}
    assert not citizen_id or citizen_id not in str(refused.value)


def test_a_record_moves_away_from_a_filler_and_is_withdrawn_from_it(composer):
    assert len(composer.compose(make.unkeyed_employment(), TODAY, make.citizen_id(1), "1111111111119").messages) == 2
    assert len(composer.compose(make.unkeyed_employment(change="WITHDRAW"), TODAY, "1111111111119").messages) == 1


def test_a_person_level_topic_wants_the_pseudonym_key():
    with pytest.raises(Fault, match="SAINGAN_PSEUDONYM_KEY"):
        Composer(EMPLOYMENT.name, 7, 6, None)


def test_a_message_that_readers_would_turn_away_as_too_large_is_refused_by_its_longest_field():
    (message,) = (
        Composer(EMPLOYMENT.name, 7, 6, SECRET).compose(make.unkeyed_employment(), TODAY, make.citizen_id(1)).messages
    )
    length = len(message.key) + len(message.value)
    Composer(EMPLOYMENT.name, 7, 6, SECRET, bound=length).compose(make.unkeyed_employment(), TODAY, make.citizen_id(1))
    with pytest.raises(Refused) as caught:
        Composer(EMPLOYMENT.name, 7, 6, SECRET, bound=length - 1).compose(
            make.unkeyed_employment(), TODAY, make.citizen_id(1)
        )
    assert [(issue.field, issue.rule) for issue in caught.value.issues] == [("person_key", "too-large")]


class Odd:
    """A value whose truth no one knows, such as `pandas.NA`."""

    def __bool__(self):
        raise TypeError

    def __eq__(self, _):
        return self

    __hash__ = None


@pytest.mark.parametrize("field", ["citizen_id", "previous_citizen_id"])
@pytest.mark.parametrize(
    "value",
    [1234567890121, 1234567890121.0, float("nan"), b"1234567890121", 0, 0.0, False, Decimal(1), [], {}, Odd()],
    ids=lambda value: f"{type(value).__name__} {value}" if not isinstance(value, Odd) else "odd",
)
def test_a_citizen_id_of_another_type_is_refused_like_any_other_value(composer, field, value):
    with pytest.raises(Refused) as refused:
        composer.compose(make.unkeyed_employment(section=34), TODAY, **{"citizen_id": make.citizen_id(1), field: value})
    found = {issue.field: issue for issue in refused.value.issues}
    assert found.keys() == {field, "section"}
    assert (found[field].rule, found[field].shape) == ("type", shape(value))
    assert "read the column as text (pandas: dtype=str)" in str(found[field])
    assert "1234567890121" not in str(refused.value)


@pytest.mark.parametrize("name", ["change", "person_key", "record_id", "section", "started_on"])
def test_a_field_of_any_type_is_refused_like_any_other_value(composer, name):
    for citizen_id in (make.citizen_id(1), None):
        with pytest.raises(Refused) as refused:
            composer.compose(make.employment(**{"person_key": person(1), name: Odd()}), TODAY, citizen_id)
        assert {issue.field for issue in refused.value.issues} == {name}


@pytest.mark.parametrize("given", [make.OTHER_PERSON, "", 5])
def test_a_person_key_that_is_not_that_of_the_citizen_id_is_refused(composer, given):
    with pytest.raises(Refused) as refused:
        composer.compose(make.employment(person_key=given), TODAY, make.citizen_id(1))
    (issue,) = refused.value.issues
    assert (issue.field, issue.rule) == ("person_key", "pseudonym")
    assert make.OTHER_PERSON not in str(refused.value)


def test_a_person_key_may_stand_beside_its_citizen_id(composer):
    record = make.employment(person_key=person(1))
    assert composer.compose(record, TODAY, make.citizen_id(1)).messages[0].key.decode() == f"{person(1)}/S-1/1"


def test_a_record_about_no_person_is_keyed_by_itself_and_its_versions_lie_together() -> None:
    composer = Composer(DEMAND.name, 7, 3, None)
    told = [make.demand(record_id=f"D/{n}", record_version=version) for n in range(20) for version in (1, 2)]
    messages = [composer.compose(record, TODAY).messages[0] for record in told]
    assert messages[1].key == b"D/0/2"
    assert all(one.partition == other.partition for one, other in zip(messages[::2], messages[1::2], strict=True))
    assert {message.partition for message in messages} == {0, 1, 2}
    assert messages[0].partition == identity.partition("D/0", 3)


def test_a_list_that_makes_a_message_too_large_is_told_with_its_items() -> None:
    composer = Composer(DEMAND.name, 7, 3, None)
    with pytest.raises(Refused, match=r"skills must be shorter.*a list of 9000 items"):
        composer.compose(make.demand(skills=[f"S-{n:05}-{'x' * 30}" for n in range(9000)]), TODAY)
