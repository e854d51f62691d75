"""How many planted lies does the citation checker let through, and how many truths does it stop?

    python -m bench.planted_lies [--each 60] [--seed 5]

Sentences of the indexed notes are taken as they stand (truths) and with one thing changed: a
figure, a product's name, or the polarity. Each is checked against what the retriever finds for the
sentence that it was made from, so the evidence for the truth is nearly always there. The truths
are verbatim; how many paraphrases the checker stops, this does not tell.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Callable, Sequence

import ragbot
from eval.statistics import wilson
from ragbot.assembly import Ragbot
from ragbot.citations import CitationChecker, DraftSentence
from ragbot.evidence import evidence_sentences
from ragbot.retrieval import worth_reading

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
Change = Callable[[str, random.Random], str | None]


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


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--each", type=int, default=60)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    bot = ragbot.open(model="quotes")
    index = bot._current_retriever().index
    sentences = [
        sentence.text
        for passage in index.all_passages()
        if passage.kind == "bullets"
        for sentence in evidence_sentences(passage)
        if 8 <= len(sentence.text.split()) <= 40 and not sentence.text.endswith(":")
    ]
    chance = random.Random(options.seed)
    chance.shuffle(sentences)
    changes: dict[str, Change] = {
        "truths stopped": as_it_stands,
        "wrong figures passed": another_figure,
        "wrong products passed": another_product,
        "opposites passed": the_opposite,
    }
    for name, change in changes.items():
        made = [(s, c) for s in sentences if (c := change(s, chance)) is not None][: options.each]
        wrong = [
            claim
            for source, claim in made
            if passes(bot, source, claim) != (change is as_it_stands)
        ]
        low, high = wilson(len(wrong), len(made))
        share = len(wrong) / len(made)
        print(f"{name:>22}  {share:.3f} ({len(wrong)}/{len(made)}, {low:.3f}-{high:.3f})")
        show(wrong)


def passes(bot: Ragbot, source: str, claim: str) -> bool:
    retriever = bot._current_retriever()
    evidence = worth_reading(retriever.evidence(source, retriever.search(source, 8)))
    checked = CitationChecker(evidence, withhold=True).check(DraftSentence(claim, (1,), ""))
    return checked.sentence.verdict == "supported"


def show(claims: Sequence[str]) -> None:
    for claim in claims:
        print(f"    {claim}")


if __name__ == "__main__":
    main()
