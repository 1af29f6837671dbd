"""What code and pages cite is in the repository: sections of ``docs/standard.md``, headings of other pages."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from conftest import TEST_KEY
from docs.markdown import ROOT, pages, tracked
from saingan.standard import identity

SOCIAL_SECURITY_ACT: Final = range(33, 41)  # its sections are cited in the same word
_RESERVED: Final = re.compile(r"^## (\d+)\. .*\n+Reserved\.$", re.MULTILINE)
_SECTIONS: Final = re.compile(r"\b(?:standard, |[Ss]ections? )(?:sections? )?(\d+(?:(?:, | to | and )\d+)*)\b")
_PLACES: Final = re.compile(r"(docs/[\w/-]+\.md), \"([^\"]+)\"")
_ELSEWHERE: Final = re.compile(r"\((?:design|research)\b[^)]*\)")
_CITING: Final = ("services", "tests", "benchmarks", "schemas", "deploy", "docs", "*.py", "*.md")
_CITED_IN: Final = {".py", ".md", ".yaml", ".yml", ".java", ".avsc"}


def sections() -> dict[int, bool]:
    """Sections of the standard; whether something stands there already."""
    page = pages()["docs/standard.md"]
    reserved = {int(number) for number in _RESERVED.findall(page.path.read_text(encoding="utf-8"))}
    numbers = [int(heading.partition(".")[0]) for heading in page.headings if heading[0].isdigit()]
    return {number: number not in reserved for number in numbers}


def missing(text: str) -> Iterator[str]:
    """Citations in a text that lead nowhere."""
    for cited in _SECTIONS.finditer(text):
        numbers = [int(number) for number in re.findall(r"\d+", cited[1])]
        if not all(sections().get(number) or number in SOCIAL_SECURITY_ACT for number in numbers):
            yield cited[0]
    for cited in _PLACES.finditer(re.sub(r"\n\s*(?:#|//|\*)?\s*", " ", text)):
        if cited[1] not in pages() or cited[2] not in pages()[cited[1]].headings:
            yield cited[0]
    yield from (cited[0] for cited in _ELSEWHERE.finditer(text))


def test_every_citation_leads_to_a_heading() -> None:
    lost = {}
    for path in tracked(*_CITING):
        if path.suffix in _CITED_IN and path != ROOT / "tests" / "docs" / "test_citations.py":
            found = list(missing(path.read_text(encoding="utf-8")))
            lost |= {path.relative_to(ROOT).as_posix(): found} if found else {}
    assert lost == {}


@pytest.mark.parametrize(
    "text",
    [
        "(standard, section 17)",
        "(standard, 12)",
        "sections 6 to 88",
        "(design, section 3)",
        "(research, reliability 1.1)",
        'docs/architecture.md, "No such heading"',
        'docs/nowhere.md, "Threads"',
    ],
)
def test_a_citation_that_leads_nowhere_is_found(text: str) -> None:
    assert len(list(missing(text))) == 1


@pytest.mark.parametrize(
    "text", ["(standard, sections 1 and 4)", "section-33", "a section 39 spell", 'docs/architecture.md,\n# "Threads"']
)
def test_a_citation_that_leads_to_a_heading_is_none(text: str) -> None:
    assert list(missing(text)) == []


def test_the_standard_has_sixteen_sections_and_tells_nothing_of_what_is_not_built() -> None:
    assert sections() == {number: number <= 11 for number in range(1, 17)}


MAPPED: Final = re.compile(r"^ *(\w+(?:, \w+)*) {2,}", re.MULTILINE)
PACKAGES = sorted(
    file.parent
    for file in (ROOT / "services" / "saingan").rglob("__init__.py")
    if MAPPED.search(file.read_text(encoding="utf-8").partition("\nimport ")[0])
)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda folder: folder.name)
def test_a_package_that_maps_its_modules_tells_of_each(package: Path) -> None:
    lines = MAPPED.findall((package / "__init__.py").read_text(encoding="utf-8"))
    there = {file.stem for file in package.glob("[!_]*.py")}
    there |= {file.parent.name for file in package.glob("*/__init__.py")}
    assert {name for line in lines for name in line.split(", ")} == there


def test_packages_have_maps() -> None:
    assert len(PACKAGES) >= 15


def test_the_test_vector_of_the_standard_holds() -> None:
    text = (ROOT / "docs" / "standard.md").read_text(encoding="utf-8")
    vector = dict(re.findall(r"^\| `?(key|citizen ID|person_key|partition)`? \| `?(.+?)`? \|$", text, re.MULTILINE))
    assert vector["key"] == TEST_KEY
    person = identity.person_key(bytes.fromhex(vector["key"]), vector["citizen ID"])
    assert (person, f"{identity.partition(person, 6)} of 6") == (vector["person_key"], vector["partition"])
