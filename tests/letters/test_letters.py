"""Bad records in a batch, on both kinds of store."""

from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION
from support.make import PERSON, certification, citizen_id, employment, enrolment, graduation
from support.store_bench import OPERATOR

GRADUATE = (GRADUATION, graduation())
JOB = (EMPLOYMENT, employment())
ROW = (PERSON, "G-1")


def test_good_records_around_bad_ones_give_what_they_give_alone(bench):
    good = [GRADUATE, (ENROLMENT, enrolment()), JOB, (CERTIFICATION, certification())]
    bench.apply(*good)
    alone = bench.rows(), bench.states()
    bench.clear()
    bad = [
        bench.feed.sent(EMPLOYMENT, employment(), value=b"\1no frame"),
        bench.feed.sent(EMPLOYMENT, employment(section=0)),
        bench.feed.sent(GRADUATION, graduation(), key=b"wrong"),
        bench.feed.sent(CERTIFICATION, certification(), value=b"\0\0\0\0\4\xff"),
    ]
    bench.apply(bad[0], good[0], good[1], bad[1], bad[2], good[2], bad[3], good[3])
    assert (bench.rows(), bench.states()) == alone
    assert {(letter.topic, letter.reason) for letter in bench.letters()} == {
        (EMPLOYMENT.name, "framing"),
        (EMPLOYMENT.name, "section"),
        (GRADUATION.name, "key"),
        (CERTIFICATION.name, "undecodable"),
    }


def test_a_letter_opens_to_the_original_bytes_and_names_its_origin(bench):
    headers = (("ce_id", b"1"), ("สาย", b"\xff\0"))
    sent = bench.feed.sent(EMPLOYMENT, employment(), value=b"\1\2\3", headers=headers, partition=4)
    bench.apply(bench.feed.sent(EMPLOYMENT, employment(), partition=4), sent)
    (letter,) = bench.letters()
    assert (letter.view, letter.topic, letter.partition, letter.offset) == ("outcomes", EMPLOYMENT.name, 4, 1)
    assert (letter.reason, letter.size) == ("framing", 3)
    assert OPERATOR.open(letter.sealed) == (sent.key, b"\1\2\3", list(headers))


def test_letters_hold_no_personal_data_in_the_clear(bench):
    number = citizen_id(7)
    bench.apply(
        bench.feed.sent(EMPLOYMENT, employment(record_id=number)),
        bench.feed.sent(EMPLOYMENT, employment(employer_id=number)),
        bench.feed.sent(EMPLOYMENT, employment(person_key=number)),
        bench.feed.sent(EMPLOYMENT, employment(), value=number.encode(), key=number.encode()),
    )
    letters = bench.letters()
    assert sorted(letter.reason for letter in letters) == ["citizen-id", "citizen-id", "framing", "person-key"]
    for letter in letters:
        assert number not in repr(tuple(letter))
        assert PERSON not in repr(tuple(letter))


def test_a_batch_of_nothing_but_bad_records_moves_the_position(bench):
    bench.apply(bench.feed.sent(EMPLOYMENT, employment(), key=b"", partition=0))
    bench.apply(bench.feed.sent(EMPLOYMENT, employment(), partition=0))
    assert len(bench.letters()) == 1
