"""A run as one HTML page that opens offline, and as Markdown for the terminal and CI.

Everything that a document, a bank or a model said is escaped; the page runs no script and
loads nothing, which its Content-Security-Policy enforces.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from eval.banks import LETTERS
from eval.charts import Bar, bar_of, bars, calibration, histogram, stacked
from eval.runs import Asked, Manifest, Record, Shown
from ragbot.types import Cost

Plain = Mapping[str, Any]
NAMES = {
    "no_model": "no model (scorer)",
    "closed_book": "closed book",
    "open_book": "open book",
    "combined": "open book and scorer",
    "oracle": "oracle (evidence given)",
    "retrieval": "retrieval",
}
FREE_ROWS = {
    "handled_right": "handled right, all kinds",
    "correct": "all facts stated and held by what is cited",
    "nugget_recall": "must-have facts stated",
    "cited_nuggets": "must-have facts stated and cited",
    "citation_precision": "citation precision (ALCE)",
    "citation_recall": "citation recall (ALCE)",
    "supported": "sentences with a checked citation",
    "gold_cited": "cites the bank's own evidence",
    "judged_correct": "correct, says the judge model",
    "judge_agreement": "judge agrees with the offline measure",
    "refused_of_unanswerable": "unanswerable: refused",
    "over_refused_of_answerable": "answerable: refused (should be 0)",
    "false_premises_corrected": "false premise: corrected",
    "false_premises_refused": "false premise: refused",
}
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
        f'<p class="quiet">{escape(_conditions(manifest))}</p>',
        *(f'<p class="alarm">{escape(alarm)}</p>' for alarm in summary["alarms"]),
        _choices(summary),
        _free(summary),
        _retrieval(summary),
        _blame(summary),
        _calibrated(summary),
        _spent(summary, records),
        _questions(summary, records),
        "</body></html>",
    ]
    return "\n".join(part for part in parts if part)


def headline(summary: Plain) -> str:
    """The run in one sentence: the test questions where there are some."""
    model = summary["run"]["model"]
    for mode in ("open_book", "no_model", "closed_book", "oracle"):
        if mode in summary["choices"]:
            split = _split(summary["choices"][mode])
            p = summary["choices"][mode][split]["accuracy"]
            return (
                f"{model}: {p['value']:.1%} of {p['n']} multiple-choice questions "
                f"({_said(split)}, {NAMES[mode]}; 95% {p['low']:.1%} to {p['high']:.1%})"
            )
    for mode in ("open_book", "oracle", "closed_book"):
        if mode in summary["free"]:
            split = _split(summary["free"][mode])
            p = summary["free"][mode][split]["handled_right"]
            return (
                f"{model}: {p['value']:.1%} of {p['n']} free questions handled right "
                f"({_said(split)}, {NAMES[mode]}; 95% {p['low']:.1%} to {p['high']:.1%})"
            )
    p = summary["retrieval"].get("all", {}).get("R@5")
    if p:
        return f"retrieval: recall@5 {p['value']:.3f} ({p['low']:.3f}-{p['high']:.3f}, n={p['n']})"
    return f"{model}: nothing was scored"


def markdown_summary(manifest: Manifest, summary: Plain) -> str:
    """The figures as Markdown tables, each with n and interval."""
    lines = [f"# {headline(summary)}", "", _conditions(manifest), ""]
    lines += [f"> **Doubt:** {alarm}" for alarm in summary["alarms"]] + [""]
    if summary["choices"]:
        splits = [
            s for s in ("test", "dev", "all") if any(s in m for m in summary["choices"].values())
        ]
        lines += ["## Multiple choice", "", "| | " + " | ".join(map(_said, splits)) + " |"]
        lines += ["|---|" + "---|" * len(splits)]
        for mode, found in summary["choices"].items():
            cells = [_cell(found[s]["accuracy"]) if s in found else "" for s in splits]
            lines.append(f"| **{NAMES[mode]}** | " + " | ".join(cells) + " |")
        names = summary["shortcuts"].get("all", {})
        for name in names:
            cells = [_cell(summary["shortcuts"].get(s, {}).get(name)) for s in splits]
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
        lines.append("")
        for mode, found in summary["choices"].items():
            sensitive = found["all"]["order_sensitive"]
            if sensitive:
                lines.append(
                    f"- {NAMES[mode]}: another order changes the verdict on "
                    f"{sensitive['value']:.1%} of the questions; "
                    f"{found['all']['unread']} of {found['all']['orders']} replies unread"
                    f"{_how_read(found['all'])}"
                )
        lines.append("")
    for mode, found in summary["free"].items():
        splits = [s for s in ("test", "dev", "all") if s in found]
        lines += [f"## Free answers, {NAMES[mode]}", ""]
        lines += ["| | " + " | ".join(map(_said, splits)) + " |", "|---|" + "---|" * len(splits)]
        for key, name in FREE_ROWS.items():
            cells = [_cell(found[s].get(key)) for s in splits]
            if any(cells):
                lines.append(f"| {name} | " + " | ".join(cells) + " |")
        lines.append("")
    if "all" in summary["retrieval"]:
        splits = [s for s in ("test", "dev", "all") if s in summary["retrieval"]]
        lines += ["## Retrieval", "", "| | " + " | ".join(map(_said, splits)) + " |"]
        lines += ["|---|" + "---|" * len(splits)]
        for name in summary["retrieval"]["all"]:
            cells = [_cell(summary["retrieval"][s][name]) for s in splits]
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
        lines.append("")
    for kind, found in summary["blame"].items():
        if found:
            lines += [f"## Who is to blame ({'multiple choice' if kind == 'choices' else kind})"]
            lines += ["", *(f"- {count}: {name}" for name, count in found["counts"].items()), ""]
    if paid := paid_for(summary):
        lines += [paid, ""]
    return "\n".join(lines)


def _how_read(found: Plain) -> str:
    ways = ", ".join(f"{count} by {way}" for way, count in found.get("read", {}).items())
    return f" ({ways})" if ways else ""


def _split(found: Plain) -> str:
    return "test" if "test" in found else "all"


def _said(split: str) -> str:
    return {"test": "test split", "dev": "dev split", "all": "all questions"}[split]


def _cell(p: Plain | None) -> str:
    return "" if p is None else f"{p['value']:.3f} ({p['low']:.3f}-{p['high']:.3f}, n={p['n']})"


def _conditions(manifest: Manifest) -> str:
    config = manifest.config
    code = manifest.code
    commit = str(code.get("commit", ""))[:10]
    banks = ", ".join(f"{bank.name} ({bank.questions})" for bank in manifest.banks)
    orders = config.get("rotations")
    machine = manifest.machine
    return (
        f"Banks: {banks}. Index: {manifest.index['counts']['passages']} passages, corpus "
        f"{str(manifest.index['corpus'])[:10]}. k = {config.get('k')}, option orders: "
        f"{'every rotation' if orders is None else orders}, seed {config.get('seed')}. "
        f"Version {code.get('version')} {commit}"
        f"{' with changes' if code.get('changed_since') else ''}, begun {manifest.created}, "
        f"{manifest.elapsed or 0:.0f} s on {machine.get('cores')} cores ({machine.get('system')})."
    )


def _choices(summary: Plain) -> str:
    if not summary["choices"]:
        return ""
    parts = ["<h2>Multiple choice, beside what a fool could score</h2>"]
    split = _split(next(iter(summary["choices"].values())))
    rows: list[Bar | None] = [
        bar_of(NAMES[mode], found[split]["accuracy"])
        for mode, found in summary["choices"].items()
        if split in found
    ]
    shortcuts = summary["shortcuts"].get(split, {})
    rows += [bar_of(name, p, "baseline") for name, p in shortcuts.items()]
    parts.append(bars(rows, f"accuracy, {_said(split)}"))
    parts.append(
        f'<p class="quiet">Accuracy on the {_said(split)}, averaged over the orders in which the '
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
                f"not be read{_how_read(found['all'])}.</p></details>",
            ]
    return "\n".join(parts)


def _free(summary: Plain) -> str:
    parts = []
    for mode, found in summary["free"].items():
        split = _split(found)
        rows = [bar_of(name, found[split].get(key)) for key, name in FREE_ROWS.items()]
        parts += [f"<h2>Free answers, {NAMES[mode]}, {_said(split)}</h2>"]
        parts.append(bars(rows, "free answers"))
        kinds = [bar_of(kind, p) for kind, p in found["by_kind"].items()]
        if len(kinds) > 1:
            parts += ["<h3>Handled right, by kind (all questions)</h3>", bars(kinds, "by kind")]
    return "\n".join(parts)


def _retrieval(summary: Plain) -> str:
    found = summary["retrieval"]
    if "all" not in found:
        return ""
    split = _split(found)
    rows = [bar_of(name, p) for name, p in found[split].items()]
    kinds = [bar_of(f"{kind}, R@5", m["R@5"]) for kind, m in found["by_kind"].items()]
    return "\n".join(
        [
            f"<h2>Retrieval, {_said(split)}</h2>",
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


def paid_for(summary: Plain) -> str:
    """What the run's own calls cost, replies from the cache not counted; empty for none."""
    spent = summary["run"].get("spent")
    if not spent or not (spent["input_tokens"] or spent["output_tokens"]):
        return ""
    cost = Cost(spent["usd"], tuple(spent["unknown"]))
    as_of = f", at list prices of {spent['prices_of']}" if spent["prices_of"] else ""
    as_of += ", batch jobs at half of them" if spent.get("batch") else ""
    return (
        f"Paid for in this run: {cost}{as_of} ({spent['input_tokens']:,} tokens in, of them "
        f"{spent['cache_read_tokens']:,} from the provider's cache; "
        f"{spent['output_tokens']:,} out; replies kept from earlier runs cost nothing)"
    )


