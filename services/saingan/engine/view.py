"""What a worker keeps, as one value. The engine knows nothing of a view but this."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Concatenate, NamedTuple, get_type_hints

from sqlalchemy import Table

from saingan.engine.core.derived import Derived
from saingan.engine.result import READER, Result, columns_hash, lists_of, short_hash
from saingan.engine.tables import history_table
from saingan.standard import schemas
from saingan.standard.coercion import kind_of
from saingan.topics import Topic

Derive = Callable[Concatenate[str, ...], Derived]  # key, a `Live` for each stream, in their order, `Dates`


@dataclass(frozen=True, kw_only=True)
class View(Result):
    """One continuously updated table.

    Attributes:
        name: prefix of the tables that the engine keeps for it.
        streams: topic → the NamedTuple whose fields the state keeps of each record.
        derive: the rules; pure.
        rules: the number of the rules in `derive`; a change after which a state gives other rows raises it.
        files: that `derive` reads, under ``schemas/``; a change of their content raises ``rules``, too.
        clock: whether rows depend on the two dates; where they do not, `derive` is given `NO_DATES`.
    """

    streams: Mapping[Topic, type[NamedTuple]]
    derive: Derive
    rules: int = 1
    files: tuple[str, ...] = ()
    clock: bool = True
    history: Table = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "history", history_table(self.name))

    def group(self, store: str) -> str:
        """The consumer group of a store's workers that read all streams; those of workers that read some begin so, too.

        Args:
            store: by `saingan.engine.store.address.digest`. Workers of two stores share no partitions.
        """
        return f"saingan.{self.name}.{store}"

    @cached_property
    def fingerprint(self) -> str:
        """What the store keeps of the view: a word for the columns of its table, one for each stream's fields, and one
        for each reader.

        The engine's own tables are not part of it: they change by `migrations`.
        """
        streams = [f"{topic.name}:{short_hash(_fields(topic, kind))}" for topic, kind in self.streams.items()]
        return " ".join([columns_hash(self.table), *streams, *(f"{READER}{name}" for name in self.readers)])

    @cached_property
    def lists(self) -> str:
        """The files that the rules read, a word each, with a hash of their content."""
        return lists_of(self.files)


def _fields(topic: Topic, kind: type[NamedTuple]) -> bytes:
    """Of each kept field: its name, its type in the state, its kind in Avro, and whether Avro allows null."""
    named: dict[str, schemas.Schema] = {}
    avro = {field["name"]: kind_of(field["type"], named)[:2] for field in schemas.schema(topic.name)["fields"]}
    return repr([(name, str(hint), *avro[name]) for name, hint in get_type_hints(kind).items()]).encode()
