"""How a text file is encoded, proved on all of it, or the line where it is damaged."""

import codecs
import re
from pathlib import Path
from typing import Final, NamedTuple

from saingan.publish.files.sentences import FileFault

_BLOCK: Final = 1 << 16
_UTF_8: Final = "utf-8-sig"
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF_32: Final = codecs.BOM_UTF32_LE
_THAI: Final = re.compile("[\u0e01-\u0e5b]")
_RARE: Final = 20  # of this number of bytes of UTF-16, at least one is null
_SURE: Final = 3  # Thai characters in UTF-8 that cp874 does not make by chance


class _Bad(NamedTuple):
    offset: int  # of the first byte that is none of the encoding's
    cut: bool = False  # whether the text ends in the middle of a character
    null: bool = False  # whether it is a null byte


def encoding_of(path: Path) -> str:
    """The encoding of a text that is not empty: UTF-8 with or without BOM, UTF-16 with one, or cp874.

    Raises:
        FileFault: it has none of them, or is damaged; with the line.
    """
    with path.open("rb") as file:
        start = file.read(_BLOCK)
    if start.startswith(_UTF_16) and not start.startswith(_UTF_32):
        if bad := _first_bad(path, "utf-16"):
            raise FileFault("cut-text", line=_line(path, bad.offset, "utf-16"))
        return "utf-16"
    if not (bad := _first_bad(path, _UTF_8)):
        return _UTF_8
    if bad.null:
        beside_ascii = b"\0\0" not in start and 0 in (start[::2].count(0), start[1::2].count(0))
        if beside_ascii and start.count(0) * _RARE > len(start):
            raise FileFault("utf-16")
        raise FileFault("null-bytes", line=_line(path, bad.offset, "utf-8"))
    thai = _THAI.findall(start[: bad.offset].decode(errors="ignore"))
    surely_utf_8 = start.startswith(codecs.BOM_UTF8) or len(thai) >= _SURE
    if not surely_utf_8 and not _first_bad(path, "cp874"):
        return "cp874"
    line = _line(path, bad.offset, "utf-8")
    if bad.cut:
        raise FileFault("cut-text", line=line)
    if surely_utf_8:
        raise FileFault("mixed-encodings", line=line)
    raise FileFault("encoding", line=line)


def _first_bad(path: Path, encoding: str) -> _Bad | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    read = 0
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            if 0 in block and encoding != "utf-16":
                return _Bad(read + block.find(0), null=True)
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                pending = len(error.object) - len(block)  # of earlier blocks, not yet a character
                return _Bad(read - pending + error.start, cut=not block)
            if not block:
                return None
            read += len(block)


def _line(path: Path, offset: int, encoding: str) -> int:
    """The number of the line that an offset lies in."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    feeds = returns = 0
    with path.open("rb") as file:
        while offset > 0 and (block := file.read(min(_BLOCK, offset))):
            offset -= len(block)
            text = decoder.decode(block)
            feeds += text.count("\n")
            returns += text.count("\r")
    return (feeds or returns) + 1
