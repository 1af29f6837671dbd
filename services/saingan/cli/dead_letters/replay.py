import sys
from typing import TYPE_CHECKING, Annotated, Final

import typer

from saingan.cli.begin import begin
from saingan.errors import Fault, Transient
from saingan.plural import counted

if TYPE_CHECKING:
    from saingan.letters.handling import DeadLetter
    from saingan.letters.opened import Opener

_NAMED: Final = 10  # of those that would come back


def replay(
    origins: Annotated[list[str] | None, typer.Argument(help="topic/partition/offset; all where none is given")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Send all without asking")] = False,
) -> None:
    """Send the original bytes again; needs the private key.

    Do it when the cause is gone: the registry has the schema now, or the rules changed. Bytes that are wrong in
    themselves come back as a new dead letter; the command warns of them.

    \b
    Examples:
      saingan dead-letters replay sso.insured-employment.v1/3/1287
      saingan dead-letters replay --yes
    """
    from saingan.letters.handling import replay, standing
    from saingan.letters.opened import Opener
    from saingan.outcomes.view import OUTCOMES

    settings = begin()
    with Opener(settings, OUTCOMES) as opener:
        wanted = standing(settings, origins or ())
        _warn(opener, wanted)
    if wanted and not origins and not yes:
        _ask(len(wanted))
    done = replay(settings, [letter.origin for letter in wanted]) if wanted else 0
    print(f"{counted(done, 'dead letter')} replayed")


def _warn(opener: "Opener", letters: "list[DeadLetter]") -> None:
    """Name those that a worker would refuse again."""
    try:
        refused = {letter.origin: wrong for letter in letters if (wrong := opener.judge(letter))}
    except Transient as error:
        _say(f"it is not known what would be refused again: {error}")
        return
    for origin, wrong in list(refused.items())[:_NAMED]:
        _say(f"{origin} will come back as a dead letter, for its bytes are as they were: {wrong}")
    if len(refused) > _NAMED:
        _say(f"so will {counted(len(refused) - _NAMED, 'more dead letter')}")


def _ask(number: int) -> None:
    try:
        agreed = typer.confirm(f"Send all: {counted(number, 'dead letter')}?", err=True)
    except typer.Abort:  # nobody is there to answer
        agreed = False
    if not agreed:
        raise Fault("nothing was sent: name origins, or give --yes to send all")


def _say(line: str) -> None:
    print(f"saingan: {line}", file=sys.stderr)
