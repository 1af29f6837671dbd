import base64
import re
from typing import TYPE_CHECKING, Annotated

import typer

from saingan.cli.begin import begin
from saingan.errors import Transient

if TYPE_CHECKING:
    from saingan.letters.handling import DeadLetter
    from saingan.letters.opened import Opened, Opener


def show(
    origin: Annotated[str, typer.Argument(help="topic/partition/offset")],
    reveal: Annotated[bool, typer.Option("--reveal", help="Open it; needs the operator's private key")] = False,
) -> None:
    """Show one dead letter.

    With --reveal it shows the record, field by field, and marks the wrong one. It shows bytes where they cannot be
    decoded.

    \b
    Examples:
      saingan dead-letters show sso.insured-employment.v1/3/1287
      saingan dead-letters show sso.insured-employment.v1/3/1287 --reveal
    """
    from saingan.letters.handling import standing
    from saingan.letters.opened import Opener
    from saingan.outcomes.view import OUTCOMES

    settings = begin()
    (letter,) = standing(settings, [origin])
    for name, value in letter.facts().items():
        print(f"{name:10} {value}")
    if reveal:
        with Opener(settings, OUTCOMES) as opener:
            print(f"{'now':10} {_verdict(opener, letter)}")
            _print_content(opener.open(letter), letter.detail)


def _verdict(opener: "Opener", letter: "DeadLetter") -> str:
    try:
        refused = opener.judge(letter)
    except Transient as error:
        return f"unknown: {error}"
    return f"would be refused: {refused}" if refused else "would be taken in: replay it"


def _print_content(opened: "Opened", detail: str) -> None:
    print(f"{'key':10} {_text(opened.key)}")
    for name, content in opened.headers:
        print(f"{'header':10} {name}: {_text(content)}")
    if opened.record is None:
        print(f"{'value':10} {base64.b64encode(opened.value or b'').decode()} (base64; {opened.undecoded})")
        return
    print("record")
    wrong, longest = set(re.findall(r"\w+", detail)), max(map(len, opened.record), default=0)
    for field, value in opened.record.items():
        print(f"  {'!' if field in wrong else ' '} {field:{longest}}  {'' if value is None else value}".rstrip())


def _text(content: bytes | None) -> str:
    """As text where it is text, else as Python writes bytes: no control character reaches the terminal."""
    text = (content or b"").decode(errors="replace")
    return text if text.isprintable() and "\ufffd" not in text else repr(content)
