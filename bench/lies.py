"""How many planted lies reach the page as facts, and how many truths are withheld?

    python -m bench lies [--split test] [--of PREFIX] [--seed 5] [--judge off|rules|local]
    python -m bench lies --split dev --show

Each claim of eval/questions/claims (true and false sentences as a model may write them, by kind) is
given to the citation checker as the reply to the claim's own question, over what the product
retrieves for that question. A lie passes where it is shown as supported; a truth is lost where it
is not. Truths whose evidence was not retrieved are told apart: no checker can support them. Then
the same for sentences of the notes themselves, as they stand and with one thing changed by a
machine: a figure, a product, the polarity. A judge is only asked about the bank.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ragbot
from bench.output import save, shares, show_shares
from bench.unlearned import claims_of
from eval.claims import Claim
from ragbot.assembly import Ragbot
from ragbot.chat_models import Candidate, judge_of
from ragbot.citations import Checks, CitationChecker, DraftSentence
from ragbot.evidence import Evidence, evidence_sentences
from ragbot.judging import ModelJudge
from ragbot.retrieval import unweighed, worth_reading

PRODUCTS = [
    *"DynamoDB DocumentDB Neptune CloudHSM KMS EventBridge CloudWatch CloudTrail Config Shield WAF "
    "Lambda Fargate ECS EKS EFS EBS S3".split(),
    "Secrets Manager",
    "Parameter Store",
    "Step Functions",
    "Firewall Manager",
]
FLIPS = {
    " is ": " is not ",
    " can ": " cannot ",
    " has ": " has no ",
    " supports ": " does not support ",
    " are ": " are not ",
}
EACH = 60  # sentences of the notes for each change
_ABOUT = (__doc__ or "").split("\n")[0]
Change = Callable[[str, random.Random], str | None]


@dataclass(frozen=True, slots=True)
class Told:
    """One claim and what became of it."""

    kind: str
    truth: bool
    claim: str
    verdict: str
    reason: str | None
    in_reach: bool  # the evidence that bears it out was retrieved


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench lies", description=_ABOUT)
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    parser.add_argument("--of", default="", help="claims whose id begins so: an author's")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--judge", default="off", help="as RAGBOT_JUDGE; rules: nobody")
    parser.add_argument("--show", action="store_true", help="print what was judged wrong, in dev")
    options = parser.parse_args(arguments)
    if options.show and options.split == "test":
        parser.error("the failures of the test split are not for reading: --split dev --show")
    bot = ragbot.open(model="quotes")
    judge = None
    if options.judge == "rules":
        bot.readers = replace(bot.readers, entailment=None)
    else:
        judge = judge_of(bot.settings.model_copy(update={"judge": options.judge}))
    told = [_judged(bot, c, judge) for c in claims_of(options.split, options.of)]
    if judge is None and not options.of:
        told += _mechanical(bot, options.seed)
    rows = list(_rows(told))
    show_shares(rows)
    if options.show:
        for each in told:
            if each.truth != (each.verdict == "supported"):
                print(f"  {each.kind:>18} {each.in_reach!s:5} {each.claim}  [{each.reason}]")
    save(f"lies-{options.split}" + ("" if options.judge == "off" else f"-{options.judge}"), rows)
    return 0


def _judged(bot: Ragbot, claim: Claim, judge: Candidate | None) -> Told:
    evidence = shown_evidence(bot, claim.question)
    held = all(
        any(quote in sentence.passage.text for item in evidence for sentence in item.sentences)
        for quote in claim.quotes
    )
    verdict, reason = verdict_on(bot, claim.question, evidence, claim.claim, judge)
    return Told(claim.kind, claim.label == "true", claim.claim, verdict, reason, held)


def shown_evidence(bot: Ragbot, question: str) -> list[Evidence]:
    """What a model would be shown for the question."""
    retriever = bot.searcher()
    query = retriever.query_for(question)
    return worth_reading(retriever.evidence(query, retriever.search(query, bot.settings.k)))


def verdict_on(
    bot: Ragbot,
    question: str,
    evidence: Sequence[Evidence],
    claim: str,
    judge: Candidate | None = None,
) -> tuple[str, str | None]:
    """What becomes of a claim that a model tells in answer to a question, and why."""
    ruling = None if judge is None else ModelJudge(judge)
    searcher = bot.searcher()
    checker = CitationChecker(
        evidence,
        Checks(
            similarity=searcher.similarity,
            judge=ruling or bot.readers.entailment,
            recognizes=searcher.recognizes,
            opens_with_name=searcher.opens_with_name,
            look_up=lambda text: unweighed(searcher.nearest_to(text, bot.settings.k)),
            about=searcher.names.known_in(question),
        ),
        withhold=True,
        question=question,
    )
    checked = checker.check(DraftSentence(claim, (1,), ""))
    if ruling is not None and ruling.failure is not None:
        raise SystemExit(f"{ruling.failure.model_id}: {ruling.failure.reason}")
    return checked.sentence.verdict, checked.sentence.reason


def _rows(told: Sequence[Told]) -> Iterator[dict[str, Any]]:
    groups: dict[str, list[bool]] = defaultdict(list)
    for each in told:
        machine = each.kind.startswith("notes: ")
        if each.truth:
            lost = each.verdict != "supported"
            groups[f"withheld: {each.kind}"].append(lost)
            if not machine:
                groups["withheld: all truths"].append(lost)
                if each.in_reach:
                    groups["withheld: truths in reach"].append(lost)
        else:
            passed = each.verdict == "supported"
            groups[f"passed: {each.kind}"].append(passed)
            if not machine:
                groups["passed: all lies"].append(passed)
    yield from shares(groups)


def _mechanical(bot: Ragbot, seed: int) -> Iterator[Told]:
    index = bot.searcher().index
    sentences = [
        sentence.text
        for passage in index.all_passages()
        if passage.kind == "bullets"
        for sentence in evidence_sentences(passage)
        if 8 <= len(sentence.text.split()) <= 40 and not sentence.text.endswith(":")
    ]
    chance = random.Random(seed)
    chance.shuffle(sentences)
    for name, change in _CHANGES.items():
        made = [(s, c) for s in sentences if (c := change(s, chance)) is not None][:EACH]
        for source, claim in made:
            evidence = shown_evidence(bot, source)
            verdict, reason = verdict_on(bot, source, evidence, claim)
            yield Told(f"notes: {name}", change is as_it_stands, claim, verdict, reason, True)


def as_it_stands(sentence: str, _: random.Random) -> str | None:
    return sentence


def another_figure(sentence: str, chance: random.Random) -> str | None:
    found = list(re.finditer(r"(?<![\w.-])\d[\d,]*(?![\w.])", sentence))
    if not found:
        return None
    place = chance.choice(found)
    value = int(place[0].replace(",", ""))
    return f"{sentence[: place.start()]}{2 * value + 1}{sentence[place.end() :]}"


def another_product(sentence: str, chance: random.Random) -> str | None:
    named = [name for name in PRODUCTS if re.search(rf"\b{name}\b", sentence)]
    if not named:
        return None
    other = chance.choice([name for name in PRODUCTS if name not in named])
    return re.sub(rf"\b{named[0]}\b", other, sentence, count=1)


def the_opposite(sentence: str, _: random.Random) -> str | None:
    for affirmed, denied in FLIPS.items():
        if affirmed in sentence and " not " not in sentence and " no " not in sentence:
            return sentence.replace(affirmed, denied, 1)
    return None


_CHANGES: dict[str, Change] = {
    "as they stand": as_it_stands,
    "another figure": another_figure,
    "another product": another_product,
    "the opposite": the_opposite,
}
