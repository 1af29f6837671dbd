from saingan.cli.begin import begin
from saingan.cli.output import AsJson, print_json, print_rows


def list_all(as_json: AsJson = False) -> None:
    """Show reason, origin, time and size of each; never content.

    \b
    Examples:
      saingan dead-letters list
      saingan dead-letters list --json
    """
    from saingan.letters.handling import dead_letters

    found = dead_letters(begin())
    if as_json:
        print_json([letter.facts() for letter in found])
    elif found:
        rows = [(one.origin, one.reason, one.detail, one.failed_at, str(one.size)) for one in found]
        print_rows(("origin", "reason", "detail", "refused at", "bytes"), rows)
    else:
        print("no dead letters")
