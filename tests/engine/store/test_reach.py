"""Whether a database answers, whatever way it does not."""

from pathlib import Path

from saingan.engine.store import reach
from saingan.settings import Settings
from support.servers import free_ports


def settings(**given: object) -> Settings:
    return Settings.model_validate(given)


def test_an_sqlite_database_that_could_be_made_answers(tmp_path: Path) -> None:
    assert reach.database_answers(settings(home=tmp_path / "not" / "yet" / "there"))
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_does_not_answer(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("this is not a database at all, but it is long enough to look at" * 20)

    assert not reach.database_answers(settings(database=f"sqlite:///{tmp_path}/notes.db"))


def test_a_postgresql_that_is_there_answers_and_one_that_is_not_does_not(postgres_url: str) -> None:
    assert reach.database_answers(settings(database=postgres_url))
    nowhere = f"postgresql+psycopg://saingan:secret@127.0.0.1:{free_ports(1)}/saingan"
    assert not reach.database_answers(settings(database=nowhere))
    assert "secret" not in reach.database_address(settings(database=nowhere))
