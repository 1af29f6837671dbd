"""A synthetic but plausible population, as the registries of its agencies know it.

Everyone is made of the seed, an academic year and a number alone: more graduates are the same ones and others, and
a later day adds just what the registries have recorded since.
"""

from collections.abc import Iterator
from datetime import date
from itertools import chain
from random import Random

from saingan.demo.population import jobs, skills, studies
from saingan.demo.population.register import Change
from saingan.demo.population.studies import Graduate
from saingan.standard.coercion import day_number

__all__ = ["COHORTS", "Change", "Graduate", "changes", "everyone", "last_academic_year"]

COHORTS = 3  # academic years
_BUDDHIST = 543
_BANGKOK_MS = 7 * 3_600_000
_DAY_MS = 86_400_000


def everyone(seed: int, graduates: int, today: date) -> Iterator[tuple[Random, Graduate]]:
    """Each graduate, with the generator from which the rest of their life is drawn."""
    newest = last_academic_year(today)
    for number in range(graduates):
        year, index = newest - number % COHORTS, number // COHORTS
        rng = Random(f"{seed}/{year}/{index}")
        yield rng, studies.graduate(rng, f"{seed}-{year % 100}{index:05d}", year)


def changes(rng: Random, someone: Graduate, today: date) -> Iterator[Change]:
    """What the registries recorded about someone before a day, registry by registry."""
    end = day_number(today) * _DAY_MS - _BANGKOK_MS
    registers = (
        studies.register_of_students(rng, someone),
        studies.register_of_graduates(rng, someone),
        jobs.registry_of_insured(rng, someone),
        skills.register_of_skills(rng, someone),
    )
    return (change for change in chain(*registers) if change.record["recorded_at"] < end)


def last_academic_year(today: date) -> int:
    """The last academic year (Buddhist era) whose graduates are registered by a day; it ends in March."""
    return today.year + _BUDDHIST - (1 if today.month >= 6 else 2)