_WORST_FIRST = {
    mode: place
    for place, mode in enumerate(
        ("open_book", "combined", "no_model", "oracle", "closed_book", "retrieval")
    )
}


def _questions(summary: Plain, records: Sequence[Record]) -> str:
    blamed: dict[str, str] = {}
    for found in summary["blame"].values():
        blamed.update(found.get("of", {}))
    parts = ["<h2>Every question, misses first</h2>"]
    for mode in sorted({r.mode for r in records}, key=lambda m: _WORST_FIRST[m]):
        own = [r for r in records if r.mode == mode]
        parts.append(f"<h3>{NAMES[mode]} ({len(own)})</h3>")
        own.sort(key=lambda r: r.score if r.score is not None else 1.0)
        parts += [
            _question(r, blamed.get(f"{r.bank}/{r.id}") if mode == "open_book" else None)
            for r in own
        ]
    return "\n".join(parts)


def anchor(bank: str, id_: str, mode: str) -> str:
    """The id of a question's place in the report; safe in a URL."""
    digest = hashlib.sha256(f"{bank}/{id_}/{mode}".encode()).hexdigest()
    return f"q-{digest[:16]}"


def _question(record: Record, blame: str | None) -> str:
    score = record.score if record.score is not None else 0.0
    state = "right" if score >= 1 else "wrong" if score <= 0 else "partly"
    parts = [
        f'<details class="{state}" id="{anchor(record.bank, record.id, record.mode)}">',
        f"<summary>{escape(record.id)} "
        f'<span class="quiet">{escape(record.kind)}, {record.split}</span> '
        f"{escape(record.question)}</summary>",
    ]
    if record.error:
        parts.append(f'<p class="alarm">crashed: {escape(record.error)}</p>')
    if blame and blame != "right":
        parts.append(f'<p class="alarm">{escape(blame)}</p>')
    if record.history:
        parts.append(f"<p>before it: {escape(' / '.join(record.history))}</p>")
    if record.options:
        chosen = [tuple(a.chosen) if a.chosen is not None else None for a in record.asked]
        rows = []
        for place, option in enumerate(record.options):
            times = sum(place in (c or ()) for c in chosen)
            key = ' class="key"' if place in record.answer else ""
            told = f"chosen {times} of {len(chosen)} times" if times else ""
            rows.append(
                f"<tr><td>{LETTERS[place]}</td><td{key}>{escape(option)}</td><td>{told}</td></tr>"
            )
        parts.append(f"<table>{''.join(rows)}</table>")
    if record.text:
        parts.append(f"<pre>{escape(record.text)}</pre>")
    if record.verdicts:
        said = ", ".join(
            f"{name.replace('_', ' ')}: {_verdict(value)}"
            for name, value in record.verdicts.items()
            if value is not None
        )
        parts.append(f'<p class="quiet">{escape(said)}</p>')
    parts += [_citation(citation) for citation in record.citations]
    if record.retrieved:
        parts.append(
            "<details><summary>the passages that were shown"
            + ("" if any(shown.gold for shown in record.retrieved) else ": the evidence is missing")
            + "</summary>"
        )
        parts += [_passage(shown) for shown in record.retrieved]
        parts.append("</details>")
    replies = [_reply(asked) for asked in record.asked if asked.prompt]
    if replies:
        parts += ["<details><summary>prompts and replies</summary>", *replies, "</details>"]
    return "".join(parts) + "</details>"


