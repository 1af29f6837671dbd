"""Files for the readers, and what the readers make of them."""

from contextlib import closing

from saingan.publish.files.readers import open_table

WANTED = {"name", "ชื่อ", "n"}


def text(path, content, encoding="utf-8"):
    path.write_bytes(content.encode(encoding))
    return path


def read(path, wanted=WANTED, **options):
    """All rows, and where they come from."""
    with closing(open_table(path, set(wanted), **options)) as table:
        return list(table.rows()), table


def cells(path, wanted=WANTED, **options):
    """The cells of the rows that can be read."""
    return [row.cells for row in read(path, wanted, **options)[0] if row.broken is None]


def names(path, **options):
    """The first cell of each row that can be read."""
    return [row[0] for row in cells(path, **options)]


def broken(path, wanted=WANTED, **options):
    """The number and the rule of the rows that cannot be read."""
    return [(row.number, row.broken.rule) for row in read(path, wanted, **options)[0] if row.broken]
