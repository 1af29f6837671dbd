"""Every link of every page leads somewhere."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from docs.markdown import ROOT, Page, pages


def broken(page: Page) -> list[str]:
    return [link for link in page.links if not _leads_somewhere(page, link)]


def _leads_somewhere(page: Page, link: str) -> bool:
    parts = urlsplit(link)
    if parts.scheme:
        return parts.scheme in {"https", "mailto"}
    path = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path
    if not path.exists() or not path.is_relative_to(ROOT):
        return False
    return not parts.fragment or (path.suffix == ".md" and unquote(parts.fragment) in Page(path).anchors)


@pytest.mark.parametrize("name", pages())
def test_every_link_of_a_page_leads_somewhere(name: str) -> None:
    assert broken(pages()[name]) == []


@pytest.mark.parametrize("link", ["nowhere.md", "#nowhere", "standard.md#nowhere", "../../outside.md", "http://a.b"])
def test_a_link_that_leads_nowhere_is_found(link: str) -> None:
    path = ROOT / "docs" / "standard.md"

    class Other(Page):
        links = [link]  # type: ignore[assignment]  # noqa: RUF012

    assert broken(Other(path)) == [link]


def test_a_page_of_the_docs_is_linked_from_another() -> None:
    linked = {
        (page.path.parent / unquote(urlsplit(link).path)).resolve()
        for page in pages().values()
        for link in page.links
        if not urlsplit(link).scheme
    }
    docs = {page.path for page in pages().values() if page.path.is_relative_to(Path(ROOT / "docs"))}
    assert docs - linked == set()
