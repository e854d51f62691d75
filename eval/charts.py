"""Plots for the report, as inline SVG: nothing to load, nothing that runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

_LABEL, _PLOT, _ROW = 270, 420, 26
_COLOURS = {"own": "#2563a8", "baseline": "#9aa5b1", "warn": "#b45309", "good": "#2f7d4f"}


@dataclass(frozen=True, slots=True)
class Bar:
    """A mean with its interval, all in [0, 1]; `kind` is "own" or "baseline"."""

    label: str
    value: float
    low: float
    high: float
    n: int
    kind: str = "own"


def bar_of(label: str, plain: Mapping[str, Any] | None, kind: str = "own") -> Bar | None:
    """A bar from a proportion of the summary; None where there is none."""
    if plain is None:
        return None
    return Bar(label, plain["value"], plain["low"], plain["high"], plain["n"], kind)


def bars(rows: Sequence[Bar | None], title: str) -> str:
    """Horizontal bars with whiskers, one below the other."""
    found = [row for row in rows if row is not None]
    if not found:
        return ""
    height = _ROW * len(found) + 30
    parts = [_svg(_LABEL + _PLOT + 190, height, title), _grid(height - 24)]
    for place, row in enumerate(found):
        y = place * _ROW + 6
        middle = y + 7
        colour = _COLOURS[row.kind]
        low, high = _x(row.low), _x(row.high)
        parts += [
            f'<text x="{_LABEL - 8}" y="{y + 11}" text-anchor="end">{escape(row.label)}</text>',
            f'<rect x="{_LABEL}" y="{y}" width="{_PLOT * row.value:.1f}" height="14" '
            f'fill="{colour}" opacity=".8"/>',
            f'<path d="M{low:.1f} {middle}H{high:.1f}M{low:.1f} {y + 3}v8M{high:.1f} {y + 3}v8" '
            'stroke="#1b1f24" fill="none"/>',
            f'<text x="{_LABEL + _PLOT + 10}" y="{y + 11}">{row.value:.3f} '
            f"({row.low:.3f}-{row.high:.3f}), n={row.n}</text>",
        ]
    return "".join(parts) + "</svg>"


def stacked(counts: Mapping[str, int], title: str) -> str:
    """One bar, cut into the shares of the counts, with a legend below."""
    total = sum(counts.values())
    if not total:
        return ""
    colours = ("#2f7d4f", "#b45309", "#7c2d12", "#2563a8", "#5b21b6")
    width = _LABEL + _PLOT
    parts = [_svg(width, 40 + 20 * len(counts), title)]
    x = 0.0
    for place, (name, count) in enumerate(counts.items()):
        colour = colours[place % len(colours)]
        w = width * count / total
        parts.append(f'<rect x="{x:.1f}" y="0" width="{w:.1f}" height="22" fill="{colour}"/>')
        y = 42 + 20 * place
        parts.append(
            f'<rect x="0" y="{y - 10}" width="12" height="12" fill="{colour}"/>'
            f'<text x="18" y="{y}">{count} {escape(name)}</text>'
        )
        x += w
    return "".join(parts) + "</svg>"


def calibration(curves: Mapping[str, Mapping[str, Any]], title: str) -> str:
    """Told probability against the share that was right; a circle's area is its n."""
    if not curves:
        return ""
    size, pad = 300, 44
    dash = {
        "no_model": "2 3",
        "closed_book": "7 3",
        "open_book": "",
        "oracle": "1 5",
        "combined": "9 2",
    }
    colours = ("#2563a8", "#b45309", "#2f7d4f", "#5b21b6", "#7c2d12")
    parts = [_svg(size + pad + 190, size + pad, title)]
    parts.append(
        f'<rect x="{pad}" y="4" width="{size}" height="{size}" fill="none" stroke="#c5ccd3"/>'
        f'<path d="M{pad} {size + 4}L{pad + size} 4" stroke="#9aa5b1" stroke-dasharray="4 4"/>'
        f'<text x="{pad + size / 2}" y="{size + 34}" text-anchor="middle">told probability</text>'
        f'<text x="14" y="{size / 2}" text-anchor="middle" '
        f'transform="rotate(-90 14 {size / 2})">share right</text>'
    )
    parts += [
        f'<text x="{pad + size * tick}" y="{size + 18}" text-anchor="middle">{tick:g}</text>'
        f'<text x="{pad - 6}" y="{size * (1 - tick) + 9}" text-anchor="end">{tick:g}</text>'
        for tick in (0.0, 0.5, 1.0)
    ]
    for place, (mode, curve) in enumerate(curves.items()):
        colour = colours[place % len(colours)]
        points = [
            (pad + size * b["told"], 4 + size * (1 - b["right"]), b["n"]) for b in curve["bins"]
        ]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y, _ in points)
        parts.append(
            f'<path d="M{path}" stroke="{colour}" fill="none" '
            f'stroke-dasharray="{dash.get(mode, "")}"/>'
        )
        most = max(n for _, _, n in points)
        parts += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{2 + 6 * (n / most) ** 0.5:.1f}" '
            f'fill="{colour}" opacity=".55"/>'
            for x, y, n in points
        ]
        y = 20 + 36 * place
        parts.append(
            f'<text x="{pad + size + 12}" y="{y}" fill="{colour}">{escape(mode)}</text>'
            f'<text x="{pad + size + 12}" y="{y + 15}">error '
            f"{curve['expected_calibration_error']:.3f}</text>"
        )
    return "".join(parts) + "</svg>"


def histogram(values: Sequence[float], title: str, unit: str) -> str:
    """How often which value; twenty bins from 0 to the largest."""
    largest = max(values, default=0.0)
    if largest <= 0:
        return ""
    bins = [0] * 20
    for value in values:
        bins[min(19, int(20 * value / largest))] += 1
    top = max(bins)
    parts = [_svg(430, 150, title)]
    for place, count in enumerate(bins):
        h = 105 * count / top
        parts.append(
            f'<rect x="{10 + place * 20}" y="{112 - h:.1f}" width="18" height="{h:.1f}" '
            f'fill="{_COLOURS["own"]}" opacity=".8"><title>{count}</title></rect>'
        )
    parts.append(
        f'<path d="M10 112H410" stroke="#9aa5b1"/><text x="10" y="128">0</text>'
        f'<text x="410" y="128" text-anchor="end">{largest:,.0f} {escape(unit)}</text>'
        f'<text x="210" y="144" text-anchor="middle">{escape(title)} (n={len(values)})</text>'
    )
    return "".join(parts) + "</svg>"


def _x(value: float) -> float:
    return _LABEL + _PLOT * value


def _grid(height: int) -> str:
    lines = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = _x(tick)
        lines.append(
            f'<path d="M{x:.1f} 0V{height}" stroke="#dde3e9"/>'
            f'<text x="{x:.1f}" y="{height + 16}" text-anchor="middle">{tick:g}</text>'
        )
    return "".join(lines)


def _svg(width: float, height: float, title: str) -> str:
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" width="{width:g}" role="img" '
        f'aria-label="{escape(title, quote=True)}">'
    )
