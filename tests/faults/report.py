"""`docs/reliability.md`, from the results of a run."""

import os
import platform
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from faults import checker
from faults.checker import Figures
from faults.scenario import Result
from saingan.local.parts import recipe
from support import servers

_COLUMNS = (
    "scenario",
    "store",
    "rounds",
    "acked",
    "maybe",
    "lost",
    "doubled",
    "vanished",
    "passed over",
    "rows different",
    "topic different",
    "dead letters expected/found/wrong",
    "recovery p50/p95, s",
    "seed",
    "took, s",
)
_UNENDED = ("## Did not come to their end", "")
_AGAIN = 'make faults ARGS="--scenario NAME --seed SEED"'


def line(result: Result) -> str:
    """A result in one line, for a terminal."""
    figures = ", ".join(f"{name} {_shown(value)}" for name, value in result.figures._asdict().items())
    verdict = "as it must be" if result.as_it_must_be else "WRONG"
    played = f"seed {result.seed}, {result.rounds} rounds, {result.seconds:.0f} s"
    return f"{result.scenario.name} ({played}): {verdict}: {figures}"


def write(target: Path, results: Sequence[Result], failed: Mapping[str, str], seconds: float) -> None:
    """Write the report; what did not come to its end is named in it."""
    target.parent.mkdir(exist_ok=True)
    target.write_text("\n".join([*_head(seconds), *_body(results, failed)]) + "\n")


def _head(seconds: float) -> list[str]:
    return [
        "# What faults cost",
        "",
        "Written by `make faults` ([tests/faults](../tests/faults)) on real servers, not by hand.",
        "",
        f"- Run of {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {seconds / 60:.0f} minutes",
        f"- {_machine()}",
        f"- {', '.join(_versions())}",
        f"- One scenario again, with the seed of its row: `{_AGAIN}`. The seed decides what is written and",
        "  what is killed when; the machine's own timing decides what that meets.",
        "",
    ]


def _body(results: Sequence[Result], failed: Mapping[str, str]) -> list[str]:
    proofs = [result for result in results if not result.scenario.control]
    controls = [result for result in results if result.scenario.control]
    return [
        "## Scenarios",
        "",
        *_table(proofs),
        "",
        "## Negative controls",
        "",
        "The same harness, faults and checker against workers that are wrong on purpose: they must lose, or double,",
        "which proves that it can be seen.",
        "",
        *_table(controls),
        "",
        *([*_UNENDED, *(f"- {name}: {error}" for name, error in failed.items()), ""] if failed else ()),
        "## What each does",
        "",
        *(f"- **{result.scenario.name}**: {result.scenario.says}." for result in results),
        "",
        "## What the figures mean",
        "",
        *_meanings(),
    ]


def _table(results: Iterable[Result]) -> list[str]:
    rows = [
        (
            result.scenario.name,
            result.scenario.store,
            result.rounds,
            f"{result.figures.acked:,}",
            result.figures.maybe,
            result.figures.lost,
            result.figures.doubled,
            result.figures.vanished,
            result.figures.passed_over,
            result.figures.rows_different,
            result.figures.topic_different,
            _letters(result.figures),
            f"{_shown(result.figures.recovery_p50_s)}/{_shown(result.figures.recovery_p95_s)}",
            result.seed,
            f"{result.seconds:.0f}",
        )
        for result in results
    ]
    return [_cells(_COLUMNS), _cells(["---"] * len(_COLUMNS)), *map(_cells, rows)]


def _letters(figures: Figures) -> str:
    return f"{figures.dead_letters_expected}/{figures.dead_letters_found}/{figures.dead_letters_wrong}"


def _cells(values: Iterable[object]) -> str:
    return f"| {' | '.join(map(str, values))} |"


def _meanings() -> list[str]:
    """The checker's own words, as a list."""
    text = (checker.__doc__ or "").partition("\n\n")[2]
    found = re.findall(r"^(\S.*)\n((?: +.*\n?)+)", text, re.MULTILINE)
    return [f"- **{name}**: {' '.join(meaning.split())}" for name, meaning in found]


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB"


def _versions() -> list[str]:
    pom = (recipe() / "pom.xml").read_text()
    of_servers = {name: re.search(rf"<{name}.version>([^<]+)", pom) for name in ("kafka", "apicurio")}
    return [
        f"saingan {version('saingan')}",
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in ("faust-streaming", "aiokafka", "confluent-kafka", "SQLAlchemy")),
        *(f"{name.title()} {found[1]}" for name, found in of_servers.items() if found),
        servers.postgres_version(),
    ]


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}" if isinstance(value, float) else str(value)
