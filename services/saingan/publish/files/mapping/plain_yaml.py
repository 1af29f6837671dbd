"""YAML in which every value is text, as it is written: 01 stays 01, and NO is no false. With the lines of its keys."""

from pathlib import Path
from typing import Any, Final

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from saingan.errors import Fault
from saingan.publish.files.encoding import encoding_of

Place = tuple[str, ...]  # the keys that lead to a value
_DEEPEST: Final = 8  # a mapping has four levels; an alias within itself would have no end


class PlainYaml:
    """A file's content.

    Attributes:
        content: texts, lists and tables of texts.
        lines: of each key, by its place.
        slips: keys that stand twice.

    Raises:
        Fault: it is no YAML, or in no encoding that Windows saves; with the line.
    """

    def __init__(self, path: Path) -> None:
        self.lines: dict[Place, int] = {}
        self.slips: list[str] = []
        try:
            text = path.read_text(encoding=encoding_of(path))
            root = yaml.compose(text.lstrip("\ufeff"), Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            raise Fault(_what_is_wrong(error)) from None
        except UnicodeDecodeError:
            raise Fault("is cut off in the middle of a character: save it again as UTF-8") from None
        self.content: Any = "" if root is None else self._plain(root, ())

    def line(self, place: Place) -> int | None:
        """The line of a key, or of the nearest key above it."""
        return next((self.lines[place[:end]] for end in range(len(place), 0, -1) if place[:end] in self.lines), None)

    def _plain(self, node: Node, place: Place) -> Any:
        if len(place) > _DEEPEST:
            raise Fault(f"line {node.start_mark.line + 1}: is nested too deep")
        match node:
            case MappingNode():
                return self._table(node, place)
            case SequenceNode():
                return [self._plain(item, (*place, str(number))) for number, item in enumerate(node.value)]
            case _:
                return node.value

    def _table(self, node: MappingNode, place: Place) -> dict[str, Any]:
        table: dict[str, Any] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode):
                raise Fault(f"line {line}: a key must be one text; a key with braces or brackets in it needs quotes")
            here = (*place, key.value)
            if key.value in table:
                self.slips.append(f"line {line}: `{key.value}` stands in line {self.lines[here]} already: keep one")
                continue
            self.lines[here] = line
            table[key.value] = self._plain(value, here)
        return table


def _what_is_wrong(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    line = f" at line {mark.line + 1}" if mark else ""
    if "'\\t'" in str(error):
        return f"not YAML{line}: there is a tab; indent with blanks"
    return f"not YAML{line}; put quotes around a value that has `: ` or ` #` in it, or that begins with a sign"
