"""Questions against the notes: leaks, retrieval alone, and what is fitted on dev questions."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from eval import leakage, retrieval
from eval.answerability import fit_gate, save_gate
from eval.banks import load_bank, own_banks
from eval.commands.progress import progress_bar
from eval.gold import Gold
from eval.product import open_product
from eval.runner import chosen_questions
from eval.scorer import SentenceIndex, fit_on_dev, save_weights
from ragbot.settings import load_settings


def do_leakage(options: argparse.Namespace) -> int:
    """Fail where the index holds a question of the exam."""
    settings = load_settings(index=options.index)
    product = open_product(settings.model_copy(update={"model": "quotes"}), None)
    passages = product.index.all_passages()
    leaked = 0
    for name in options.bank or own_banks():
        bank = load_bank(name)
        found = leakage.in_index(bank.questions, passages, product.embedder)
        bad = [each for each in found if each.leaked]
        leaked += len(bad)
        worst = max((each.grams for each in found), default=0.0)
        near = max((each.cosine for each in found), default=0.0)
        print(
            f"{bank.name}: {len(found)} questions against {len(passages)} passages, {len(bad)} "
            f"found in the index (largest share of a question's word runs {worst:.2f}, nearest "
            f"meaning {near:.2f})"
        )
        for each in bad:
            how = "its option list" if each.options_found else f"{each.grams:.0%} of its word runs"
            print(f"  LEAKED {each.id}: {how}, cosine {each.cosine:.2f}, in {each.nearest}")
            print(f"    question: {each.question[:100]}\n    passage:  {each.text[:100]!r}")
    # Over all of them: who asks what another bank holds in dev asks nothing new.
    banks = [load_bank(name).questions for name in options.bank or own_banks()]
    twins = leakage.across_splits([q for bank in banks for q in bank], product.embedder)
    if twins:
        print(f"{len(twins)} test questions have a near twin in dev:")
    for each in twins[:10]:
        print(f"  {each.id} ~ {each.nearest} (cosine {each.cosine:.2f})")
    return 1 if leaked else 0


def do_retrieval(options: argparse.Namespace) -> int:
    """Fusion, dense and lexical search side by side."""
    settings = load_settings(index=options.index)
    from ragbot.embedding import open_embedder

    if options.beir:
        with progress_bar(0, 0) as progress:
            rows = retrieval.beir_rows(
                options.beir, open_embedder(settings.models_dir), options.seed, progress
            )
        _print_rows(str(options.beir), rows, options.json)
        return 0
    product = open_product(settings.model_copy(update={"model": "quotes"}), None)
    gold = Gold(product.index)
    split = None if options.split == "all" else options.split
    for name in options.bank or own_banks():
        bank = load_bank(name)
        gold.check(bank)
        questions = [q for q in chosen_questions(bank, split, None, 0) if q.evidence]
        if questions:
            rows = retrieval.bank_rows(questions, gold, product, options.seed)
            _print_rows(f"{bank.name}, {options.split}", rows, options.json)
    return 0


def _print_rows(name: str, rows: Sequence[retrieval.Row], as_json: bool) -> None:
    if as_json:
        told = {
            row.way: {k: [v.value, v.low, v.high, v.n] for k, v in row.measures.items()}
            for row in rows
        }
        print(json.dumps({"set": name, "ways": told}))
        return
    n = next((v.n for row in rows for v in row.measures.values()), 0)
    print(f"\n{name} (n = {n}; 95% bootstrap)")
    for row in rows:
        cells = (f"{k} {v.value:.3f} ({v.low:.3f}-{v.high:.3f})" for k, v in row.measures.items())
        print(f"  {row.way:>24}  " + "   ".join(cells))


def do_fit(options: argparse.Namespace) -> int:
    """Fit anew on dev questions: the no-model scorer, and the gate of the product itself."""
    settings = load_settings(index=options.index, model="quotes")
    product = open_product(settings, None)
    bank = load_bank("practice")
    fitted = fit_on_dev(bank.questions, SentenceIndex(product.sentences, product.embedder))
    save_weights(fitted)
    print(f"scorer, fitted on {len(fitted.fitted_on)} dev questions: {fitted.all_dev.weights}")
    others = settings.model_copy(update={"index": options.others or settings.home / "other-notes"})
    gate = fit_gate(product.retriever, open_product(others, None).retriever, settings.k)
    save_gate(gate)
    for name, fit in (("gate", gate.read), ("without the entailment model", gate.unread)):
        print(
            f"{name}, fitted on {gate.n} dev questions and {gate.n_others} on other notes, and set "
            f"to refuse {fit.over_refused:.3f} of the answerable; of another author's unanswerable "
            f"ones it refuses {fit.refused:.3f}"
        )
    return 0
