"""What a benchmark leaves behind: a table on the terminal, JSON and a plot under bench/results."""

from __future__ import annotations

import json
import math
import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from eval.statistics import wilson

RESULTS = Path(__file__).parent / "results"
_COLOURS = ("#0b7285", "#e8590c", "#5f3dc4", "#2b8a3e", "#c2255c", "#868e96")
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _LEGEND = 640, 360, 60, 40, 190

Row = Mapping[str, Any]


def timed(act: Callable[..., object], *given: object) -> float:
    """Seconds that the call takes."""
    start = time.perf_counter()
    act(*given)
    return time.perf_counter() - start


def milliseconds(name: str, seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds, under names that begin with `name`."""
    quantiles = np.quantile(seconds, [0.5, 0.95, 0.99]) * 1e3
    labels = ("p50", "p95", "p99")
    return {f"{name}{q} ms": round(float(x), 2) for q, x in zip(labels, quantiles, strict=True)}


def show(rows: Sequence[Row]) -> None:
    """The rows as columns, one figure a line: there are more figures than rows."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    wide = max(map(len, names)) + 2
    for name in names:
        cells = "".join(f"{_cell(row.get(name)):>18}" for row in rows)
        print(f"{name:<{wide}}{cells}")
    print(flush=True)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def save(name: str, rows: Sequence[Row], *, x: str = "", lines: Sequence[str] = ()) -> None:
    """bench/results/NAME.json, and where `lines` names figures, NAME.svg of them over `x`."""
    RESULTS.mkdir(exist_ok=True)
    machine = {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }
    text = json.dumps({"machine": machine, "rows": list(rows)}, indent=1)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    if lines:
        (RESULTS / f"{name}.svg").write_text(_plot(rows, x, lines), encoding="utf-8")


def _plot(rows: Sequence[Row], x: str, lines: Sequence[str]) -> str:
    """Both axes logarithmic."""
    xs = [math.log10(row[x]) for row in rows]
    ys = [math.log10(max(row[line], 1e-3)) for row in rows for line in lines]
    low, high = math.floor(min(ys)), math.ceil(max(ys))
    span = max(xs) - min(xs) or 1.0

    def place(value_x: float, value_y: float) -> tuple[float, float]:
        wide = _WIDTH - _LEFT - _LEGEND
        tall = _HEIGHT - _BOTTOM - 20
        return (
            _LEFT + wide * (value_x - min(xs)) / span,
            20 + tall * (high - value_y) / (high - low or 1),
        )

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>'
    ]
    for tick in range(low, high + 1):
        (left, y), (right, _) = place(min(xs), tick), place(max(xs), tick)
        parts.append(
            f'<path d="M{left:.0f} {y:.0f}H{right:.0f}" stroke="#dde3e9"/>'
            f'<text x="{left - 6:.0f}" y="{y + 4:.0f}" text-anchor="end">{10**tick:g}</text>'
        )
    for row, at in zip(rows, xs, strict=True):
        left, bottom = place(at, low)
        parts.append(
            f'<text x="{left:.0f}" y="{bottom + 18:.0f}" text-anchor="middle">{row[x]:,}</text>'
        )
    for number, line in enumerate(lines):
        colour = _COLOURS[number % len(_COLOURS)]
        points = [
            place(at, math.log10(max(row[line], 1e-3))) for row, at in zip(rows, xs, strict=True)
        ]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
            + "".join(
                f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>' for a, b in points
            )
            + f'<text x="{_WIDTH - _LEGEND + 16}" y="{32 + 20 * number}" fill="{colour}">'
            f"{escape(line)}</text>"
        )
    label = f'<text x="{(_WIDTH - _LEGEND) / 2:.0f}" y="{_HEIGHT - 4}">{escape(x)}</text>'
    return "".join([*parts, label, "</svg>\n"])


def shares(groups: Mapping[str, Sequence[bool]]) -> Iterator[dict[str, Any]]:
    """A row for each group, by name: how many, which share, and Wilson's interval of it."""
    for name, hits in sorted(groups.items()):
        low, high = wilson(sum(hits), len(hits))
        yield {
            "what": name,
            "n": len(hits),
            "hits": sum(hits),
            "share": round(sum(hits) / len(hits), 4),
            "low": round(low, 4),
            "high": round(high, 4),
        }


def show_shares(rows: Sequence[Row]) -> None:
    wide = max((len(row["what"]) for row in rows), default=0)
    for row in rows:
        print(
            f"{row['what']:>{wide}}  {row['share']:.3f} ({row['hits']}/{row['n']}, "
            f"{row['low']:.3f}-{row['high']:.3f})"
        )
