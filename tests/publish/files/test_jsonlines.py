"""JSON as programs write it: no key is lost, and one bad object never costs the others."""

import json

import pytest

from saingan.errors import Fault
from saingan.publish.files import jsonlines
from support.tables import broken, cells, read, text


def lines(path, *objects):
    return text(path, "".join(json.dumps(found, ensure_ascii=False) + "\n" for found in objects))


@pytest.mark.parametrize("before", [1, 1_000, 5_000])
def test_a_key_is_read_wherever_it_first_appears(tmp_path, before):
    rows, table = read(lines(tmp_path / "a.jsonl", *[{"name": "x"}] * before, {"name": "y", "n": 7, "more": 8}))
    assert table.headings == ["name", "n", "more"]
    assert rows[-1].cells == ["y", 7, 8]
    assert rows[0].cells == ["x", None, None]


def test_keys_that_differ_by_case_are_one_heading(tmp_path):
    rows, table = read(lines(tmp_path / "a.jsonl", {"name": "x", "n": 1}, {"N": 2, "Name": "y"}, {"n": 3, "N": 4}))
    assert table.headings == ["name", "n"]
    assert [row.cells for row in rows[:2]] == [["x", 1], ["y", 2]]
    assert rows[2].broken.rule == "twice"


@pytest.mark.parametrize(
    "line", ['{"name": "x", "name": "y"}', '{"name" : 1, "n":1, "name"\t: 2}', '{"n": {"a": 1, "a": 2}}']
)
def test_a_key_that_is_there_twice_refuses_its_object(tmp_path, line):
    path = text(tmp_path / "a.jsonl", f'{line}\n{{"name": "z"}}\n')
    assert broken(path) == [(1, "twice")]
    assert [row.raw for row in read(path)[0] if row.broken is None] == [{"name": "z"}]


@pytest.mark.parametrize(
    "line",
    ['{"name":', "[1]", "1", "null", '{"n": NaN}', '{"n": -Infinity}', '{"n": "\\ud83d"}', "{}{}", '{"a": ' * 5000],
)
def test_a_line_that_is_no_object_is_refused_alone(tmp_path, line):
    path = text(tmp_path / "a.jsonl", f'{{"name": 1}}\n{line}\n{{"name": 2}}\n')
    assert broken(path) == [(2, "json")]
    assert cells(path) == [[1], [2]]


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("between", [",", ", ", ",\n"])
def test_an_array_is_read_like_lines(tmp_path, indent, between):
    objects = [{"name": f"x{n}", "n": n, "tags": ["a", {"b": "]"}]} for n in range(5_000)]
    content = between.join(json.dumps(found, indent=indent, ensure_ascii=False) for found in objects)
    rows, _ = read(text(tmp_path / "a.json", f"[{content}{between}]\n"))
    assert [row.raw for row in rows] == objects
    assert [row.number for row in rows] == [*range(1, 5_001)]


def test_objects_of_several_lines_are_read_without_an_array_too(tmp_path):
    objects = [{"name": f"x{n}", "n": n} for n in range(3)]
    path = text(tmp_path / "a.json", "\n".join(json.dumps(found, indent=2) for found in objects))
    assert cells(path) == [["x0", 0], ["x1", 1], ["x2", 2]]


def test_one_bad_element_of_an_array_costs_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonlines, "_LARGEST_OBJECT", 1000)
    good = [json.dumps({"name": f"x{n}", "n": n}) for n in range(100)]
    good[50] = '{"name": "x50", "n": 1 2 3}'
    path = text(tmp_path / "a.json", "[\n" + ",\n".join(good) + "\n]")
    assert broken(path) == [(51, "json")]
    assert [row[1] for row in cells(path)] == [n for n in range(100) if n != 50]


def test_an_array_that_is_cut_off_is_told_before_a_row_is_sent(tmp_path):
    with pytest.raises(Fault, match="does not end with ]"):
        read(text(tmp_path / "a.json", '[{"name": 1},\n{"name": 2},\n{"na'))


def test_lines_are_counted(tmp_path):
    path = text(tmp_path / "a.jsonl", '\ufeff{"name": 1}\n\n  \n{"name": 2}\n')
    assert [row.number for row in read(path)[0]] == [1, 4]
    assert read(path)[1].origin.lines == 4
