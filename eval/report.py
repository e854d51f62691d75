"""A run as one HTML page that opens offline.

Everything that a document, a bank or a model said is escaped; the page runs no script and
loads nothing, which its Content-Security-Policy enforces.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from html import escape
from pathlib import Path

from eval.charts import Bar, bar_of, bars, calibration, histogram, stacked
from eval.report_questions import anchor, question_list
from eval.report_text import (
    FREE_ROWS,
    NAMES,
    Plain,
    conditions,
    headline,
    how_read,
    markdown_summary,
    paid_for,
    said,
    split_of,
)
from eval.runs import Manifest, Record

__all__ = ["anchor", "html_report", "markdown_summary"]

_STYLE = (Path(__file__).resolve().parent / "report.css").read_text(encoding="utf-8")


def html_report(manifest: Manifest, summary: Plain, records: Sequence[Record]) -> str:
    """The whole page."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    model = str(manifest.config.get("model"))
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy, quote=True)}">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>Evaluation of {escape(model)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(headline(summary))}</h1>",
        f'<p class="quiet">{escape(conditions(manifest))}</p>',
        *(f'<p class="alarm">{escape(alarm)}</p>' for alarm in summary["alarms"]),
        _choices(summary),
        _free(summary),
        _retrieval(summary),
        _blame(summary),
        _calibrated(summary),
        _spent(summary, records),
        question_list(summary, records),
        "</body></html>",
    ]
    return "\n".join(part for part in parts if part)


def _choices(summary: Plain) -> str:
    if not summary["choices"]:
        return ""
    parts = ["<h2>Multiple choice, beside what a fool could score</h2>"]
    split = split_of(next(iter(summary["choices"].values())))
    rows: list[Bar | None] = [
        bar_of(NAMES[mode], found[split]["accuracy"])
        for mode, found in summary["choices"].items()
        if split in found
    ]
    shortcuts = summary["shortcuts"].get(split, {})
    rows += [bar_of(name, p, "baseline") for name, p in shortcuts.items()]
    parts.append(bars(rows, f"accuracy, {said(split)}"))
    parts.append(
        f'<p class="quiet">Accuracy on the {said(split)}, averaged over the orders in which the '
        "options were shown, with Wilson's 95% interval over questions. Grey: shortcuts that read "
        "no question.</p>"
    )
    for mode, found in summary["choices"].items():
        if mode in ("open_book", "combined", "no_model"):
            topics = [bar_of(topic, p) for topic, p in found["by_topic"].items()]
            if len(topics) > 1:
                parts += [f"<h3>By topic, {NAMES[mode]}</h3>", bars(topics, "by topic")]
        places = found["all"]["accuracy_by_place_of_the_right_option"]
        if len(places) > 1:
            sensitive = found["all"]["order_sensitive"]
            told = (
                f" Another order changes the verdict on {sensitive['value']:.1%} of the questions."
                if sensitive
                else ""
            )
            parts += [
                f"<details><summary>{NAMES[mode]}: by the place of the right option</summary>",
                bars([bar_of(f"right option at {k}", p) for k, p in places.items()], "by place"),
                f"<p>{told} {found['all']['unread']} of {found['all']['orders']} replies could "
                f"not be read{how_read(found['all'])}.</p></details>",
            ]
    return "\n".join(parts)


def _free(summary: Plain) -> str:
    parts = []
    for mode, found in summary["free"].items():
        split = split_of(found)
        rows = [bar_of(name, found[split].get(key)) for key, name in FREE_ROWS.items()]
        parts += [f"<h2>Free answers, {NAMES[mode]}, {said(split)}</h2>"]
        parts.append(bars(rows, "free answers"))
        kinds = [bar_of(kind, p) for kind, p in found["by_kind"].items()]
        if len(kinds) > 1:
            parts += ["<h3>Handled right, by kind (all questions)</h3>", bars(kinds, "by kind")]
    return "\n".join(parts)


def _retrieval(summary: Plain) -> str:
    found = summary["retrieval"]
    if "all" not in found:
        return ""
    split = split_of(found)
    rows = [bar_of(name, p) for name, p in found[split].items()]
    kinds = [bar_of(f"{kind}, R@5", m["R@5"]) for kind, m in found["by_kind"].items()]
    return "\n".join(
        [
            f"<h2>Retrieval, {said(split)}</h2>",
            bars(rows, "retrieval"),
            bars(kinds if len(kinds) > 1 else [], "retrieval by kind"),
        ]
    )


def _blame(summary: Plain) -> str:
    parts = []
    for kind, found in summary["blame"].items():
        if found:
            name = "multiple choice" if kind == "choices" else "free answers"
            parts += [f"<h2>Retrieval or model? {name}</h2>", stacked(found["counts"], "blame")]
    return "\n".join(parts)


def _calibrated(summary: Plain) -> str:
    if not summary["calibration"]:
        return ""
    return "<h2>Does it know when it knows?</h2>" + calibration(
        summary["calibration"], "calibration"
    )


def _spent(summary: Plain, records: Sequence[Record]) -> str:
    if not summary["spent"]:
        return ""
    parts = [
        "<h2>Time, tokens, dollars</h2><table><tr><th>mode<th>calls<th>from the cache"
        "<th>ms, median<th>ms, 95th<th>tokens in<th>of them cached<th>tokens out"
        "<th>US dollars</tr>"
    ]
    for mode, found in summary["spent"].items():
        usd = "no price known" if found["usd"] is None else f"{found['usd']:.6f}"
        cells = (
            found["calls"],
            found["cached"],
            f"{found['ms']['median']:,.0f}",
            f"{found['ms']['p95']:,.0f}",
            f"{found['input_tokens']:,}",
            f"{found['cache_read_tokens']:,}",
            f"{found['output_tokens']:,}",
            usd,
        )
        row = "".join(f'<td class="n">{cell}</td>' for cell in cells)
        parts.append(f"<tr><td>{NAMES[mode]}</td>{row}</tr>")
    parts.append("</table>")
    if paid := paid_for(summary):
        parts.append(f'<p class="quiet">{escape(paid)}</p>')
    for mode in summary["spent"]:
        asked = [each for r in records if r.mode == mode for each in r.asked]
        parts.append(histogram([a.ms for a in asked], f"{NAMES[mode]}: time of a call", "ms"))
        tokens = [float(a.input_tokens) for a in asked]
        parts.append(histogram(tokens, f"{NAMES[mode]}: prompt", "tokens"))
    return "\n".join(parts)
