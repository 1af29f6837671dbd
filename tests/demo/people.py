"""Small populations for these tests, and what their registries have to say."""

from datetime import date

from saingan.demo.population import Change, changes, everyone

SEED = 7
DAY = date(2026, 11, 21)


def recorded(graduates: int, seed: int = SEED, day: date = DAY) -> list[Change]:
    """Every change of a population, person by person."""
    return [change for rng, someone in everyone(seed, graduates, day) for change in changes(rng, someone, day)]
