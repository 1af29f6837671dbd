"""Workbooks as Excel, other programs and people make them."""

import re
import zipfile

from openpyxl import Workbook

from support import exports

SHEET, STYLES, BOOK = (
    "xl/worksheets/sheet1.xml",
    "xl/styles.xml",
    "xl/workbook.xml",
)  # parts, of a workbook of one sheet
HEADER = ("name", "n", "day")


def cell(n):
    return [f"x{n}", n, exports.cell(f"2025-03-{n + 1:02}")]


def workbook(path, sheets, change=None):
    """Sheets by name, each a list of rows; ``change`` gets the openpyxl workbook before it is saved."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if change:
        change(book)
    book.save(path)
    return path


def one_sheet(path, rows, change=None):
    """One sheet with `HEADER`; ``change`` gets it before it is saved."""
    return workbook(path, {"data": [HEADER, *rows]}, change and (lambda book: change(book.active)))


def altered(path, part, pattern, replacement):
    """The same workbook with all that matches replaced in one of its parts, as another program would write it."""
    parts = _parts(path)
    text, count = re.subn(pattern, replacement, parts[part].decode())
    assert count, f"{part} has no {pattern}: {text[:2000]}"
    return _written(path, parts | {part: text.encode()})


def everywhere(path, **replaced):
    """The same workbook with texts replaced in all its parts."""
    parts = _parts(path)
    for old, new in replaced.items():
        parts = {name: content.replace(old.encode(), new.encode()) for name, content in parts.items()}
    return _written(path, parts)


def with_shared_texts(path):
    """The same workbook with its texts in a part of their own, as Excel writes them."""
    parts, texts = _parts(path), []

    def shared(match):
        texts.append(match[2])
        return f'{match[1]} t="s"><v>{len(texts) - 1}</v></c>'

    for name in [name for name in parts if name.startswith("xl/worksheets/")]:
        inline = r'(<c [^>]*?) t="inlineStr"><is>(.*?)</is></c>'
        parts[name] = re.sub(inline, shared, parts[name].decode(), flags=re.DOTALL).encode()
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/sharedStrings.xml"] = (
        f'<sst xmlns="{main}">{"".join(f"<si>{text}</si>" for text in texts)}</sst>'.encode()
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    relation = f'<Relationship Id="texts" Type="{kind}" Target="/xl/sharedStrings.xml"/></Relationships>'
    relations = "xl/_rels/workbook.xml.rels"
    parts[relations] = parts[relations].replace(b"</Relationships>", relation.encode())
    return _written(path, parts)


def _parts(path):
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def _written(path, parts):
    with zipfile.ZipFile(path, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return path
