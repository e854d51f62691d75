"""What `quotes` and `local` show on the page that the cited passages do not plainly say.

No lies can be planted in what they write, and nobody has marked their sentences by hand. So each
shown sentence is held against the passages that it cites by the rule of eval/free_answers.py,
which was written apart from the product's checker: strict on paraphrases, blind to two words that
change places. What it does not find is not a lie yet: it is what a person should read (`--show`).
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ragbot
from eval.banks import FALSE_PREMISE, Question, load_bank
from eval.free_answers import claims_of, entails_by_rule
from eval.statistics import wilson
from ragbot.types import Answer, Citation, Passage


@dataclass(frozen=True, slots=True)
class Read:
    """An answer's sentences that state something, and those of them that the rule can't find.

    Each with the text that it cites.
    """

    question: Question
    stated: int
    unfound: tuple[tuple[str, str], ...]


def read_over(
    model: str, split: str, sample: int | None, seed: int, show: bool
) -> list[dict[str, Any]]:
    """Ask the questions, print the figures, and with `show` what a person should read."""
    bot = ragbot.open(model=model)
    questions = _questions(split)
    random.Random(seed).shuffle(questions)
    started, read, others = time.monotonic(), [], 0
    for question in questions[:sample]:
        answer = bot.ask(question.question)
        if answer.abstained or not answer.model_id.startswith(model):
            others += 1
            continue
        read.append(read_through(question, answer))
    asked = len(read) + others
    seconds = (time.monotonic() - started) / max(asked, 1)
    print(f"{asked} questions, {len(read)} answered by {model}, {seconds:.1f} s each")
    row = _row(read)
    print(
        f"{row['unfound']} of {row['stated']} sentences not found in what they cite; answers with "
        f"one: {row['share']:.3f} ({row['hits']}/{row['n']}, {row['low']:.3f}-{row['high']:.3f})"
    )
    if show:
        for each in row["to read"]:
            print("\n" + "\n  ".join(each))
    return [row]


def _questions(split: str) -> list[Question]:
    every = (*load_bank("natural").questions, *load_bank("unanswerable").questions)
    return [q for q in every if q.split == split and (q.answerable or q.kind == FALSE_PREMISE)]


def read_through(question: Question, answer: Answer) -> Read:
    """Hold each shown sentence of an answer against the passages that it cites."""
    passages = {item.passage.passage_id: item.passage for item in answer.passages}
    stated = claims_of(answer)
    unfound = []
    for sentence, citations in stated:
        texts = dict.fromkeys(passages[c.passage_id].indexed_text for c in citations)
        cited = "\n".join(texts)
        if not cited or not entails_by_rule(cited, sentence.text):
            unfound.append((sentence.text, " | ".join(_span(passages, c) for c in citations)))
    return Read(question, len(stated), tuple(unfound))


def _span(passages: Mapping[str, Passage], citation: Citation) -> str:
    passage = passages[citation.passage_id]
    start, end = citation.start - passage.start, citation.end - passage.start
    return " ".join(passage.text[start:end].split())


def _row(read: Sequence[Read]) -> dict[str, Any]:
    """The interval is over answers: sentences of one answer are not independent."""
    hits = sum(bool(each.unfound) for each in read)
    low, high = wilson(hits, len(read))
    return {
        "n": len(read),
        "hits": hits,
        "share": round(hits / max(len(read), 1), 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "stated": sum(each.stated for each in read),
        "unfound": sum(len(each.unfound) for each in read),
        "to read": [
            (f"{each.question.id}: {each.question.question}", sentence, f"<- {cited}")
            for each in read
            for sentence, cited in each.unfound
        ],
    }
