"""The outcome table is the standard's, section 7, and its topic mirrors it field by field."""

import pytest
from sqlalchemy import BigInteger, Boolean, Date, Integer, String
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from saingan.engine.tables import LINEAGE
from saingan.outcomes.history import STREAMS, Graduation
from saingan.outcomes.table import employment_outcome
from saingan.outcomes.view import OUTCOMES
from saingan.standard import schemas
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION, OUTCOME

# The standard's table, line by line: name and whether it may be null.
STANDARD = [
    ("person_key", False),
    ("graduation_id", False),
    *((name, False) for name in ("institution_code", "institution_province", "qualification", "subject_type_code")),
    *((name, False) for name in ("field_code", "subfield_code", "academic_year", "graduated_on")),
    ("first_job_on", True),
    ("days_to_first_job", True),
    *((name, True) for name in ("employer_id", "tsic", "occupation", "employer_province")),
    ("further_study", False),
    ("certifications", False),
    *((name, False) for name in ("status_6m", "status_12m", "status_24m", "current_status")),
    ("field_match", True),
    *((name, False) for name in ("changed_by_topic", "changed_by_partition", "changed_by_offset", "changed_at")),
]
AVRO = {
    "string": String,
    "int": Integer,
    "boolean": Boolean,
    "enum": String,
    "date": Date,
    "long": BigInteger,
    "timestamp-millis": BigInteger,
}


def test_the_columns_are_those_of_the_standard_in_its_order():
    assert [(column.name, column.nullable) for column in employment_outcome.c] == STANDARD


def test_its_key_is_the_person_and_the_graduation():
    assert [column.name for column in employment_outcome.primary_key] == ["person_key", "graduation_id"]


def test_the_last_columns_are_lineage():
    assert tuple(column.name for column in employment_outcome.c)[-len(LINEAGE) :] == LINEAGE


def fields():
    named: dict[str, str] = {}
    for field in schemas.schema(OUTCOME.name)["fields"]:
        nullable = isinstance(field["type"], list)
        kind = field["type"][1] if nullable else field["type"]
        if isinstance(kind, dict):
            if "name" in kind:
                named[kind["name"]] = kind["type"]
            kind = kind.get("logicalType", kind["type"])
        yield field["name"], AVRO[named.get(kind, kind)], nullable


def test_the_topic_has_the_tables_columns_in_its_order_and_types():
    columns = [(column.name, type(column.type), column.nullable) for column in employment_outcome.c]
    assert list(fields()) == columns


@pytest.mark.parametrize("topic", STREAMS)
def test_what_is_kept_of_a_stream_are_fields_of_its_record(topic):
    assert set(STREAMS[topic]._fields) <= {field["name"] for field in schemas.schema(topic.name)["fields"]}


def test_the_view_reads_the_four_core_streams_and_mirrors_its_table_in_a_topic():
    assert set(OUTCOMES.streams) == {ENROLMENT, GRADUATION, EMPLOYMENT, CERTIFICATION}
    assert OUTCOMES.topic is OUTCOME


def test_a_graduations_kept_fields_begin_a_row_in_their_order():
    names = [column.name for column in employment_outcome.c]
    assert list(Graduation._fields[:-1]) == names[2 : 2 + len(Graduation._fields) - 1]


def test_no_view_names_a_column_like_a_column_of_its_outbox():
    """The relay reads both in one row."""
    for name in ("key", "row_id", "revision"):
        assert name not in employment_outcome.c


@pytest.mark.parametrize("table", [OUTCOMES.table, OUTCOMES.history, OUTCOMES.outbox], ids=lambda table: table.name)
def test_keys_are_compared_byte_by_byte_in_every_store(table):
    ddl = str(CreateTable(table).compile(dialect=postgresql.dialect()))
    assert ddl.count('COLLATE "C"') == len(table.primary_key)
