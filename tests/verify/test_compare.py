"""Two sets of rows side by side."""

import re

from saingan.verify.compare import DIFFERING, EXTRA, MISSING, differences, fingerprint
from saingan.verify.outcomes.rules import Row
from support.make import PERSON, employment, graduation
from support.readings import changes, table

ONE, TWO = (PERSON, "G-1"), (PERSON, "G-2")
ROWS = table(changes(graduations=[graduation(), graduation(record_id="G-2")], jobs=[employment()]))


def test_equal_rows_have_no_differences_and_one_fingerprint():
    other = dict(reversed(ROWS.items()))
    assert list(differences("table", Row._fields, ROWS, other)) == []
    assert fingerprint(ROWS) == fingerprint(other)


def test_a_row_that_is_not_there_is_missing():
    (found,) = differences("table", Row._fields, ROWS, {ONE: ROWS[ONE]})
    assert (found.side, found.kind, found.key, found.columns) == ("table", MISSING, TWO, ())


def test_a_row_that_should_not_be_there_is_extra():
    (found,) = differences("topic", Row._fields, {ONE: ROWS[ONE]}, ROWS)
    assert (found.side, found.kind, found.key) == ("topic", EXTRA, TWO)


def test_of_a_row_that_differs_the_columns_are_named():
    changed = ROWS[ONE]._replace(tsic=None, status_6m="NOT_YET")
    (found,) = differences("table", Row._fields, ROWS, {**ROWS, ONE: changed})
    assert (found.kind, found.key, found.columns) == (DIFFERING, ONE, ("tsic", "status_6m"))
    assert fingerprint({**ROWS, ONE: changed}) != fingerprint(ROWS)


def test_a_row_that_cannot_be_read_differs_in_every_column():
    (found,) = differences("topic", Row._fields, ROWS, {**ROWS, TWO: None})
    assert (found.kind, found.columns) == (DIFFERING, Row._fields)
    assert fingerprint({**ROWS, TWO: None}) != fingerprint(ROWS)


def test_a_difference_tells_of_its_row_by_a_digest_only():
    (found,) = differences("table", Row._fields, ROWS, {ONE: ROWS[ONE]})
    assert re.fullmatch("[0-9a-f]{12}", found.digest)
    assert found.digest != found._replace(key=ONE).digest
