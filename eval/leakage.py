"""Does the index hold the exam? Do dev and test hold the same question?

By words: the share of a question's n-grams that stand in one passage. By meaning: the cosine to
the nearest passage or question, which finds a rewritten copy. A question that is found in the
index is a failure; everything else is shown for the reader to judge.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from eval.banks import Question
from ragbot.embedding import Embedder
from ragbot.types import Passage

GRAM = 6  # words
SHORT = 3  # words of an n-gram, for a question that has fewer than twice GRAM
LEAKED = 0.5  # share of a stem's n-grams in one passage
LEAKED_SHORT = 0.9  # of a short question, which shares its terms with the notes by its nature
SAME_MEANING = 0.93  # cosine of two texts that say one thing
TWINS = 0.9  # cosine of two questions that ask one thing


@dataclass(frozen=True, slots=True)
class Overlap:
    """A question and the nearest other text; `grams` and `cosine` in [0, 1]."""

    id: str
    question: str
    grams: float
    cosine: float
    nearest: str  # a passage's headings, or a question's id
    text: str
    options_found: bool = False

    @property
    def leaked(self) -> bool:
        limit = LEAKED_SHORT if _is_short(self.question) else LEAKED
        return self.grams >= limit or self.cosine >= SAME_MEANING or self.options_found


def in_index(
    questions: Sequence[Question], passages: Sequence[Passage], embedder: Embedder
) -> list[Overlap]:
    """Each question with the passage that is nearest to it, the worst first."""
    if not questions or not passages:
        return []
    texts = [passage.text for passage in passages]
    names = [f"{passage.doc_id}: {' > '.join(passage.heading_path)}" for passage in passages]
    found = _nearest(questions, texts, names, embedder)
    plain_texts = [f" {_plain(text)} " for text in texts]
    for row, question in enumerate(questions):
        options = _option_list(question)
        holder = next(
            (i for i, plain in enumerate(plain_texts) if options and options.search(plain)), None
        )
        if holder is not None:
            found[row] = replace(
                found[row], nearest=names[holder], text=texts[holder], options_found=True
            )
    return sorted(found, key=lambda o: (-o.leaked, -max(o.grams, o.cosine)))


def across_splits(questions: Sequence[Question], embedder: Embedder) -> list[Overlap]:
    """Test questions with their nearest dev question, where that asks the same thing."""
    test = [question for question in questions if question.split == "test"]
    dev = [question for question in questions if question.split == "dev"]
    if not test or not dev:
        return []
    near = _nearest(test, [_asked(q) for q in dev], [q.id for q in dev], embedder)
    twins = [each for each in near if each.leaked or each.cosine >= TWINS]
    return sorted(twins, key=lambda o: -max(o.grams, o.cosine))


def _nearest(
    questions: Sequence[Question], texts: Sequence[str], names: Sequence[str], embedder: Embedder
) -> list[Overlap]:
    asked = [_asked(question) for question in questions]
    cosines = embedder.encode(asked) @ embedder.encode(list(texts)).T
    by_gram: dict[int, dict[tuple[str, ...], set[int]]] = {}
    for size in (SHORT, GRAM):
        holders: dict[tuple[str, ...], set[int]] = defaultdict(set)
        for place, text in enumerate(texts):
            for gram in _grams(text, size):
                holders[gram].add(place)
        by_gram[size] = holders
    found = []
    for row, question in enumerate(questions):
        grams, by_words = _contained(asked[row], by_gram)
        by_meaning = int(np.argmax(cosines[row]))
        place = by_meaning if by_words is None or grams < LEAKED else by_words
        found.append(
            Overlap(
                question.id,
                question.question,
                round(grams, 3),
                round(float(cosines[row][by_meaning]), 3),
                names[place],
                texts[place],
            )
        )
    return found


def _contained(
    text: str, by_gram: dict[int, dict[tuple[str, ...], set[int]]]
) -> tuple[float, int | None]:
    """(largest share of the text's n-grams that one other text holds, which one)."""
    size = SHORT if _is_short(text) else GRAM
    own = list(_grams(text, size))
    counts: dict[int, int] = defaultdict(int)
    for gram in own:
        for place in by_gram[size].get(gram, ()):
            counts[place] += 1
    if not counts:
        return 0.0, None
    best = max(counts, key=lambda place: counts[place])
    return counts[best] / len(own), best


def _is_short(text: str) -> bool:
    return len(_words(text)) < 2 * GRAM


def _asked(question: Question) -> str:
    return question.standalone or question.question


def _grams(text: str, size: int) -> Iterable[tuple[str, ...]]:
    words = _words(text)
    return dict.fromkeys(tuple(words[i : i + size]) for i in range(len(words) - size + 1))


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _plain(text: str) -> str:
    return " ".join(_words(text))


def _option_list(question: Question) -> re.Pattern[str] | None:
    """The options one behind the other, lettered or not; None where they are so few or short
    that any list of names could be them."""
    options = [_plain(option) for option in question.options]
    if len(options) < 4 or sum(len(option.split()) for option in options) < 6:
        return None
    return re.compile(r" (?:[a-z0-9] )?".join(map(re.escape, options)))
