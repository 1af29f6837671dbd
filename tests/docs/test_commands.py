"""What the pages tell a reader to type exists: commands, options, make's targets, files, mappings, programs."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any, Final

import pytest
import typer
import yaml

from docs.markdown import ROOT, Page, pages
from saingan.cli import app
from saingan.publish.files.mapping.mapping import shipped
from saingan.standard import schemas
from saingan.topics import TOPICS
from saingan.views import VIEWS

EXAMPLES: Final = ROOT / "examples"
_COMMAND: Final = re.compile(r"^(?:\w+=\S+ )*(?:\.venv/bin/)?saingan(?= |$)")
_OPTION: Final = re.compile(r"^--[a-z]")  # by itself, in running text
_PLACEHOLDER: Final = re.compile(r"[A-Z][A-Z_/]*(\.[a-z.]+)?|ชื่อ\w*")  # TOPIC, FILE, NAME
_OWN: Final = ("schemas/README.md",)  # whose Python is run here as it stands
_CLIENTS: Final = "docs/interoperability"  # whose programs tests/interoperability runs
_FRAGMENTS: Final = ("publisher.publish(topic, record, citizen_id=right, previous_citizen_id=wrong)\n",)


def typed(page: Page) -> Iterator[str]:
    """Every line for a shell, and every command in running text."""
    for code in page.code:
        if code.info.split()[:1] in ([], ["sh"], ["bash"]):
            yield from code.text.splitlines()
    yield from page.inline_code


def wrong(line: str) -> list[str]:
    """What a command line names and is not there."""
    line = line.strip()
    if _OPTION.match(line):
        return [] if line.split()[0] in _options(typer.main.get_command(app)) else [line]
    if _COMMAND.match(line):
        words = shlex.split(_COMMAND.sub("", re.split(r" [<>|]|;| && ", line)[0]), comments=True)
        return list(_wrong_words(typer.main.get_command(app), words))
    targets = re.findall(r"^[a-z-]+(?=:)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    return [target for target in re.findall(r"(?:^|&& )make ([a-z][a-z-]*)", line) if target not in targets]


def _wrong_words(command: Any, words: list[str]) -> Iterator[str]:
    options = {"--help": True}
    options |= {
        name: bool(option.is_flag) for option in command.params if option.opts[0][:1] == "-" for name in option.opts
    }
    given: list[str] = []
    rest = iter(words)
    for word in rest:
        name, has_value, _ = word.partition("=")
        if hasattr(command, "commands") and not word.startswith("-"):
            if word in command.commands:
                yield from _wrong_words(command.commands[word], list(rest))
            elif word not in ("COMMAND", "..."):
                yield f"saingan {word}"
            return
        if not word.startswith("-"):
            given.append(word)
        elif name not in options:
            yield f"{command.name} {name}"
        elif name == "--mapping":
            yield from _wrong_mapping(next(rest))
        elif not options[name] and not has_value:
            next(rest)
    yield from _wrong_arguments(command.name, given)


def _wrong_arguments(command: str, given: list[str]) -> Iterator[str]:
    if command == "publish":
        yield from _wrong_file(given)
    if command in ("worker", "rebuild", "verify"):
        names = (name.strip("[].") for name in given)
        yield from (name for name in names if name and name not in VIEWS and not _PLACEHOLDER.fullmatch(name))


def _options(command: Any) -> set[str]:
    """Of a command and all below it."""
    below = getattr(command, "commands", {}).values()
    return {"--help"}.union((name for option in command.params for name in option.opts), *map(_options, below))


def _wrong_mapping(name: str) -> list[str]:
    known = name in shipped() or name.startswith("./") or _PLACEHOLDER.fullmatch(name)
    return [] if known else [f"--mapping {name}"]


def _wrong_file(given: list[str]) -> Iterator[str]:
    for topic in given[:1]:
        if topic not in TOPICS and not _PLACEHOLDER.fullmatch(topic):
            yield topic
    for file in given[1:]:
        if "/" in file and not (ROOT / file).is_file():
            yield file


def of_examples(text: str) -> bool:
    """Whether a piece of Python stands in one of the programs that tests/flow/test_examples.py runs."""
    return any(text in dedent_all(file.read_text(encoding="utf-8")) for file in EXAMPLES.glob("*.py"))


def dedent_all(text: str) -> str:
    """A program with each of its indented parts moved to the left as well."""
    lines = text.splitlines(keepends=True)
    deeper = ("".join(line[depth:] if line[:depth].isspace() else "\0" for line in lines) for depth in (4, 8, 12))
    return "\0".join([text, *deeper])


@pytest.mark.parametrize("name", pages())
def test_each_command_of_a_page_exists(name: str) -> None:
    assert [found for line in typed(pages()[name]) for found in wrong(line)] == []


@pytest.mark.parametrize(
    "line",
    [
        "saingan pubish x",
        "saingan verify --strictly",
        "saingan worker outcome",
        "SAINGAN_DATABASE=x saingan rebuild --from-the-start  # anew",
        "saingan publish ovec.graduation.v2 a.csv",
        "saingan publish TOPIC examples/nowhere.csv",
        "saingan publish TOPIC FILE --mapping nothing",
        "--strictly",
        "make everything",
        "make install && make nothing",
    ],
)
def test_a_command_that_does_not_exist_is_found(line: str) -> None:
    assert len(wrong(line)) == 1


def test_the_pages_show_commands_at_all() -> None:
    shown = [line for page in pages().values() for line in typed(page) if _COMMAND.match(line)]
    assert len(shown) > 50


@pytest.mark.parametrize("name", [name for name in pages() if not name.startswith(_CLIENTS)])
def test_each_piece_of_python_on_a_page_is_part_of_a_program_that_runs(name: str) -> None:
    for code in pages()[name].code:
        if code.info != "python" or code.text in _FRAGMENTS:
            continue
        if name in _OWN:
            exec(code.text, {})
        else:
            assert of_examples(code.text), code.text


def test_python_that_stands_nowhere_is_found() -> None:
    assert of_examples("with Publisher(Settings()) as publisher:\n")
    assert not of_examples("with Publisher(Setting()) as publisher:\n")


def test_the_pages_in_thai_and_english_show_the_same_commands() -> None:
    thai = set(_commands("README.th.md"))
    assert thai
    assert thai <= {line for name in ("README.md", "docs/publishing.md") for line in _commands(name)}


def _commands(name: str) -> list[str]:
    return [line.strip() for code in pages()[name].code for line in code.text.splitlines() if _COMMAND.match(line)]


def test_each_reason_of_a_dead_letter_stands_on_the_operators_page() -> None:
    sources = [file.read_text(encoding="utf-8") for file in (ROOT / "services").rglob("*.py")]
    reasons = {reason for text in sources for reason in re.findall(r"Rejection\(\s*\"([a-z-]+)\"", text)}
    tables = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in (ROOT / "schemas/rules").glob("*.yaml")]
    reasons |= {rule["name"] for table in tables for rule in table["rules"] if rule["level"] == "refused"}
    rows = [line for line in pages()["docs/operations.md"].path.read_text(encoding="utf-8").splitlines() if "|" in line]
    assert len(reasons) > 10
    assert {reason for reason in reasons if not any(f"`{reason}`" in row for row in rows)} == set()


def test_each_column_and_symbol_of_the_outcome_stands_on_its_page() -> None:
    text = Path(ROOT / "docs" / "outcome-table.md").read_text(encoding="utf-8")
    schema = schemas.schema("outcome.employment.v1")
    names = {field["name"] for field in schema["fields"]} | set(_symbols(schema)) - {"OTHER"}
    assert {name for name in names if f"`{name}`" not in text} == set()


def _symbols(described: Any) -> Iterator[str]:
    if isinstance(described, dict):
        yield from described.get("symbols", ())
        for part in described.values():
            yield from _symbols(part)
    elif isinstance(described, list):
        for part in described:
            yield from _symbols(part)


def test_each_alert_stands_on_the_operators_page() -> None:
    alerts = re.findall(r"- alert: (\w+)", (ROOT / "deploy/prometheus/alerts.yml").read_text(encoding="utf-8"))
    assert len(alerts) > 5
    assert {
        alert for alert in alerts if f"`{alert}`" not in Path(ROOT / "docs/operations.md").read_text("utf-8")
    } == set()


def test_dedenting_moves_each_part_to_the_left() -> None:
    assert "b\nc\n" in dedent_all(
        dedent("""\
        a:
            b
            c
        """)
    )
