"""`docs/performance.md` from what was measured."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

import charts
import contenders as who
import publishing

Part = Mapping[str, Any]
Result = Mapping[str, Any]
_OURS: Final = tuple(name for name in who.EVERYBODY if name.startswith("Saingan"))
# The live peers that make their rows readable at least once a second.
_PEERS: Final = tuple(each.name for each in who.THROUGHPUT if each.store is not None and each.name not in _OURS)
_STREAMS: Final = tuple(name for name in _PEERS if name.startswith("Kafka"))

_PUBLISHING_GOALS: Final = {publishing.FILE.name: "50,000", publishing.PROGRAM.name: "100,000"}
_LATENCY: Final = (
    "contender",
    "p50, ms",
    "lowest-highest",
    "p99, ms",
    "highest",
    "tracers",
    "too low by up to, ms",
    "table",
)
_PROSE: Final = Path(__file__).parent / "prose"  # what stands before and after the tables


class Ratio(NamedTuple):
    """A goal: ours against the best of others."""

    text: str
    ours: str
    others: Sequence[str]
    of: Callable[[Result], float]
    best: Callable[[Iterable[float]], float]
    goal: str


def _rate(result: Result) -> float:
    return float(result["rate"])


def _memory(result: Result) -> float:
    return float(result["peak_bytes"])


_RATIOS: Final = (
    Ratio("two workers to the best peer, events/s", who.TWO.name, _PEERS, _rate, max, "at least 2"),
    Ratio("one worker to the best peer, events/s", who.ONE.name, _PEERS, _rate, max, "above 1"),
    Ratio("two workers to stock Faust, events/s", who.TWO.name, (who.FAUST.name,), _rate, max, "at least 25"),
    Ratio("two workers to the leanest Kafka Streams, memory", who.TWO.name, _STREAMS, _memory, min, "under 0.5"),
    Ratio("rebuild to two workers, events/s", who.REBUILD.name, (who.TWO.name,), _rate, max, ""),
)


def write(folder: Path, parts: Mapping[str, Part]) -> None:
    """Write the page and its charts."""
    sections = [(_PROSE / "head.md").read_text().strip()]
    for name, section in _SECTIONS.items():
        if name in parts:
            text, drawn = section(parts[name])
            sections += [text, _provenance(parts[name])]
            for chart, svg in drawn.items():
                (folder / chart).write_text(svg)
    sections.append(_machine(max(parts.values(), key=lambda part: part["date"])))
    sections.append((_PROSE / "notes.md").read_text().strip())
    (folder / "performance.md").write_text("\n\n".join(sections) + "\n")


def _throughput(part: Part) -> tuple[str, dict[str, str]]:
    by_name = _by_contender(part["results"])
    events = part["results"][0]["events"]
    persons = part["results"][0]["persons"]
    ratios = [
        [ratio.text, f"{value:.2f}", ratio.goal] for ratio in _RATIOS if (value := _value(ratio, by_name)) is not None
    ]
    text = [
        f"## Throughput\n\n{events:,} events of {persons:,} persons, {_rounds(part)} rounds, medians.",
        _costs(by_name),
        "![Events a second](performance-throughput.svg)",
        "![CPU seconds](performance-cpu.svg)",
        *([_table(["ratio of medians", "measured", "goal"], ratios)] if ratios else []),
    ]
    with_table = {name: runs for name, runs in by_name.items() if runs[0]["rows"] is not None}
    charted = {
        "performance-throughput.svg": charts.bars(
            "events a second, final table checked",
            {name: _mid(runs, _rate) for name, runs in with_table.items()},
            _OURS,
        ),
        "performance-cpu.svg": charts.bars(
            "CPU seconds per million events: its processes and PostgreSQL",
            {name: _mid(runs, _cpu_per_million) for name, runs in with_table.items()},
            _OURS,
        ),
    }
    return "\n\n".join(text), charted if with_table else {}


def _costs(by_name: Mapping[str, Sequence[Result]]) -> str:
    heads = ["contender", "events/s", "lowest-highest", "seconds, start to end", "CPU s/M: its processes"]
    heads += ["PostgreSQL", "broker", "memory, MiB", "table"]
    rows = [
        [
            *_rated(name, runs),
            f"{_mid(runs, lambda run: run['whole_s']):,.1f}",
            _each(runs),
            f"{_mid(runs, lambda run: run['postgres_cpu_s'] / run['events'] * 1e6):.1f}",
            f"{_mid(runs, lambda run: run['broker_cpu_s'] / run['events'] * 1e6):.1f}",
            f"{_mid(runs, _memory) / 2**20:,.0f}",
            _checked(runs),
        ]
        for name, runs in by_name.items()
    ]
    return _table(heads, rows)


def _rebuild(part: Part) -> tuple[str, dict[str, str]]:
    first = part["results"][0]
    text = f"## Rebuild\n\n{first['events']:,} events of {first['persons']:,} persons into an empty database,"
    text += f" {_rounds(part)} rounds, medians; the start of its processes counts. Goal: at least 250,000 events/s."
    return f"{text}\n\n{_costs(_by_contender(part['results']))}", {}


def _freshness(part: Part) -> tuple[str, dict[str, str]]:
    rate, persons = part["results"][0]["per_s"], part["results"][0]["persons"]
    text = f"## Freshness\n\n{rate:,} events/s over four streams, on a table of {persons:,} persons,"
    text += f" {_rounds(part)} rounds, medians. Goal: p50 under 12 ms, p99 under 25 ms."
    rows = [_latency(name, runs) for name, runs in _by_contender(part["results"]).items()]
    return f"{text}\n\n{_table(_LATENCY, rows)}", {}


def _burst(part: Part) -> tuple[str, dict[str, str]]:
    rows = [
        [*_latency(name, runs), f"{_mid(runs, lambda run: run['seconds']):.1f}"]
        for name, runs in _by_contender(part["results"]).items()
    ]
    size = part["results"][0]["burst"]
    text = f"## A backlog in one stream\n\n{size:,} changes of employment arrive at once;"
    text += f" the freshness of the other three streams until they are in, {_rounds(part)} rounds, medians."
    text += " Goal: under 1 s."
    return f"{text}\n\n{_table([*_LATENCY, 'backlog taken in, s'], rows)}", {}


def _growth(part: Part) -> tuple[str, dict[str, str]]:
    rows = [
        [
            f"{result['events']:,}",
            result["contender"],
            f"{result['rate']:,.0f}",
            f"{sum(result['cpu_s']) / result['events'] * 1e6:.1f}",
            f"{result['postgres_cpu_s'] / result['events'] * 1e6:.1f}",
            f"{result['peak_bytes'] / 2**20:,.0f}",
            _checked([result]) + ("" if result["checked"] == "all" else ", every 16th"),
        ]
        for result in part["results"]
    ]
    heads = ["events", "contender", "events/s", "CPU s/M: its processes", "PostgreSQL", "memory, MiB", "table"]
    series = {
        name: [(run["events"] / 1e6, _cpu_per_million(run)) for run in runs]
        for name, runs in _by_contender(part["results"]).items()
    }
    spread = [
        f"{name}: the dearest event costs {max(points, key=_y)[1] / min(points, key=_y)[1]:.2f} times the cheapest"
        for name, points in series.items()
    ]
    chart = charts.lines(
        "CPU seconds per million events, PostgreSQL's included", series, "million events in the topics"
    )
    text = [
        "## Growth",
        _table(heads, rows),
        "; ".join(spread) + " (goal: within 1.5).",
        "![Growth](performance-growth.svg)",
    ]
    return "\n\n".join(text), {"performance-growth.svg": chart}


def _publishing(part: Part) -> tuple[str, dict[str, str]]:
    records = part["results"][0]["records"]
    rows = [
        [
            *_rated(name, runs),
            _PUBLISHING_GOALS.get(name, ""),
            f"{_mid(runs, lambda run: sum(run['cpu_s']) / records * 1e6):.1f}",
            f"{_mid(runs, lambda run: run['broker_cpu_s'] / records * 1e6):.1f}",
            f"{_mid(runs, _memory) / 2**20:,.0f}",
            f"{missing:,} MISSING" if (missing := sum(run["faults"] for run in runs)) else "all there",
        ]
        for name, runs in _by_contender(part["results"]).items()
    ]
    heads = ["way", "records/s", "lowest-highest", "goal", "CPU s/M", "broker", "memory, MiB", "in the topics"]
    text = f"## Publishing\n\n{records:,} records, {_rounds(part)} rounds, medians; all checked as the standard asks."
    return f"{text}\n\n{_table(heads, rows)}", {}


_SECTIONS: Final = {
    "throughput": _throughput,
    "rebuild": _rebuild,
    "freshness": _freshness,
    "burst": _burst,
    "growth": _growth,
    "publishing": _publishing,
}


def _by_contender(results: Iterable[Result]) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = {}
    for result in results:
        found.setdefault(result["contender"], []).append(result)
    return found


def _value(ratio: Ratio, by_name: Mapping[str, Sequence[Result]]) -> float | None:
    others = [_mid(by_name[name], ratio.of) for name in ratio.others if name in by_name]
    if ratio.ours not in by_name or not others:
        return None
    return _mid(by_name[ratio.ours], ratio.of) / ratio.best(others)


def _mid(runs: Iterable[Result], value: Callable[[Result], float]) -> float:
    return median(map(value, runs))


def _y(point: tuple[float, float]) -> float:
    return point[1]


def _cpu_per_million(result: Result) -> float:
    return float((sum(result["cpu_s"]) + result["postgres_cpu_s"]) / result["events"] * 1e6)


def _rated(name: str, runs: Sequence[Result]) -> list[str]:
    """Who it is, the median of its rates, and their span."""
    rates = [_rate(run) for run in runs]
    return [name, f"{median(rates):,.0f}", f"{min(rates):,.0f}-{max(rates):,.0f}"]


def _rounds(part: Part) -> int:
    return max(int(result["round"]) for result in part["results"])


def _each(runs: Sequence[Result]) -> str:
    """CPU seconds a million events of each process."""
    processes = zip(*(run["cpu_s"] for run in runs), strict=True)
    return " + ".join(f"{median(of_one) / runs[0]['events'] * 1e6:.1f}" for of_one in processes)


def _checked(runs: Sequence[Result]) -> str:
    if runs[0]["faults"] is None:
        return "none"
    wrong = sum(run["faults"] for run in runs)
    return f"{wrong:,} ROWS WRONG" if wrong else "right"


def _latency(name: str, runs: Sequence[Result]) -> list[str]:
    """As `_LATENCY`."""
    middle = [run["latency"]["p50_ms"] for run in runs]
    tail, highest = (_mid(runs, lambda run, at=at: run["latency"][at]) for at in ("p99_ms", "max_ms"))
    too_low = max(run["unread"]["max_ms"] for run in runs)
    count = sum(run["latency"]["count"] for run in runs)
    span = f"{min(middle):.1f}-{max(middle):.1f}"
    return [
        name,
        f"{median(middle):.1f}",
        span,
        f"{tail:.1f}",
        f"{highest:.1f}",
        f"{count:,}",
        f"{too_low:.1f}",
        _checked(runs),
    ]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    marks = ["---" if number == 0 else "---:" for number in range(len(heads))]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (heads, marks, *rows))


def _provenance(part: Part) -> str:
    left_out = "".join(f" {word}." for word in part["left_out"])
    load = f"load average before: {part['load_before']:.1f}"
    machine = part["machine"]
    of = f"commit {part['commit']} · {machine['processors']} · Python {machine['Python']}"
    if "loop_ms" in part:  # not in what was measured before 2026-11-28
        load += f", a loop of a million: {part['loop_ms']:.0f} ms, stolen meanwhile: {part['stolen']:.1%}"
    return f"`{part['command']}` · {part['date']} UTC · {of} · {load}.{left_out}"


def _machine(part: Part) -> str:
    return "## Machine and versions\n\n" + " · ".join(f"{name} {value}" for name, value in part["machine"].items())
