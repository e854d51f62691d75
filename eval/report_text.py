"""A run in words and Markdown tables, for the terminal and CI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eval.runs import Manifest
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
    "citation_precision": "citation precision (ALCE), of those that cite",
    "citation_recall": "citation recall (ALCE), of those answered",
    "supported": "sentences with a checked citation, of those answered",
    "gold_cited": "cites the bank's own evidence, of those answered",
    "judged_correct": "correct, says the judge model",
    "judge_agreement": "judge agrees with the rule, of those it ruled on",
    "refused_of_unanswerable": "unanswerable: refused",
    "over_refused_of_answerable": "answerable: refused, or crashed (should be 0)",
    "false_premises_corrected": "false premise: corrected",
    "false_premises_refused": "false premise: refused",
    "false_premises_contradicted": "false premise: corrected, or refused beside the correction",
    "refused_beside_the_answer": "answerable: refused, but beside the line that answers",
}


def headline(summary: Plain) -> str:
    """The run in one sentence: the test questions where there are some."""
    model = summary["run"]["model"]
    for mode in ("open_book", "no_model", "closed_book", "oracle"):
        if mode in summary["choices"]:
            split = split_of(summary["choices"][mode])
            p = summary["choices"][mode][split]["accuracy"]
            return (
                f"{model}: {p['value']:.1%} of {p['n']} multiple-choice questions "
                f"({said(split)}, {NAMES[mode]}; 95% {p['low']:.1%} to {p['high']:.1%})"
            )
    for mode in ("open_book", "oracle", "closed_book"):
        if mode in summary["free"]:
            split = split_of(summary["free"][mode])
            p = summary["free"][mode][split]["handled_right"]
            if p is not None:
                return (
                    f"{model}: {p['value']:.1%} of {p['n']} free questions handled right "
                    f"({said(split)}, {NAMES[mode]}; 95% {p['low']:.1%} to {p['high']:.1%})"
                )
    p = summary["retrieval"].get("all", {}).get("R@5")
    if p:
        return f"retrieval: recall@5 {p['value']:.3f} ({p['low']:.3f}-{p['high']:.3f}, n={p['n']})"
    return f"{model}: nothing was scored"


def markdown_summary(manifest: Manifest, summary: Plain) -> str:
    """The figures as Markdown tables, each with n and interval."""
    lines = [f"# {headline(summary)}", "", conditions(manifest), ""]
    lines += [f"> **Doubt:** {alarm}" for alarm in summary["alarms"]] + [""]
    if summary["choices"]:
        splits = [
            s for s in ("test", "dev", "all") if any(s in m for m in summary["choices"].values())
        ]
        lines += ["## Multiple choice", "", "| | " + " | ".join(map(said, splits)) + " |"]
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
                    f"{how_read(found['all'])}"
                )
        lines.append("")
    for mode, found in summary["free"].items():
        splits = [s for s in ("test", "dev", "all") if s in found]
        lines += [f"## Free answers, {NAMES[mode]}", ""]
        lines += ["| | " + " | ".join(map(said, splits)) + " |", "|---|" + "---|" * len(splits)]
        for key, name in FREE_ROWS.items():
            cells = [_cell(found[s].get(key)) for s in splits]
            if any(cells):
                lines.append(f"| {name} | " + " | ".join(cells) + " |")
        lines.append("")
    if "all" in summary["retrieval"]:
        splits = [s for s in ("test", "dev", "all") if s in summary["retrieval"]]
        lines += ["## Retrieval", "", "| | " + " | ".join(map(said, splits)) + " |"]
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


def how_read(found: Plain) -> str:
    ways = ", ".join(f"{count} by {way}" for way, count in found.get("read", {}).items())
    return f" ({ways})" if ways else ""


def split_of(found: Plain) -> str:
    return "test" if "test" in found else "all"


def said(split: str) -> str:
    return {"test": "test split", "dev": "dev split", "all": "all questions"}[split]


def _cell(p: Plain | None) -> str:
    return "" if p is None else f"{p['value']:.3f} ({p['low']:.3f}-{p['high']:.3f}, n={p['n']})"


def conditions(manifest: Manifest) -> str:
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
