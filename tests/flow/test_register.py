"""The first register of the maps, run through the commands: a schema, rules, a mapping and two lines are all it has."""

import pytest
from sqlalchemy import func, select

from saingan.engine.register import register
from saingan.settings import Settings
from saingan.topics import DEMAND, GRADUATION
from saingan.verify.checks import checks
from saingan.verify.verify import verify
from support.commands import Worker, catch_up, saingan
from support.exchange_contents import ends, outcome, positions, rows, send
from support.make import PERSON, graduation

pytestmark = pytest.mark.flow

VIEW = "ovec_labour_demand"
EXAMPLE = ("ovec.labour-demand.v1", "examples/ovec-labour-demand.csv", "--mapping", "ovec-labour-demand")
TABLE = register(DEMAND).table


def table(settings: Settings) -> list[tuple[object, ...]]:
    """Without lineage."""
    return [tuple(row)[:-4] for row in rows(settings, select(TABLE).order_by(TABLE.c.record_id))]


def compared(settings: Settings) -> bool:
    return all(report.clean for report in verify(settings, checks([VIEW]), progress=False))


def test_a_file_becomes_its_table_and_a_rebuild_has_the_same_rows(stored: Settings) -> None:
    published = saingan(stored, "publish", *EXAMPLE)
    assert "sent" in published.output, published.output
    catch_up(stored, VIEW)
    live = table(stored)
    assert len(live) == 3
    assert positions(stored, VIEW) == ends(stored, DEMAND)
    assert compared(stored)

    refused = saingan(stored, "rebuild", VIEW)
    assert refused.exit_code == 1
    assert f"saingan rebuild {VIEW} --anew" in str(refused.exception)
    rebuilt = saingan(stored, "rebuild", VIEW, "--anew")
    assert rebuilt.exit_code == 0, rebuilt.output
    assert table(stored) == live
    assert compared(stored)


def test_to_build_one_view_anew_leaves_the_others_as_they_are(stored: Settings) -> None:
    saingan(stored, "publish", *EXAMPLE)
    send(stored, (GRADUATION, graduation()))
    with Worker(stored, VIEW) as both:
        both.until(lambda: outcome(stored, PERSON) is not None and positions(stored, VIEW) == ends(stored, DEMAND))
        in_the_way = saingan(stored, "rebuild", VIEW, "--anew")
        assert "stop them first" in str(in_the_way.exception)
        assert both.stop() == 0
    before = outcome(stored, PERSON), positions(stored)
    with Worker(stored) as other:  # of the outcomes
        other.until_ready()
        built = saingan(stored, "rebuild", VIEW, "--anew")
        assert built.exit_code == 0, built.output
        assert other.stop() == 0
    assert (outcome(stored, PERSON), positions(stored)) == before
    assert rows(stored, select(func.count()).select_from(TABLE))[0][0] == 3
