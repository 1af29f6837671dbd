"""A program that forgets its publisher, or ends without `with` and `flush`, loses nothing without a word."""

import pytest

from saingan.topics import EMPLOYMENT
from support import programs, wire
from support.refusing import refuse_all

pytestmark = pytest.mark.flow

FIVE = {f"S-{number}" for number in range(5)}


def record_ids(exchange):
    found = [message.key().decode().split("/")[1] for message in wire.messages(exchange, EMPLOYMENT)]
    assert len(found) == len(set(found))
    return set(found)


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("publisher = Publisher(Settings()); send(publisher, *range(5))", 0),
        ("publisher = Publisher(Settings()); send(publisher, *range(5)); sys.exit(3)", 3),
        ("publisher = Publisher(Settings()); send(publisher, *range(5)); 1 / 0", 1),
        ("of_its_own(*range(5)); os._exit(0)", 0),
        ("publisher = Publisher(Settings()); publisher.itself = publisher; send(publisher, *range(5))", 0),
        ("send(Publisher(Settings()), 0, 1); left(Publisher(Settings())); send(kept, 2, 3, 4)", 0),
        ("from threading import Thread; Thread(target=of_its_own, args=range(5)).start()", 0),
        (
            "from threading import Thread; p = Publisher(Settings()); Thread(target=send, args=(p, *range(5))).start()",
            0,
        ),
    ],
    ids=["ends", "exits", "fails", "forgets", "in a cycle", "two", "in a thread", "by a thread"],
)
def test_a_program_without_with_and_flush_delivers_all(exchange, tmp_path, program, status):
    ended = programs.run(exchange, program, tmp_path)
    assert ended.returncode == status, ended.stderr
    assert record_ids(exchange) == FIVE


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_process_of_multiprocessing_delivers_all_that_its_own_publisher_has(exchange, tmp_path, method):
    program = f"""
        def work():
            left(Publisher(Settings()))
            send(kept, *range(5))

        process = multiprocessing.get_context({method!r}).Process(target=of_its_own, args=range(5))
        process.start()
        process.join()
        sys.exit(process.exitcode)
    """
    if method == "fork":  # the others would look for it in the module
        program = program.replace("target=of_its_own, args=range(5)", "target=work")
    ended = programs.run(exchange, program, tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert record_ids(exchange) == FIVE


@pytest.mark.parametrize(
    "program",
    [
        "publisher = Publisher(Settings()); send(publisher, 1, 2, 3)",
        "of_its_own(1, 2, 3); print('goes on')",
        "send(Publisher(Settings()), 1); left(Publisher(Settings())); send(kept, 2); print('goes on')",
        """
            def work():
                left(Publisher(Settings()))
                send(kept, 1, 2, 3)

            process = multiprocessing.get_context("fork").Process(target=work)
            process.start()
            process.join()
            sys.exit(process.exitcode)
        """,
    ],
    ids=["ends", "forgets and goes on", "two", "in a process of multiprocessing"],
)
def test_what_could_not_be_delivered_is_told_and_the_exit_status_says_so(exchange, tmp_path, program):
    refuse_all(exchange)
    ended = programs.run(exchange, program, tmp_path)
    assert ended.returncode == 1
    assert "saingan: a Publisher was left without `with` or `flush()`: the broker did not take:" in ended.stderr
    assert "MSG_SIZE_TOO_LARGE" in ended.stderr
    assert ("goes on" in ended.stdout) == ("goes on" in program)


def test_what_an_error_has_told_is_not_told_again(exchange, tmp_path):
    refuse_all(exchange)
    program = """
        from saingan.publish import Fault
        publisher = Publisher(Settings())
        send(publisher, 1)
        try:
            publisher.flush()
        except Fault:
            print("told")
    """
    ended = programs.run(exchange, program, tmp_path)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "told\n", "")


@pytest.mark.parametrize("queued", ["", "publisher.flush()"], ids=["with messages queued", "with none queued"])
def test_a_fork_ends_by_itself_and_sends_nothing_of_its_parents(exchange, tmp_path, queued):
    program = f"""
        publisher = Publisher(Settings())
        send(publisher, *range(5))
        {queued or "pass"}
        child = os.fork()
        if child:
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        del publisher
        import gc
        gc.collect()
        sys.exit(7)
    """
    ended = programs.run(exchange, program, tmp_path)
    assert ended.returncode == 7, ended.stderr
    assert record_ids(exchange) == FIVE


def test_a_fork_does_not_wait_for_threads_of_its_parents(exchange, tmp_path):
    """librdkafka's, which it waits for when a producer is freed whose topic is not there."""
    program = """
        import gc
        from saingan.publish import Fault, delivery
        delivery.GONE_S = 1
        reports = delivery.reports(Settings(), None)
        queue = delivery.Queue(Settings(), reports)
        queue.put("nowhere", b"key", b"value")
        try:
            queue.flush()
        except Fault:
            print("told")
        child = os.fork()
        if child:
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        del queue
        gc.collect()
        sys.exit(7)
    """
    ended = programs.run(exchange, program, tmp_path)
    assert ended.returncode == 7, ended.stderr
