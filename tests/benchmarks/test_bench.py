"""The benchmark still measures and checks: tiny, our own contenders alone, and no time is asserted."""

import json
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sqlalchemy import create_engine

import bench
import check
import java
import publishing
from contenders import FRESHNESS, THROUGHPUT
from place import bare_table
from saingan.verify.outcomes.rules import Row

TINY = ("--persons", "200", "--per-second", "200", "--seconds", "2", "--burst", "300", "--growth", "0.001", "0.002")
TINY += ("--records", "300")
OURS = {"Saingan, SQLite", "Saingan, two workers", "Saingan, rebuild"}


@pytest.mark.flow
def test_every_part_is_measured_reported_and_its_tables_are_right(tmp_path: Path) -> None:
    ways = {way.name for way in publishing.WAYS}
    chosen = [word for name in OURS | ways for word in ("--contender", name)]

    status = bench.main(["--short", *TINY, *chosen, "--out", str(tmp_path)])

    parts = json.loads((tmp_path / "performance.json").read_text())
    assert parts.keys() == bench.PARTS.keys()
    results = [result for part in parts.values() for result in part["results"]]
    assert {result["contender"] for result in results} == OURS | ways
    assert [result["faults"] for result in results] == [0] * 14  # ours in each part and size, the ways
    assert status == 0
    for result in [
        result for part in ("throughput", "rebuild", "growth", "publishing") for result in parts[part]["results"]
    ]:
        assert result["rate"] > 0
        assert all(cpu_s > 0 for cpu_s in result["cpu_s"])
        assert result["peak_bytes"] > 10 * 2**20
    assert parts["throughput"]["results"][0]["rows"] > 150  # of 200 persons; some graduations are withdrawn
    assert parts["freshness"]["results"][0]["latency"]["count"] > 0
    assert parts["burst"]["results"][0]["latency"]["count"] > 0

    page = (tmp_path / "performance.md").read_text()
    headings = ("## Throughput", "## Rebuild", "## Freshness", "## A backlog", "## Growth", "## Publishing")
    assert all(heading in page for heading in headings)
    assert "WRONG" not in page
    charts = [word.partition("](")[2].rstrip(")") for word in page.splitlines() if word.startswith("![")]
    assert len(charts) == 3
    assert all(ElementTree.parse(tmp_path / chart).getroot().tag.endswith("svg") for chart in charts)


@pytest.mark.parametrize(("built", "missing"), [(java.FLINK, "Kafka Streams"), (java.KAFKA_STREAMS, "Flink")])
def test_an_engine_whose_artifacts_are_not_here_leaves_out_its_own_contenders_alone(built: str, missing: str) -> None:
    either = [each for each in (*THROUGHPUT, *FRESHNESS) if each.name.startswith(("Kafka Streams", "Flink"))]

    who, words = bench.chosen(either, {built: "classes:jars"}, [])

    assert who == [each for each in either if not each.name.startswith(missing)]
    assert words == [
        f"{each.name} is left out: its Maven artifacts are not here" for each in either if each.name.startswith(missing)
    ]


def test_a_wrong_row_and_a_missing_one_are_found(tmp_path: Path) -> None:
    row = Row("7" * 32, "G1", *("1",) * 6, 2565, 19_000, None, None, *(None,) * 4, False, 0, *("NOT_YET",) * 4, None)
    url = f"sqlite:///{tmp_path / 'store.db'}"
    engine = create_engine(url)
    metadata = bare_table()
    metadata.create_all(engine)
    (table,) = metadata.tables.values()
    with engine.begin() as connection:
        connection.execute(table.insert().values(row._replace(graduated_on=date(2022, 1, 8))))
    engine.dispose()
    expected = {row[:2]: row}
    missing = row._replace(graduation_id="G2")

    assert check.faults(url, expected) == 0
    assert check.faults(url, {row[:2]: row._replace(certifications=1)}) == 1
    assert check.faults(url, {**expected, missing[:2]: missing}) == 1
    assert check.faults(url, {}, persons="8") == 0  # those whose key begins so
    assert check.faults(url, {}, persons="7") == 1
