"""Is a follow-up answered as well as the question that it stands for?

    python -m bench followups [--split test] [--model bedrock|openai:ID|local] [--show]

Over the follow-ups and the conversations of the banks: the follow-up alone, run together with the
question before it, as the rules rewrite it, as a model rewrites it (--model), and written out by
hand. recall@1, recall@5, and the share that `quotes` then answers right, each with its difference
to the one written by hand, by a paired bootstrap. The turns before are answered by `quotes`, unless
the bank says what was answered. Last, each natural question after one on another subject, which
must not be mixed in.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bench.output import milliseconds, save
from eval.banks import Question, load_bank
from eval.free_answers import score_answer, well_done
from eval.gold import Gold, found
from eval.product import Product, open_product
from eval.statistics import bootstrap, compare_paired
from ragbot.chat_models import candidates
from ragbot.rewriting import rewritten
from ragbot.settings import load_settings
from ragbot.types import Turn

_ABOUT = (__doc__ or "").split("\n")[0]
BANKS = ("followups", "conversations")
BY_HAND = "by hand"
MEASURES = ("R@1", "R@5", "right")

Way = Callable[[Question, Sequence[Turn]], str]  # a follow-up -> what is searched for
Scores = Mapping[str, float]  # measure -> value


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench followups", description=_ABOUT)
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    parser.add_argument("--model", help="also let this model rewrite")
    parser.add_argument("--show", action="store_true", help="print what becomes of each question")
    options = parser.parse_args(arguments)
    product = open_product(load_settings(model="quotes"), None)
    gold = Gold(product.index)
    ways = _ways(product, options.model)
    scores: dict[str, dict[str, Scores]] = {name: {} for name in ways}
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)  # (bank, kind) -> ids
    for bank, question in _asked(options.split):
        for group in ((bank, question.kind), (bank, "all"), ("both", "all")):
            groups[group].append(question.id)
        history = product.turns_before(question, by_quotes=True)
        for name, way in ways.items():
            query = way(question, history)
            scores[name][question.id] = scored = _scored(query, question, product, gold)
            if options.show:
                told = " ".join(f"{value:.0f}" for value in scored.values())
                print(f"{told} {name:<13}{question.id}: {question.question!r} -> {query!r}")
    rows = [
        _row(bank, kind, name, ids, scores)
        for (bank, kind), ids in sorted(groups.items())
        for name in ways
    ]
    _table(rows)
    _table([unmixed := _after_another_subject(options.split, product, gold)])
    rows.append(unmixed)
    if seconds:
        print(f"rewriting took {milliseconds('', seconds)}, n = {len(seconds)}")
    save(f"followups-{options.split}", rows)
    return 0


def _asked(split: str) -> Iterator[tuple[str, Question]]:
    for bank in BANKS:
        for question in load_bank(bank).questions:
            if question.split == split:
                yield bank, question


def _after_another_subject(split: str, product: Product, gold: Gold) -> dict[str, Any]:
    """Is a question that has nothing to do with the one before still found?"""
    questions = [q for q in load_bank("natural").questions if q.split == split and q.evidence]
    rng = random.Random(7)
    recalls: dict[str, list[float]] = {"alone": [], "after": []}
    reworded = 0
    for question in questions:
        other = rng.choice([q for q in questions if q.topic != question.topic])
        before = [Turn.of(product.answer(other.question))]
        alone = product.retriever.query_for(question.question)
        after = product.retriever.query_for(question.question, before)
        reworded += alone != after
        for name, query in (("alone", alone), ("after", after)):
            shown = [item.passage.passage_id for item in product.retriever.search(query, 5)]
            recalls[name].append(found(gold.needs(question), shown) or 0.0)
    far = compare_paired(recalls["alone"], recalls["after"], 0)
    return {
        "bank": "natural",
        "kind": "after another subject",
        "way": f"rules, {reworded} reworded",
        "n": far.n,
        "R@5": f"{far.b:.3f} (alone {far.a:.3f})",
        "R@5 -": f"{far.difference:+.3f} ({far.low:+.3f} to {far.high:+.3f})",
    }


seconds: list[float] = []  # that the model took to rewrite a question


def _ways(product: Product, model: str | None) -> dict[str, Way]:
    ways: dict[str, Way] = {
        "alone": lambda question, _: question.question,
        "run together": lambda question, turns: f"{turns[-1].question} {question.question}",
        "rules": lambda question, turns: product.retriever.query_for(question.question, turns),
        BY_HAND: lambda question, _: question.standalone or question.question,
    }
    if model is not None:
        writer = replace(candidates(load_settings(model=model))[0], rewrites=True)

        def by_model(question: Question, turns: Sequence[Turn]) -> str:
            started = time.perf_counter()
            found = rewritten(question.question, turns, product.retriever, writer)
            if found.usage.output_tokens:
                seconds.append(time.perf_counter() - started)
            return found.query

        ways[writer.model_id] = by_model
    return ways


def _scored(query: str, question: Question, product: Product, gold: Gold) -> Scores:
    needs = gold.needs(question)
    answer = product.answer(query)
    shown = [item.passage.passage_id for item in answer.passages]
    wanted = frozenset().union(*(need.passage_ids for need in needs))
    right = well_done(question, score_answer(question, answer, wanted))
    values = (found(needs, shown[:1]) or 0.0, found(needs, shown[:5]) or 0.0, right)
    return dict(zip(MEASURES, values, strict=True))


def _row(
    bank: str,
    kind: str,
    name: str,
    ids: Sequence[str],
    scores: Mapping[str, Mapping[str, Scores]],
) -> dict[str, Any]:
    row: dict[str, Any] = {"bank": bank, "kind": kind, "way": name, "n": len(ids)}
    for measure in MEASURES:
        values = [scores[name][i][measure] for i in ids]
        mean = bootstrap(values, 0)
        if mean is not None:
            row[measure] = f"{mean.value:.3f} ({mean.low:.3f}-{mean.high:.3f})"
        if name != BY_HAND:
            far = compare_paired([scores[BY_HAND][i][measure] for i in ids], values, 0)
            row[f"{measure} -"] = f"{far.difference:+.3f} ({far.low:+.3f} to {far.high:+.3f})"
    return row


def _table(rows: Sequence[Mapping[str, Any]]) -> None:
    names = ("bank", "kind", "way", "n", *(x for m in MEASURES for x in (m, f"{m} -")))
    print("| " + " | ".join(names) + " |\n|" + "---|" * len(names))
    for row in rows:
        print("| " + " | ".join(str(row.get(name, "")) for name in names) + " |")
