"""From an agency's codes and names to ours. What the agency's mapping says goes before all else."""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from saingan.publish.files.table import plain_heading
from saingan.publish.files.values import UnreadableError
from saingan.standard.codes import codes

_FEW: Final = 12
_OF_PROGRAMS: Final = ("nan", "NaN")  # not a number; Nan is a province
_SEVERAL: Final = ""


def plain_name(text: str) -> str:
    """A code or a name as it is compared: without its final dot, and without the word for province before it."""
    name = plain_heading(text).rstrip(".")
    for word in ("จังหวัด", "จ."):
        name = name.removeprefix(word)
    return name.strip()


def fallen_together(meanings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs of codes that are compared as one and mean different things."""
    met: dict[str, str] = {}
    for code, ours in meanings.items():
        other = met.setdefault(plain_name(code), code)
        if meanings[other] != ours:
            yield other, code


def speaks_ours(meanings: Mapping[str, str], ours: Collection[str]) -> bool:
    """Whether a value that is one of ours means the same to the agency.

    Not where the agency gives one of our codes another meaning, or has numbers of its own for our numbers: with
    ``{1: 3}`` its 3 need not be our 3. Then only what the mapping names is read.
    """
    same = {plain_name(symbol) for symbol in ours}
    for code, meaning in meanings.items():
        if code.isdecimal() and meaning.isdecimal():
            if int(code) != int(meaning):
                return False
        elif plain_name(code) in same and plain_name(code) != plain_name(meaning):
            return False
    return True


class Translation:
    """One column's codes.

    Args:
        meanings: the mapping's own, the agency's code to ours.
        code_list: whose names and codes are known besides.
        symbols: of the field's type.
    """

    def __init__(self, meanings: Mapping[str, str], code_list: str | None, symbols: Collection[str]) -> None:
        own = {plain_name(code): ours for code, ours in meanings.items()}
        listed = codes(code_list) if code_list else {}
        ours = {*meanings.values(), *symbols, *listed}
        self._own = own
        self._speaks_ours = speaks_ours(meanings, ours)
        self._known = (_names(code_list) if code_list else {}) | own
        if self._speaks_ours:
            self._known |= {plain_name(symbol): symbol for symbol in ours if plain_name(symbol) not in own}
        self._names = [*meanings, *symbols] if not listed else [*meanings, *(code.name_th for code in listed.values())]
        self._where = f"{code_list}.csv" if code_list else "the mapping"

    def knows(self, text: str) -> bool:
        """Whether a word has a meaning here, even if it stands for nothing elsewhere."""
        name = plain_name(text)
        return name in self._own or (name in self._known and text not in _OF_PROGRAMS)

    def __call__(self, text: str) -> str:
        ours = self._known.get(plain_name(text))
        if ours == _SEVERAL:
            raise UnreadableError("code", f"has a name of several codes of {self._where}: write the code")
        if ours is None:
            raise UnreadableError("code", self._advice(text))
        return ours

    def _advice(self, text: str) -> str:
        known = [name for name in self._names if name]
        if len(known) <= _FEW:
            said = f"it knows {', '.join(known)}"
        else:
            near = get_close_matches(text, known, n=3, cutoff=0.4)
            said = f"it knows {len(known)} names" + (f", the nearest are {', '.join(near)}" if near else "")
        if not self._speaks_ours:
            said += "; the agency has numbers or codes of its own, so ours are read only where `codes` names them"
        return f"has a value that the mapping does not know; {said}"


def _names(code_list: str) -> dict[str, str]:
    """The names of a list; `_SEVERAL` for one that several codes have."""
    found: dict[str, str] = {}
    for code in codes(code_list).values():
        for name in (code.more.get("abbr_th", ""), code.name_en, code.name_th):
            if name and found.setdefault(plain_name(name), code.code) != code.code:
                found[plain_name(name)] = _SEVERAL
    return found
