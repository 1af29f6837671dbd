"""Shared by the tests of the intake."""

from saingan.engine.intake.flood import Flood
from saingan.engine.intake.intake import Intake
from saingan.outcomes.view import OUTCOMES
from saingan.standard import codec
from saingan.topics import EMPLOYMENT
from support.make import day, employment
from support.store_bench import OPERATOR, Feed, Registry

TODAY = day("2026-01-01")


class Gate:
    """An intake, and what feeds it."""

    def __init__(self, limit=1.0):
        self.registry = Registry(OUTCOMES.streams)
        self.feed = Feed(self.registry)
        self.intake = Intake(OUTCOMES, self.registry, OPERATOR, Flood(limit))

    def take(self, *came):
        return self.intake.take(self.feed.batch(came), TODAY)

    def sent(self, record, topic=EMPLOYMENT, **other):
        return self.feed.sent(topic, record, **other)

    def written(self, schema, record):
        """An employment as a client with another schema of the topic sends it."""
        schema_id = self.registry.register(EMPLOYMENT, schema)
        datum = codec.encode(codec.parse(schema), record)
        return self.sent(employment(), value=codec.frame(schema_id, datum))


def kept(taken):
    """The kept fields of the only change."""
    ((change,),) = taken.changes.values()
    return change.standing[2]


def reasons(taken):
    return [letter["reason"] for letter in taken.letters]
