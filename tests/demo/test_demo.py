import io

import pytest
from rich.console import Console
from sqlalchemy import func, select

from saingan.demo.demo import demo
from saingan.engine.store.opening import open_engine
from saingan.outcomes.table import employment_outcome
from saingan.settings import Settings


@pytest.mark.flow
def test_the_demo_runs_to_its_end_and_again_and_verifies_clean(exchange: Settings) -> None:
    first = told(exchange)
    assert "No differences." in first
    assert "5 rows spoilt on purpose" in first
    assert "NONE_OBSERVED" in first
    rows = graduations(exchange)
    assert rows > 200

    again = told(exchange)
    assert "of an earlier run" in again
    assert "No differences." in again
    assert graduations(exchange) == rows + 1  # each story has a graduate of its own


def told(settings: Settings) -> str:
    out = io.StringIO()
    demo(settings, graduates=200, console=Console(file=out, width=120))
    return out.getvalue()


def graduations(settings: Settings) -> int:
    engine = open_engine(settings.database_url)
    with engine.connect().execution_options(read_only=True) as connection:
        number: int = connection.execute(select(func.count()).select_from(employment_outcome)).scalar_one()
    engine.dispose()
    return number