def _verdict(value: float | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.2f}"


def _citation(citation: Plain) -> str:
    return (
        f"<p>[{int(citation['marker'])}] {escape(str(citation['verdict']))}: "
        f"<mark>{escape(str(citation['span']))}</mark></p>"
    )


def _passage(shown: Shown) -> str:
    text, at = "", 0
    for start, end in shown.marks:
        start = max(start, at)
        text += escape(shown.text[at:start])
        text += f"<mark>{escape(shown.text[start:end])}</mark>"
        at = max(at, end)
    text += escape(shown.text[at:])
    gold = " gold" if shown.gold else ""
    return (
        f'<div class="passage{gold}"><b>{shown.rank}. {escape(" > ".join(shown.heading_path))}</b> '
        f'<span class="quiet">{escape(shown.doc_id)}, {shown.score:.4f}</span>\n{text}</div>'
    )


def _reply(asked: Asked) -> str:
    order = " ".join(LETTERS[place] for place in asked.order)
    head = f"options in the order {order}; " if order else ""
    way = f" by {asked.read}" if asked.read else ""
    read = "" if not asked.order else f", read{way} as {_letters(asked.chosen)}"
    return (
        f'<p class="quiet">{head}{asked.input_tokens} tokens in, {asked.output_tokens} out, '
        f"{asked.ms:,.0f} ms{', from the cache' if asked.cached else ''}{read}</p>"
        f"<pre>{escape(asked.prompt)}</pre><pre>{escape(asked.raw)}</pre>"
    )


def _letters(chosen: Sequence[int] | None) -> str:
    return "nothing" if chosen is None else ", ".join(LETTERS[place] for place in chosen)
