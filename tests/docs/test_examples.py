"""The files in ``examples/`` are those that their builder makes, one for each shipped mapping."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from docs.examples import EXAMPLES, write
from docs.markdown import pages
from saingan.publish.files.importer import publish_file
from saingan.publish.files.mapping.mapping import load, shipped
from saingan.settings import Settings

REFUSED = {"ovec-enrolment.csv": 1}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {path.name: path for path in write(tmp_path_factory.mktemp("examples"))}


def content(path: Path) -> bytes | list[tuple[object, ...]]:
    """Of a workbook its cells, for its bytes hold the hour at which it was made."""
    if path.suffix != ".xlsx":
        return path.read_bytes()
    return list(load_workbook(path).worksheets[0].iter_rows(values_only=True))


def test_each_example_is_what_its_builder_makes(made: dict[str, Path]) -> None:
    for name, path in made.items():
        assert content(path) == content(EXAMPLES / name), "PYTHONPATH=tests python -m docs.examples"


def test_there_is_an_example_of_each_shipped_mapping(made: dict[str, Path]) -> None:
    assert {Path(name).stem for name in made} == set(shipped())
    for name in made:
        assert f"`{name}`" in (EXAMPLES / "README.md").read_text(encoding="utf-8")


def test_one_row_of_the_examples_is_refused_and_no_other(made: dict[str, Path], tmp_path: Path) -> None:
    refused = {}
    for name, path in made.items():
        mapping = path.stem
        topic = next(topic for topic in _topics() if mapping in shipped(topic))
        assert load(mapping, topic).topic == topic
        summary = publish_file(Settings(home=tmp_path), topic, path, mapping, dry_run=True, progress=False)
        refused |= {name: summary.refused} if summary.refused else {}
        assert summary.sent > 0
    assert refused == REFUSED


def _topics() -> list[str]:
    lines = [code.text.split() for code in pages()["examples/README.md"].code if code.info == "sh"]
    return [word for words in lines for word in words if word.endswith(".v1")]
