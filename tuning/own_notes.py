"""What is asked and said of the project's own notes -> examples.

The sheets teach what it means to answer, and to bear out. These teach it where it is hardest: each
question that the notes do not answer, and each false sentence, is held against the lines whose
words it has, and against those among the ones that a search finds which the model, before it learns
them, is nearest to believing. None of them is in the banks of `eval`, and no question is
the twin of one there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ragbot.embedding import Embedder
from ragbot.evidence import EvidenceSentence, evidence_sentences
from ragbot.types import Passage
from tuning.examples import ASTRAY, MISLED, MOST_WORDS, SAME, Example
from tuning.sheets import SheetError

OWN_NOTES = Path(__file__).resolve().parent / "own_notes"
FOUND = 5  # lines nearest to a text, among which a search would look
HARDEST = 2  # of them that the model believes most, against which what is not so is held
BARE, AMONG = 0.2, 0.2  # shares of lines without their headings, and of those among others


class Pointer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    doc_id: str
    heading: str
    quote: str


class Text(BaseModel):
    """A question or a sentence, and its lines.

    They answer it ("asks"), contradict what it takes for granted ("false_premise", which is to be
    answered by them, too), or only speak of the same thing ("near"). They bear it out ("true"), or
    they do not ("false"). Of several lines one is enough for a question, unless it asks for them
    `together`; a sentence needs all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["asks", "false_premise", "near", "true", "false"]
    text: str
    evidence: tuple[Pointer, ...] = Field(min_length=1)
    together: bool = False
    file: str = ""  # the one that it stands in, without its ending

    @property
    def is_question(self) -> bool:
        """Whether it is a question."""
        return self.kind not in ("true", "false")

    @property
    def follows(self) -> bool:
        return self.kind in ("asks", "false_premise", "true")


# (said, notes) -> how far the reading model believes that each note bears it out, or answers it
Margins = Callable[[str, Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Placed:
    """A text among the lines of the notes: its own by pointer (of a row of a table the cells that
    it may mean), and the nearest others."""

    text: Text
    own: tuple[tuple[EvidenceSentence, ...], ...]
    others: tuple[EvidenceSentence, ...]


def read_texts(folder: Path = OWN_NOTES) -> tuple[Text, ...]:
    """Raises SheetError, with the file and the line."""
    texts: list[Text] = []
    for file in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                texts.append(Text.model_validate(json.loads(line) | {"file": file.stem}))
            except (TypeError, ValueError, ValidationError) as error:
                raise SheetError(f"{file}, line {number}: {error}") from error
    return tuple(texts)


def placed(texts: Sequence[Text], passages: Sequence[Passage], embedder: Embedder) -> list[Placed]:
    """Each text among the lines of the notes; one whose line has gone is left out."""
    lines = [line for passage in passages for line in evidence_sentences(passage)]
    vectors = embedder.encode([line.in_context for line in lines])
    near = embedder.encode([each.text for each in texts]) @ vectors.T
    return [
        found
        for each, nearness in zip(texts, near, strict=True)
        if (found := _placed(each, lines, vectors, nearness)) is not None
    ]


def _placed(
    text: Text,
    lines: Sequence[EvidenceSentence],
    vectors: NDArray[np.float32],
    nearness: NDArray[np.float32],
) -> Placed | None:
    places = [_places(pointer, text, lines) for pointer in text.evidence]
    if not all(places):
        return None
    own = [place for each in places for place in each]
    found = [place for place in np.argsort(-nearness)[:FOUND].tolist() if place not in own]
    if text.kind != "near":  # what is too like its own lines may say the same
        like = (vectors @ vectors[own].T).max(axis=1)
        found = [place for place in found if like[place] < SAME]
    return Placed(
        text,
        tuple(tuple(lines[place] for place in each) for each in places),
        tuple(lines[place] for place in found),
    )


def _places(pointer: Pointer, text: Text, lines: Sequence[EvidenceSentence]) -> list[int]:
    """Of a table's row, the cells of what the text names."""
    places = [place for place, line in enumerate(lines) if _is_of(line, pointer)]
    named = [place for place in places if _subject(lines[place]) in text.text.lower()]
    return named or places


def _is_of(line: EvidenceSentence, pointer: Pointer) -> bool:
    """A pointer quotes a line, a part of it, or the row of a table as it is written."""
    if line.passage.doc_id != pointer.doc_id:
        return False
    if line.text == pointer.quote:
        return line.passage.heading_path[-1] == pointer.heading
    if line.fact is None:
        return line.text in pointer.quote or pointer.quote in line.text
    row = [cell.strip() for cell in pointer.quote.strip("| ").split("|")]
    return row[0] in (line.fact.feature, line.fact.subject) and line.fact.value in row[1:]


def _subject(line: EvidenceSentence) -> str:
    return "" if line.fact is None else line.fact.subject.lower()


def hardest_first(texts: Sequence[Placed], margins: Margins) -> list[Placed]:
    """Of what the notes do not answer or bear out, first the lines that mislead a reader most."""
    return [each if each.text.follows else _hardest_first(each, margins) for each in texts]


def _hardest_first(each: Placed, margins: Margins) -> Placed:
    believed = margins(each.text.text, [line.in_context for line in each.others])
    order = np.argsort(-np.asarray(believed)).tolist()
    return replace(each, others=tuple(each.others[place] for place in order))


def examples_of(texts: Sequence[Placed], seed: int) -> list[Example]:
    """Those of one pass, shuffled; the same for the same seed."""
    random = Random(seed)
    found = [example for each in texts for example in _of_text(each, random)]
    random.shuffle(found)
    return found


def _of_text(each: Placed, random: Random) -> Iterator[Example]:
    text, follows = each.text.text, each.text.follows
    if not each.text.is_question:
        yield from _of_sentence(each, random)
        return
    answering = [_all(each)] if each.text.together else each.own[:2]
    for lines in answering:
        yield Example(_premise(lines, (), random), text, follows)
        if each.others and random.random() < AMONG:
            yield Example(_premise(lines, each.others, random), text, follows)
    if not follows:
        yield from _misled(each, random)
    elif each.others and random.random() < ASTRAY["question"]:
        yield Example(_premise([random.choice(each.others)], (), random), text, False)


def _of_sentence(each: Placed, random: Random) -> Iterator[Example]:
    text, follows = each.text.text, each.text.follows
    others = each.others if random.random() < AMONG else ()
    yield Example(_premise(_all(each), others, random), text, follows)
    if not follows and random.random() < MISLED:
        yield from _misled(each, random)
    if follows and len(each.own) > 1:  # half of what it joins does not bear it out
        yield Example(_premise(random.choice(each.own), (), random), text, False)
    if follows and each.others and random.random() < ASTRAY["claim"]:
        yield Example(_premise([random.choice(each.others)], (), random), text, False)


def _misled(each: Placed, random: Random) -> Iterator[Example]:
    for line in random.sample(each.others[:HARDEST], min(1, len(each.others))):
        yield Example(_premise([line], (), random), each.text.text, False)


def _all(each: Placed) -> list[EvidenceSentence]:
    return [line for lines in each.own for line in lines]


def _premise(
    own: Sequence[EvidenceSentence], others: Sequence[EvidenceSentence], random: Random
) -> str:
    """The lines as the checker and the gate show them; up to two others among them."""
    bare = random.random() < BARE
    texts = [line.text if bare else line.in_context for line in own]
    for line in random.sample(others, min(2, len(others))):
        if sum(len(text.split()) for text in [*texts, line.in_context]) <= MOST_WORDS:
            texts.append(line.text if bare else line.in_context)
    random.shuffle(texts)
    return " ".join(texts)
