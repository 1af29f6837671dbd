"""Numbers with their nouns, in English."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """``1 row``, ``2 rows``, ``1,000 entries``; the plural is the noun with an s unless given."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
