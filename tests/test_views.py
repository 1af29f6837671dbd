import subprocess
import sys

import pytest

from saingan.engine.view import View
from saingan.errors import Fault
from saingan.topics import GRADUATION
from saingan.views import VIEWS, Entry, figures, load


@pytest.mark.parametrize("name", VIEWS)
def test_each_name_of_the_map_is_the_name_of_its_view(name: str) -> None:
    assert load(name).name == name


@pytest.mark.parametrize("name", VIEWS)
def test_the_topics_that_a_view_reads_by_one_key_have_equally_many_partitions(name: str) -> None:
    assert len(partitions(load(name))) == len({topic.key for topic in load(name).streams})


def partitions(view: View) -> set[tuple[str | None, int]]:
    return {(topic.key, topic.partitions) for topic in view.streams}


def test_to_name_a_view_imports_nothing_of_it() -> None:
    program = "import sys, saingan.views; print(*sys.modules)"
    shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    ours = {name for name in shown.split() if name.startswith("saingan")}
    assert ours == {"saingan", "saingan.errors", "saingan.topics", "saingan.views"}


def test_a_name_that_is_not_in_the_map_is_refused_with_those_that_are() -> None:
    with pytest.raises(Fault, match=r"'outcome' is not a view: the views are outcomes"):
        load("outcome")


def test_a_topics_figures_are_those_of_the_first_view_in_the_map(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(VIEWS, "ovec_graduation", Entry(GRADUATION))  # type: ignore[arg-type]
    assert GRADUATION in figures("outcomes")
    assert figures("ovec_graduation") == frozenset()
