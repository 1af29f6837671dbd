"""Pages of Markdown as they are read: headings, links, code."""

import re
import subprocess
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT: Final = Path(__file__).parents[2]
_NOT_IN_AN_ANCHOR: Final = re.compile(r"[^\w\- ]")
_ATTRIBUTES: Final = {"link_open": "href", "image": "src"}


class Code(NamedTuple):
    """A block of code. ``info``: what stands behind the fence, such as ``sh`` or ``python publish.py``."""

    info: str
    text: str


class Page:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.relative_to(ROOT).as_posix()
        self._tokens = MarkdownIt("commonmark").enable("table").parse(path.read_text(encoding="utf-8"))

    @property
    def headings(self) -> list[str]:
        after = zip(self._tokens, self._tokens[1:], strict=False)
        return [_plain(inline) for opening, inline in after if opening.type == "heading_open"]

    @property
    def anchors(self) -> set[str]:
        """As GitHub makes them: lower case, blanks as dashes, a number behind a repeated one."""
        seen: Counter[str] = Counter()
        found = set()
        for heading in self.headings:
            slug = _NOT_IN_AN_ANCHOR.sub("", heading.lower()).replace(" ", "-")
            found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
            seen[slug] += 1
        return found

    @property
    def links(self) -> list[str]:
        return [str(token.attrs[_ATTRIBUTES[token.type]]) for token in self._inline() if token.type in _ATTRIBUTES]

    @property
    def code(self) -> list[Code]:
        return [Code(token.info.strip(), token.content) for token in self._tokens if token.type == "fence"]

    @property
    def inline_code(self) -> list[str]:
        return [token.content for token in self._inline() if token.type == "code_inline"]

    def _inline(self) -> list[Token]:
        return [child for token in self._tokens for child in token.children or ()]


def _plain(inline: Token) -> str:
    return "".join(child.content for child in inline.children or ())


@cache
def tracked(*patterns: str) -> tuple[Path, ...]:
    """Files of the repository, those that are new and not yet added among them."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    return tuple(file for file in files if file.is_file())


@cache
def pages() -> dict[str, Page]:
    """All pages, by their names in the repository."""
    found = [Page(path) for path in tracked("*.md")]
    return {page.name: page for page in found}
