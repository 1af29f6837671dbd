"""The catalogue of metrics: each tells the operator what it means, and no label tells of a person."""

import subprocess

import pytest
from prometheus_client import generate_latest

from saingan.metrics import Metrics, office
from saingan.topics import EMPLOYMENT, GRADUATION
from support import make
from support.make import citizen_id, employment, graduation
from support.store_bench import Bench

LABELS = {"view", "topic", "partition", "reason", "source", "rule", "phase", "what", "version", "python"}


def catalogue():
    return list(Metrics().registry.collect())


@pytest.fixture
def used(tmp_path):
    """The metrics of a worker that met good, bad, odd and contradictory records."""
    bench = Bench(f"sqlite:///{tmp_path / 'store.db'}")
    bench.apply(
        (GRADUATION, graduation()),
        (EMPLOYMENT, employment(source="สมชาย ใจดี")),
        (EMPLOYMENT, employment(record_id="S-2", source=citizen_id(1), tsic="00000")),
        (EMPLOYMENT, employment(record_id="S-2", source="SSO-20", tsic="00001")),
        bench.feed.sent(EMPLOYMENT, employment(), value=b"x"),
    )
    yield bench.metrics
    bench.close()


def test_every_metric_tells_the_operator_what_it_means():
    for family in catalogue():
        assert family.documentation.endswith("."), family.name
        assert len(family.documentation) > 10, family.name


def test_every_metric_is_ours_by_name_or_one_of_the_process():
    assert {family.name.split("_")[0] for family in catalogue()} == {"saingan", "process"}


def test_memory_processor_and_start_of_the_process_are_told():
    told = {sample.name: sample.value for family in catalogue() for sample in family.samples}
    assert told["process_resident_memory_bytes"] > 1e6
    assert told["process_cpu_seconds_total"] > 0
    assert told["process_start_time_seconds"] > 1.6e9


def test_no_series_tells_when_a_counter_was_made(used):
    assert "_created" not in generate_latest(used.registry).decode()


def test_the_newest_record_of_a_stream_is_absent_until_one_is_known_and_never_goes_back():
    metrics = Metrics()

    def told(topic):
        return metrics.registry.get_sample_value("saingan_last_record_timestamp_seconds", {"topic": topic.name})

    assert told(EMPLOYMENT) is None
    metrics.reached(EMPLOYMENT, 1_750_000_000_000)
    metrics.reached(EMPLOYMENT, 1_740_000_000_000)
    assert (told(EMPLOYMENT), told(GRADUATION)) == (1_750_000_000, None)


def test_the_catalogue_has_what_was_promised():
    assert {
        "saingan_records",
        "saingan_refused",
        "saingan_quality_issues",
        "saingan_version_conflicts",
        "saingan_rows_changed",
        "saingan_batch_records",
        "saingan_phase_seconds",
        "saingan_lag_records",
        "saingan_freshness_seconds",
        "saingan_last_record_timestamp_seconds",
        "saingan_ledger_conflicts",
        "saingan_retries",
        "saingan_outbox_rows",
        "saingan_build_info",
    } <= {family.name for family in catalogue()}


def test_every_label_is_one_of_few_kinds(used):
    assert {name for family in used.registry.collect() for sample in family.samples for name in sample.labels} <= {
        *LABELS,
        "le",
    }


def test_no_label_tells_of_a_person_a_record_or_an_employer(used):
    text = generate_latest(used.registry).decode()
    assert 'source="other"' in text
    for personal in (make.PERSON, "สมชาย", citizen_id(1), "S-2", "G-1", make.juristic_number(1)):
        assert personal not in text


@pytest.mark.parametrize("source", ["OVEC", "SSO", "SSO-10", "DSD-20"])
def test_an_agency_and_its_provincial_offices_are_labels(source):
    assert office(source) == source


@pytest.mark.parametrize(
    "source", ["", "SOMCHAI", "SSO-", "SSO-1", "SSO-๑๐", "SSO-100", "sso-10", "SSO-10\n", "SSO 10"]
)
def test_any_other_source_is_the_label_other_so_that_labels_stay_few(source):
    assert office(source) == "other"


def test_promtool_finds_nothing_wrong_with_the_exposition(used, promtool):
    checked = subprocess.run(
        [promtool, "check", "metrics"], input=generate_latest(used.registry), capture_output=True, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


def test_the_build_says_what_runs():
    text = generate_latest(Metrics().registry).decode()
    assert 'saingan_build_info{python="3.' in text
