"""After a lost store, the outcome topic ends at the table's state all the same."""

import pytest

from saingan.engine.reconcile import standing
from saingan.exchange.topic_log import Log
from saingan.outcomes.view import OUTCOMES
from saingan.settings import Settings
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION
from support import servers
from support.commands import Worker, catch_up, saingan
from support.exchange_contents import checked, outcomes, publish, send, settled
from support.make import PERSON, graduation

pytestmark = pytest.mark.flow


def lose_the_store(settings: Settings, name: str) -> Settings:
    """The same exchange with an empty database."""
    return settings.model_copy(update={"database": f"sqlite:///{settings.home / name}.db"})


def keys_on_the_topic(settings: Settings) -> int:
    with Log(settings) as log:
        return sum(map(len, standing(log, OUTCOMES)))


def with_a_row_that_is_withdrawn_while_there_is_no_store(exchange: Settings) -> Settings:
    send(exchange, (GRADUATION, graduation()))
    catch_up(exchange)
    assert [message.value is None for message in outcomes(exchange, PERSON)] == [False]
    send(exchange, (GRADUATION, graduation(record_version=2, change="WITHDRAW")))
    return lose_the_store(exchange, "second")


def test_a_worker_on_an_empty_store_takes_back_what_was_withdrawn_meanwhile_once(exchange: Settings) -> None:
    second = with_a_row_that_is_withdrawn_while_there_is_no_store(exchange)
    catch_up(second)
    assert [message.value is None for message in outcomes(second, PERSON)] == [False, True]
    assert checked(second).keys == 0
    catch_up(second)
    assert len(outcomes(second, PERSON)) == 2


def test_a_rebuild_takes_back_what_was_withdrawn_meanwhile(exchange: Settings) -> None:
    second = with_a_row_that_is_withdrawn_while_there_is_no_store(exchange)
    built = saingan(second, "rebuild")
    assert built.exit_code == 0, built.output
    catch_up(second)
    assert [message.value is None for message in outcomes(second, PERSON)] == [False, True]
    assert checked(second).keys == 0


def test_workers_of_single_streams_reconcile_when_the_last_stream_has_caught_up(exchange: Settings) -> None:
    second = with_a_row_that_is_withdrawn_while_there_is_no_store(exchange)
    for topic in (ENROLMENT, EMPLOYMENT, CERTIFICATION):
        catch_up(second, "--stream", topic.name)
    assert [message.value is None for message in outcomes(second, PERSON)] == [False]
    catch_up(second, "--stream", GRADUATION.name)
    assert [message.value is None for message in outcomes(second, PERSON)] == [False, True]


def test_a_half_restored_topic_wipes_no_subscriber_unless_an_operator_says_so(exchange: Settings) -> None:
    publish(exchange, 200, seed=1)
    catch_up(exchange)
    before = keys_on_the_topic(exchange)
    assert before > 150
    second = lose_the_store(exchange, "second")
    with Log(second) as log:
        ends = {(GRADUATION.name, number): end for number, end in log.bounds(GRADUATION.name)[1].items()}
    servers.cut_off(second, ends)

    with Worker(second, "--until-caught-up") as worker:
        assert worker.wait() == 1
        said = worker.tail()
    assert "saingan rebuild --reconcile" in said
    assert keys_on_the_topic(second) == before

    third = lose_the_store(exchange, "third")
    refused = saingan(third, "rebuild")
    assert refused.exit_code != 0
    assert "--reconcile" in str(refused.exception)
    done = saingan(third, "rebuild", "--reconcile")
    assert done.exit_code == 0, done.output
    with Worker(third) as worker:
        worker.until(settled(third))
        assert worker.stop() == 0
    assert keys_on_the_topic(third) == 0


def test_verify_says_what_a_new_store_has_still_to_withdraw(exchange: Settings) -> None:
    second = with_a_row_that_is_withdrawn_while_there_is_no_store(exchange)
    for topic in (ENROLMENT, EMPLOYMENT, CERTIFICATION):
        catch_up(second, "--stream", topic.name)
    said = saingan(second, "verify")
    assert said.exit_code == 0, said.output
    assert "1 key on the topic without a row" in said.output
    assert saingan(second, "verify", "--strict").exit_code == 1
