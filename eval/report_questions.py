"""The questions of a run one by one, worst first, as they stand on its page."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from html import escape

from eval.banks import LETTERS
from eval.report_text import NAMES, Plain
from eval.runs import Asked, Record, Shown

_WORST_FIRST = {
    mode: place
    for place, mode in enumerate(
        ("open_book", "combined", "no_model", "oracle", "closed_book", "retrieval")
    )
}


def question_list(summary: Plain, records: Sequence[Record]) -> str:
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
    score = record.score
    if score is None:
        state = "unscored"
    else:
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
