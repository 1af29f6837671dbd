"""Charts as SVG: bars side by side, and lines over a logarithmic axis. Readable on light and on dark pages."""

from collections.abc import Mapping, Sequence
from html import escape
from math import log10
from typing import Final

_WIDTH, _LABELS, _ROW, _PAD = 800, 340, 26, 10
_PALETTE: Final = ("#2a78b5", "#c8553d", "#4d9a51", "#8a6bbe", "#b08a1e")
_STYLE: Final = "font:13px system-ui,sans-serif;fill:#767676"


def bars(title: str, values: Mapping[str, float], ours: Sequence[str], unit: str = "") -> str:
    """Horizontal bars, in the order given; ours in another colour."""
    height = _PAD * 2 + _ROW * (len(values) + 1)
    scale = (_WIDTH - _LABELS - 110) / max(values.values())
    parts = [_text(_PAD, _PAD + 14, title, bold=True)]
    for row, (name, value) in enumerate(values.items(), 1):
        top = _PAD + row * _ROW
        colour = _PALETTE[0] if name in ours else _PALETTE[1]
        box = f'width="{max(1, value * scale):.1f}" height="{_ROW - 8}" fill="{colour}"'
        parts += [
            _text(_LABELS - 8, top + 16, name, anchor="end"),
            f'<rect x="{_LABELS}" y="{top + 3}" {box}/>',
            _text(_LABELS + value * scale + 6, top + 16, f"{value:,.0f}{unit}"),
        ]
    return _svg(height, parts)


def lines(title: str, series: Mapping[str, Sequence[tuple[float, float]]], x_name: str) -> str:
    """Lines from zero up, over a logarithmic axis."""
    left, right, top, bottom = 60, _WIDTH - 240, 40, 260
    points = [point for of_one in series.values() for point in of_one]
    xs = sorted({x for x, _ in points})
    low, high, most = log10(xs[0]), log10(xs[-1]), max(y for _, y in points) * 1.1

    def place(x: float, y: float) -> tuple[float, float]:
        share = (log10(x) - low) / (high - low) if high > low else 0.5
        return left + share * (right - left), bottom - y / most * (bottom - top)

    parts = [_text(_PAD, _PAD + 14, title, bold=True)]
    for step in range(5):
        y = most * step / 4
        at = place(xs[0], y)[1]
        parts += [
            f'<line x1="{left}" x2="{right}" y1="{at:.1f}" y2="{at:.1f}" stroke="#8886"/>',
            _text(left - 8, at + 4, f"{y:,.0f}" if most >= 10 else f"{y:.2f}", anchor="end"),
        ]
    parts += [_text(place(x, 0)[0], bottom + 18, f"{x:.2g}", anchor="middle") for x in xs]
    parts.append(_text((left + right) / 2, bottom + 38, x_name, anchor="middle"))
    for number, (name, of_one) in enumerate(series.items()):
        colour = _PALETTE[number % len(_PALETTE)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in of_one))
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for x, y in (place(*point) for point in of_one):
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>')
        parts.append(f'<rect x="{right + 16}" y="{top + number * 22}" width="12" height="12" fill="{colour}"/>')
        parts.append(_text(right + 34, top + 11 + number * 22, name))
    return _svg(bottom + 50, parts)


def _text(x: float, y: float, text: str, anchor: str = "start", bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{weight}>{escape(text)}</text>'


def _svg(height: float, parts: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" style="{_STYLE}">'
    return "\n".join([head, *parts, "</svg>", ""])
