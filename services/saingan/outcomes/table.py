"""The employment-outcome table (standard, section 7)."""

from typing import Final

from sqlalchemy import Boolean, Column, Date, Integer, String, Table

from saingan.engine.tables import key_type, lineage, metadata

# The number of the rules that the rows follow. Raise it with every change after which a history gives another row, of
# the code or of a list in ``schemas/codes``: workers then derive all rows again.
RULES: Final = 1

employment_outcome = Table(
    "employment_outcome",
    metadata,
    Column("person_key", key_type(), primary_key=True),
    Column("graduation_id", key_type(), primary_key=True),
    Column("institution_code", String, nullable=False),
    Column("institution_province", String, nullable=False),
    Column("qualification", String, nullable=False),
    Column("subject_type_code", String, nullable=False),
    Column("field_code", String, nullable=False),
    Column("subfield_code", String, nullable=False),
    Column("academic_year", Integer, nullable=False),
    Column("graduated_on", Date, nullable=False),
    Column("first_job_on", Date),
    Column("days_to_first_job", Integer),
    Column("employer_id", String),
    Column("tsic", String),
    Column("occupation", String),
    Column("employer_province", String),
    Column("further_study", Boolean, nullable=False),
    Column("certifications", Integer, nullable=False),
    Column("status_6m", String, nullable=False),
    Column("status_12m", String, nullable=False),
    Column("status_24m", String, nullable=False),
    Column("current_status", String, nullable=False),
    Column("field_match", String),
    *lineage(),
)
