"""The parts of a workbook file (ECMA-376, transitional or strict): sheets, texts, formats, dates.

openpyxl does not read what programs other than Excel write into styles, and tells neither merged cells, uncalculated
formulas nor hidden rows of a workbook that it reads as a stream.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final, NamedTuple
from xml.etree.ElementTree import Element, iterparse, parse

from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from saingan.publish.files.excel.number_formats import Format, format_of
from saingan.publish.files.sentences import FileFault

_ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")  # how XML text holds what it cannot hold, such as a return
_ROOT: Final = "_rels/.rels"


class Sheet(NamedTuple):
    name: str
    part: str
    hidden: bool


class Book:
    """An open workbook.

    Attributes:
        sheets: in their order, without those that have no cells (charts).
        texts: that its cells share.
        formats: of its cells, by the number of their style.
        epoch: the day 0 of its dates.
        uncalculated: whether its formulas' values were not calculated yet.

    Raises:
        FileFault: it is an archive, but no workbook.
    """

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path)
        self._names = {name.replace("\\", "/").lower(): name for name in self._zip.namelist()}
        book = next((part for kind, part in self._related("", _ROOT).values() if kind == "officeDocument"), "")
        if not self._has(book):
            self.close()
            raise FileFault("no-workbook")
        tree = self._tree(book)
        parts = self._related(posixpath.dirname(book), self._relations_of(book))
        self.sheets = [
            Sheet(sheet.get("name", ""), parts[key][1], sheet.get("state", "visible") != "visible")
            for sheet in _all(tree, "sheet")
            if (key := _attribute(sheet, "id")) in parts and parts[key][0] == "worksheet"
        ]
        self.epoch: datetime = WINDOWS_EPOCH
        for properties in _all(tree, "workbookPr"):
            if properties.get("date1904") in ("1", "true"):
                self.epoch = MAC_EPOCH
        self.uncalculated = any(_is(element.get("fullCalcOnLoad")) for element in _all(tree, "calcPr"))
        by_kind = dict(parts.values())
        self.texts = list(self._texts(by_kind.get("sharedStrings", "")))
        self.formats = list(self._formats(by_kind.get("styles", "")))

    def open(self, sheet: Sheet) -> IO[bytes]:
        return self._zip.open(self._names[sheet.part.lower()])

    def size(self, sheet: Sheet) -> int:
        """Of the sheet's XML, in bytes."""
        return self._zip.getinfo(self._names[sheet.part.lower()]).file_size

    def close(self) -> None:
        self._zip.close()

    def _has(self, part: str) -> bool:
        return part.lower() in self._names

    def _open(self, part: str) -> IO[bytes]:
        return self._zip.open(self._names[part.lower()])

    def _tree(self, part: str) -> Element:
        with self._open(part) as file:
            return parse(file).getroot()  # noqa: S314 - expat bounds what entities may grow to

    def _relations_of(self, part: str) -> str:
        folder, name = posixpath.split(part)
        return posixpath.join(folder, "_rels", f"{name}.rels")

    def _related(self, folder: str, relations: str) -> dict[str, tuple[str, str]]:
        """The kind and the part of each relation, by its id."""
        if not self._has(relations):
            return {}
        return {
            relation.get("Id", ""): (
                relation.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/"),
            )
            for relation in _all(self._tree(relations), "Relationship")
        }

    def _texts(self, part: str) -> Iterator[str]:
        if not self._has(part):
            return
        with self._open(part) as file:
            for _, element in iterparse(file):  # noqa: S314
                if _name(element) == "si":
                    yield unescaped("".join(_runs(element)))
                    element.clear()

    def _formats(self, part: str) -> Iterator[Format]:
        if not self._has(part):
            return
        tree = self._tree(part)
        codes = {number.get("numFmtId", ""): number.get("formatCode", "") for number in _all(tree, "numFmt")}
        for styles in _all(tree, "cellXfs"):
            for style in styles:
                number = style.get("numFmtId", "0")
                yield format_of(number, codes.get(number))


def unescaped(text: str) -> str:
    """A text of the XML as a person sees it; a line break is one character."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _runs(element: Element) -> Iterator[str]:
    for child in element:
        if _name(child) == "t":
            yield child.text or ""
        elif _name(child) == "r":  # a part with a font of its own; how a text is pronounced is no part of it
            yield from _runs(child)


def _all(tree: Element, name: str) -> Iterator[Element]:
    return (element for element in tree.iter() if _name(element) == name)


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]  # strict and transitional differ in their namespaces alone


def _attribute(element: Element, name: str) -> Any:
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name and "}" in key), None)


def _is(value: str | None) -> bool:
    return value in ("1", "true")
