import base64
import dataclasses
from typing import TYPE_CHECKING, Annotated, Any

import typer

from saingan.cli.begin import begin
from saingan.cli.output import AsJson, print_json, print_rows

if TYPE_CHECKING:
    from saingan.engine.dead_letters import DeadLetter

_SHOWN = ("origin", "view", "reason", "detail", "failed_at", "size")

dead_letters = typer.Typer(help="List, show and replay refused records.", no_args_is_help=True)


@dead_letters.command("list")
def list_all(as_json: AsJson = False) -> None:
    """Show reason, origin, time and size of each; never content.

    \b
    Examples:
      saingan dead-letters list
      saingan dead-letters list --json
    """
    from saingan.engine.dead_letters import dead_letters

    found = dead_letters(begin())
    if as_json:
        print_json([_facts(letter) for letter in found])
    elif found:
        rows = [(one.origin, one.reason, one.detail, one.failed_at, str(one.size)) for one in found]
        print_rows(("origin", "reason", "detail", "refused at", "bytes"), rows)
    else:
        print("no dead letters")


@dead_letters.command()
def show(
    origin: Annotated[str, typer.Argument(help="topic/partition/offset")],
    reveal: Annotated[bool, typer.Option("--reveal", help="Open it; needs the operator's private key")] = False,
) -> None:
    """Show one dead letter.

    \b
    Examples:
      saingan dead-letters show sso.insured-employment.v1/3/1287
      saingan dead-letters show sso.insured-employment.v1/3/1287 --reveal
    """
    from saingan.engine.dead_letters import find
    from saingan.engine.sealing import Sealer

    settings = begin()
    letter = find(settings, origin)
    for name, value in _facts(letter).items():
        print(f"{name:10} {value}")
    if reveal:
        key, value, headers = Sealer.from_file(settings.private_key_file).open(letter.sealed)
        print(f"{'key':10} {key!r}")
        for name, content in headers:
            print(f"{'header':10} {name}: {content!r}")
        print(f"{'value':10} {base64.b64encode(value or b'').decode()} (base64)")


@dead_letters.command()
def replay(
    origins: Annotated[list[str] | None, typer.Argument(help="topic/partition/offset; all where none is given")] = None,
) -> None:
    """Send the original bytes again; needs the private key.

    \b
    Examples:
      saingan dead-letters replay sso.insured-employment.v1/3/1287
    """
    from saingan.engine.dead_letters import replay

    print(f"replayed: {replay(begin(), origins or ())}")


def _facts(letter: "DeadLetter") -> dict[str, Any]:
    facts = dataclasses.asdict(letter)
    return {name: facts[name] for name in _SHOWN}
