"""What a worker refuses to work with: a clear word and status 1; and the table stays as it was."""

import pytest
from confluent_kafka.admin import AdminClient
from pydantic import SecretStr
from sqlalchemy import update

from saingan.engine.process.start import start
from saingan.engine.tables import view_build
from saingan.errors import Fault
from saingan.exchange.provision import provision_topics
from saingan.outcomes.view import OUTCOMES
from saingan.settings import Settings
from saingan.topics import DEAD_LETTER, EMPLOYMENT, GRADUATION
from support import servers
from support.commands import Worker, catch_up
from support.exchange_contents import execute, positions, publish, settled

pytestmark = pytest.mark.flow


def refusal(settings: Settings, *streams: str) -> str:
    """What a worker says that refuses to begin."""
    with pytest.raises(Fault) as refused:
        start(settings, [OUTCOMES], streams)
    return str(refused.value)


def last_word(settings: Settings) -> str:
    """What a worker says that stops by itself."""
    with Worker(settings, "--until-caught-up") as worker:
        assert worker.wait() == 1, worker.tail()
    assert "Traceback" not in worker.tail()
    return worker.refusal()


def admin(settings: Settings) -> AdminClient:
    return AdminClient({"bootstrap.servers": settings.bootstrap})


def test_a_broker_that_does_not_answer_is_named(exchange: Settings) -> None:
    nowhere = exchange.model_copy(update={"kafka": f"127.0.0.1:{servers.free_ports(1)}"})
    assert f"no Kafka broker answers at {nowhere.kafka}" in refusal(nowhere)
    assert f"no Kafka broker answers at {nowhere.kafka}" in last_word(nowhere)


def test_a_missing_topic_is_named(exchange: Settings) -> None:
    servers.delete(admin(exchange), [exchange.wire(DEAD_LETTER.name)])
    assert f"lacks {exchange.wire(DEAD_LETTER.name)}: `saingan up` makes" in refusal(exchange)


def test_a_stream_that_the_view_does_not_read_is_named(exchange: Settings) -> None:
    assert "exchange.dead-letter.v1: not a stream of outcomes" in refusal(exchange, DEAD_LETTER.name)


def test_another_pseudonym_key_than_that_of_the_exchange_is_refused(exchange: Settings) -> None:
    said = refusal(exchange.model_copy(update={"pseudonym_key": SecretStr("ab" * 32)}))
    assert "this pseudonym key is not the one of the exchange" in said
    assert "abab" not in said


def test_a_store_that_another_version_of_the_view_built_is_refused(exchange: Settings) -> None:
    catch_up(exchange)
    execute(exchange, update(view_build).values(fingerprint="of another version"))
    assert "the state of another version of the view 'outcomes'" in last_word(exchange)


def test_a_topic_that_was_created_anew_is_refused_however_much_it_holds(exchange: Settings) -> None:
    publish(exchange, 30, seed=1)
    catch_up(exchange)
    stood = positions(exchange)

    recreate(exchange)
    assert "the topic was created anew since this table was built" in last_word(exchange)

    publish(exchange, 60, seed=2)
    assert "the topic was created anew since this table was built" in last_word(exchange)
    assert positions(exchange) == stood


def test_a_topic_that_is_created_anew_under_a_live_worker_stops_it(exchange: Settings) -> None:
    publish(exchange, 30, seed=1)
    with Worker(exchange) as worker:
        worker.until(settled(exchange))
        stood = positions(exchange)

        recreate(exchange)
        publish(exchange, 10, seed=2)

        assert worker.wait() == 1, worker.tail()
        assert EMPLOYMENT.name in worker.refusal()
    others = {part: at for part, at in positions(exchange).items() if part[0] == EMPLOYMENT.name}
    assert others == {part: at for part, at in stood.items() if part[0] == EMPLOYMENT.name}


def test_a_topic_that_was_cut_off_above_the_ledger_is_refused_and_one_cut_off_at_it_is_not(exchange: Settings) -> None:
    publish(exchange, 30, seed=1)
    catch_up(exchange)
    stood = positions(exchange)
    first = GRADUATION.name, 0

    servers.cut_off(exchange, {first: stood[first]})
    catch_up(exchange)

    publish(exchange, 60, seed=2)
    servers.cut_off(exchange, {first: stood[first] + 1})
    assert f"{GRADUATION.name}[0]: the log begins at {stood[first] + 1}" in last_word(exchange)
    assert positions(exchange) == stood


def recreate(settings: Settings) -> None:
    servers.delete(admin(settings), [settings.wire(EMPLOYMENT.name)])
    provision_topics(settings)
