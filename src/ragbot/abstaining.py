"""What is told where the notes don't answer: that, the line that comes nearest, the topics around.

Whoever was refused wrongly may find the answer in that line, and whoever took for granted what is
not so, what the notes say instead. It is said to be no answer, and is checked, cited and guarded
like any sentence. So it is where the gate let a question through and no model found an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ragbot.answering import Guards, Reply, ask_in_turn, laid_out
from ragbot.chat_models import nearest_quote, quoting_candidate
from ragbot.citations import Checks
from ragbot.dated_notes import is_dated, tells_the_end
from ragbot.evidence import Evidence, EvidenceSentence, Prompt
from ragbot.screening import is_lure
from ragbot.types import HeadingPath, RetrievedPassage, Sentence

ABSTAINS = "The notes don't answer this."
_NEAREST = "What comes nearest:"
_LEAD = Sentence(f"{ABSTAINS} {_NEAREST}", (), "supported", "makes no claim")


def nearest_told(
    query: str,
    evidence: Sequence[Evidence],
    checks: Checks,
    guards: Guards = lambda: None,
    *,
    said: Sequence[Sentence] = (),
) -> Reply:
    """The line that comes nearest to a question, with its dated notes, behind a word that it is no
    answer (which a model may have `said` already); nothing where none is near, or where a
    guardrail holds it back."""
    nearest = _nearest(query, evidence)
    reply = Reply([])
    if nearest is not None:
        prompt = Prompt(query, (), (nearest,))
        for _ in ask_in_turn(prompt, (quoting_candidate(),), reply, checks, guards):
            pass
    if not reply.citations:
        return Reply([], held_back=reply.held_back)
    first, *others = reply.sentences
    lead = replace(_LEAD, text=_NEAREST, prefix="\n\n") if said else _LEAD
    reply.sentences = [lead, replace(first, prefix="\n"), *others]
    return reply


def text_of(nearest: Reply, topics: Sequence[HeadingPath]) -> str:
    """The whole abstention as text."""
    if not nearest.sentences:
        return f"{ABSTAINS} {told_of(topics)}".strip()
    return f"{laid_out(nearest.sentences)}\n{told_of(topics)}".strip()


def told_of(topics: Sequence[HeadingPath]) -> str:
    if not topics:
        return ""
    return f"The nearest topics they hold: {'; '.join(topic[-1] for topic in topics)}."


def nearest_topics(
    passages: Sequence[RetrievedPassage], may_be_shown: Callable[[str], bool], most: int = 3
) -> tuple[HeadingPath, ...]:
    paths = (item.passage.heading_path for item in passages)
    by_name = {path[-1]: path for path in paths if not is_lure(path[-1])}
    return tuple(path for name, path in by_name.items() if may_be_shown(name))[:most]


def _nearest(query: str, evidence: Sequence[Evidence]) -> Evidence | None:
    """The passage of the nearest line, narrowed to it and the dated notes on it."""
    weighed = tuple(item for item in evidence if item.relevance)
    quote = nearest_quote(Prompt(query, (), weighed))
    if quote is None:
        return None
    item = next(item for item in weighed if item.number == quote.number)
    line = quote.sentence
    if is_dated(line.text):  # a dated note is nothing without the fact that it changes
        line = next(_changed_by(line, item), line)
    meant = item.antecedent_of(line)
    told = (*([meant] if meant else ()), line, *item.updates_of(line))
    return replace(
        item, sentences=told, relevance=(quote.near,) * len(told), selected=(), answers=()
    )


def _changed_by(note: EvidenceSentence, item: Evidence) -> Iterator[EvidenceSentence]:
    *_, heading = ("", *item.passage.heading_path)
    on_all = tells_the_end(note.text, heading)  # of what the passage is about
    for each in item.sentences:
        under = (note.parent or "").startswith(each.text)
        if under or (not on_all and note in item.updates_of(each)):
            yield each
