"""What there is to forget, or was, in numbers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Summary:
    """It says nothing of anyone.

    Attributes:
        persons, records: whose and how many records are concerned.
        strangers: persons who were named, and have no record that can be read.
        marks: `ERASE` marks that were missing.
        messages: in the input topics, besides the marks.
        rows: of the view's table.
        outcomes: keys of the view's topic.
        letters: dead letters; `unopened` might be others.
        unread: of the messages, how many the workers have yet to come to.
    """

    persons: int
    strangers: int
    records: int
    marks: int
    messages: int
    rows: int
    outcomes: int
    letters: int
    unopened: int
    unread: int

    @property
    def known(self) -> bool:
        """Whether anything is known of what was to be forgotten, a mark included."""
        return bool(self.records or self.left or self.unopened)

    @property
    def left(self) -> int:
        """How much there is to do."""
        return self.marks + self.messages + self.rows + self.outcomes + self.letters
