"""What a file is by its first bytes, whatever its name says."""

import re
from pathlib import Path
from typing import Final

from saingan.publish.files.sentences import FileFault

_WORKBOOK: Final = b"PK\x03\x04"  # of a zip archive, which a workbook is
_OLD_WORKBOOK: Final = b"\xd0\xcf\x11\xe0"
_ARCHIVES: Final = (b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
_WEB_PAGE: Final = re.compile(
    rb"(\xef\xbb\xbf)*\s*<(!doctype|!--|html|head|body|meta|style|table|div|\?xml)", re.IGNORECASE
)
_LOOKED_AT: Final = 512  # bytes


def holds_workbook(path: Path) -> bool:
    """Whether a file is what a workbook is, or else a text.

    Raises:
        FileFault: it is neither, and what to do with it.
    """
    with path.open("rb") as file:
        start = file.read(_LOOKED_AT)
    if not start:
        raise FileFault("empty")
    if start.startswith(_OLD_WORKBOOK):
        raise FileFault("old-workbook")
    if start.startswith(_ARCHIVES):
        raise FileFault("archive")
    if start.startswith(b"%PDF"):
        raise FileFault("pdf")
    if _WEB_PAGE.match(start):
        raise FileFault("web-page")
    return start.startswith(_WORKBOOK)
