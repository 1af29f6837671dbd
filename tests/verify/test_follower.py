"""A view that is made of a view: the source first, then what is made of it."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, Executable, delete, insert, update

from saingan import views
from saingan.engine.follow.follower import Follower
from saingan.engine.store.opening import create_tables, open_engine, transaction
from saingan.engine.tables import keys_table
from saingan.metrics import Metrics
from saingan.settings import Settings
from saingan.topics import GRADUATION
from saingan.verify.comparison import Comparison
from saingan.verify.report import FollowerReport, Report
from saingan.verify.verify import verify
from support.commands import catch_up, saingan
from support.exchange_contents import send
from support.make import OTHER_PERSON, PERSON, graduation
from support.persons_check import CHECK, NAME
from support.persons_per_province import FOLLOWING, READ_OUTCOMES, persons_per_province

pytestmark = pytest.mark.flow

ENTRY = views.Entry("support.persons_per_province:FOLLOWING", "support.persons_check:CHECK")
WAITS = insert(keys_table("outcomes", NAME)).values(key=PERSON, row_id="G-1", revision=1)


class Followed:
    """An outcome view with rows of two persons in two provinces, and a follower that has come to rest."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        two = graduation(person_key=OTHER_PERSON, institution_province="50")
        send(settings, (GRADUATION, graduation()), (GRADUATION, two))
        catch_up(settings)
        self.engine: Engine = open_engine(settings.database_url)
        create_tables(self.engine, READ_OUTCOMES)
        self.follow()

    def follow(self) -> None:
        """A follower begins, comes to rest, and ends."""
        failed: list[BaseException] = []
        follower = Follower(FOLLOWING, self.engine, Metrics(), failed.append)
        while follower.round():
            pass
        follower.let_go()
        assert failed == []

    def execute(self, statement: Executable) -> None:
        with transaction(self.engine) as conn:
            conn.execute(statement)

    def verified(self) -> tuple[Report, FollowerReport]:
        source, follower = verify(self.settings, [CHECK], progress=False)
        assert isinstance(source, Report)
        assert isinstance(follower, FollowerReport)
        return source, follower

    def compared(self) -> Comparison:
        _, follower = self.verified()
        (output,) = follower.outputs
        return output


@pytest.fixture
def followed(exchange: Settings, store_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Followed]:
    monkeypatch.setitem(views.VIEWS, NAME, ENTRY)
    followed = Followed(exchange.model_copy(update={"database": store_url}))
    yield followed
    followed.engine.dispose()


def test_outputs_are_compared_with_what_the_sources_should_be(followed: Followed) -> None:
    source, follower = followed.verified()
    (output,) = follower.outputs
    assert source.clean
    assert (follower.clean, follower.compared, follower.behind) == (True, True, ())
    assert (output.rows_expected, output.rows_in_table) == (2, 2)
    assert output.expected == output.table
    assert saingan(followed.settings, "verify", NAME, "--strict").exit_code == 0


@pytest.mark.parametrize(
    ("by_hand", "found"),
    [
        pytest.param(update(persons_per_province).values(persons=7), {("table", "differing"): 2}, id="changed"),
        pytest.param(
            delete(persons_per_province).where(persons_per_province.c.province == "50"),
            {("table", "missing"): 1},
            id="missing",
        ),
        pytest.param(
            insert(persons_per_province).values(province="99", persons=1, graduated=0, changed_at=0),
            {("table", "extra"): 1},
            id="extra",
        ),
    ],
)
def test_an_output_that_is_changed_by_hand_is_found(
    followed: Followed, by_hand: Executable, found: dict[tuple[str, str], int]
) -> None:
    followed.execute(by_hand)
    assert followed.compared().counts == found
    assert saingan(followed.settings, "verify", NAME).exit_code == 1


def test_where_keys_wait_the_sources_are_compared_and_the_outputs_are_not(followed: Followed) -> None:
    followed.execute(WAITS)
    followed.execute(update(persons_per_province).values(persons=7))
    source, follower = followed.verified()
    assert source.clean
    assert (follower.waiting, follower.outputs) == (1, ())

    said = saingan(followed.settings, "verify", NAME)
    assert (said.exit_code, "not compared, 1 key waiting." in said.stdout) == (2, True)
    assert saingan(followed.settings, "verify", NAME, "--strict").exit_code == 1
    told = json.loads(saingan(followed.settings, "verify", NAME, "--json").stdout)
    assert (told[NAME]["compared"], told[NAME]["keys_waiting"], told["outcomes"]["clean"]) == (False, 1, True)

    followed.follow()
    assert followed.compared().clean


def test_a_source_is_compared_once(followed: Followed) -> None:
    told = json.loads(saingan(followed.settings, "verify", "--json").stdout)
    assert list(told) == ["outcomes", NAME]
