"""From a question to its checked answer: the whole way, in order.

question -> admitted, or blocked -> query (a follow-up put on its own) -> passages -> evidence, or
an abstention -> prompt -> reply, sentence by sentence -> checked citations, guarded -> Answer
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from ragbot.abstaining import ABSTAINS, nearest_told, nearest_topics, text_of
from ragbot.answering import Guards, Reply, ask_in_turn, laid_out
from ragbot.aws.waiting import while_waiting
from ragbot.chat_models import BLOCKED, Candidate, chosen_quotes
from ragbot.citations import Checks
from ragbot.errors import QuestionError
from ragbot.evidence import REMEMBERED_TURNS, Evidence, Judge, Prompt
from ragbot.guardrails import UNGUARDED, Admitted, Guardrails
from ragbot.judging import ModelJudge
from ragbot.logs import product_logger
from ragbot.partial import sentence_on, unheard
from ragbot.retrieval import Searcher, worth_reading
from ragbot.rewriting import Rewritten, rewritten
from ragbot.screening import without_hidden
from ragbot.searching import NotesSearch
from ragbot.small_talk import reply_to, small_talk
from ragbot.types import (
    NO_FILTERS,
    Answer,
    Event,
    FellBack,
    Filters,
    HeadingPath,
    Quotation,
    Retrieved,
    RetrievedPassage,
    Sentence,
    Timings,
    Turn,
)

LONGEST_QUESTION = 8_000  # characters; a pasted exam scenario with its options has about 1,000
QUOTED_AT_ONCE = 3  # sentences shown while the model still reads
HELD_BACK = "The guardrails hold this back."
_BLOCKED = f"{BLOCKED[0].upper()}{BLOCKED[1:]}."

_log = product_logger(__name__)


def cleaned_question(question: str) -> str:
    """The question without control characters and outer white space.

    Raises:
        QuestionError: nothing is left of it, or it is far too long.
    """
    plain = without_hidden(question)
    printable = "".join(c if c.isprintable() or c in "\n\t\u200c\u200d" else " " for c in plain)
    text = printable.strip()
    if not any(c.isalnum() for c in text):
        raise QuestionError("the question is empty", mend="ask in words")
    if len(text) > LONGEST_QUESTION:
        raise QuestionError(
            f"the question has {len(text):,} characters; at most {LONGEST_QUESTION:,} can be asked",
            mend="shorten it to what you want to know",
        )
    return text


def stream_answer(
    question: str,
    history: Sequence[Turn],
    *,
    retriever: Searcher,
    candidates: Sequence[Candidate],
    passed_over: Sequence[FellBack],
    k: int,
    filters: Filters = NO_FILTERS,
    rewriter: Candidate | None = None,
    judge: Candidate | None = None,
    entails: Judge | None = None,
    guardrails: Guardrails = UNGUARDED,
) -> Iterator[Event]:
    """One `Retrieved`, each `Sentence` once it is checked, and the `Answer` last.

    A question that the guardrails don't admit gets its `Answer` alone: nothing is searched.

    A model that fails before it has said anything is replaced by the next candidate; one
    that fails later leaves what it said, and the next candidate goes on from there. A `Waiting`
    tells what a person waits for meanwhile.

    Raises:
        QuestionError: a question that cannot be asked, a filter that the notes do not know.
        ModelUnavailableError: no candidate could answer.
    """
    clock = _Clock()
    admitted = guardrails.admitted(cleaned_question(question), history)
    question = admitted.question
    if admitted.blocked or admitted.refusal:
        yield _unasked(admitted, clock, passed_over)
        return

    history = _without_small_talk(admitted.history, retriever)
    talk = small_talk(question, retriever.knows, begun=bool(history))
    if talk is not None:
        yield Retrieved("", ())
        yield reply_to(talk, question, retriever.titles(), clock.timings())
        return

    asker = rewriter or (candidates[0] if candidates else None)
    asked = yield from while_waiting(lambda: rewritten(question, history, retriever, asker))
    fell_back = list(passed_over)
    if asked.failure is not None and asker is not None:
        fell_back.append(FellBack(asker.model_id, asked.failure))
        # It would not answer either, and is not waited for twice.
        candidates = [each for each in candidates if each.model_id != asker.model_id]
    query = asked.query
    search = NotesSearch(question, query, retriever, k, filters)
    found = yield from while_waiting(search.found)
    passages = guardrails.shown_passages(found.passages)

    checks = Checks(
        retriever.similarity,
        None,
        retriever.recognizes,
        retriever.opens_with_name,
        search.look_up,
        retriever.names.known_in(query),
    )

    def guards(shown: Sequence[Evidence]) -> Guards:
        return lambda: guardrails.over_reply(shown, found.passages, admitted, retriever.hears)

    clock.retrieved()
    if not found.is_enough:
        yield Retrieved(query, passages)
        nearest = nearest_told(query, found.evidence, checks, guards(found.evidence))
        yield from clock.heard(nearest.sentences)
        topics = nearest_topics(passages, guardrails.may_be_shown)
        reason = found.finding.reason and guardrails.shown(found.finding.reason)
        answer = _abstention(question, asked, passages, topics, reason, nearest, clock)
        yield replace(answer, fell_back_from=tuple(fell_back))
        return

    prompt = Prompt(
        query,
        tuple(history[-REMEMBERED_TURNS:]),
        tuple(worth_reading(found.evidence)),
        forgets=len(history) > REMEMBERED_TURNS,
    )
    waits = bool(candidates) and candidates[0].model_id != "quotes"
    yield Retrieved(query, passages, _quotations(prompt, guardrails) if waits else ())
    reply = Reply(fell_back, usage=asked.usage, cost=asked.cost)
    judged_by = None if judge is None else ModelJudge(judge)
    judged = replace(checks, judge=judged_by or entails)
    watched = guards(prompt.evidence)
    with closing(ask_in_turn(prompt, candidates, reply, judged, watched)) as events:
        yield from clock.heard(events)
    if judged_by is not None:
        reply.add_judge(judged_by)
    if reply.shown and not reply.denials:
        missing = found.parts.missing
        doubted = unheard(found.parts, query, laid_out(reply.shown))
        if missing or doubted:
            told = sentence_on(missing, doubted)
            reply.sentences.append(replace(told, text=guardrails.shown(told.text)))
            yield reply.sentences[-1]
    there = {item.passage.passage_id for item in passages}
    cited = dict.fromkeys(citation.passage_id for citation in reply.citations)
    further = [search.looked_up[each] for each in cited if each not in there]
    passages += guardrails.shown_passages(further)
    answer = _answer(question, query, reply, passages, clock)
    if answer.abstained and not reply.blocked:
        # The gate found the evidence to be enough: what comes nearest may well be the answer.
        nearest = Reply([])
        if reply.held_back is None:
            # Of what the model has read, and with it the service's guardrail, where there is one.
            read = prompt.evidence
            nearest = nearest_told(query, read, checks, guards(read), said=reply.shown)
        yield from clock.heard(nearest.sentences)
        answer = replace(
            answer,
            timings=clock.timings(),
            text=laid_out((*reply.sentences, *nearest.sentences)) or answer.text,
            sentences=(*reply.sentences, *nearest.sentences),
            citations=tuple(nearest.citations),
            nearest_topics=nearest_topics(passages, guardrails.may_be_shown),
            blocked=reply.held_back or nearest.held_back,
        )
    yield answer


def _without_small_talk(history: Sequence[Turn], retriever: Searcher) -> list[Turn]:
    return [
        turn for turn in history if turn.query or not small_talk(turn.question, retriever.knows)
    ]


def _quotations(prompt: Prompt, guardrails: Guardrails) -> tuple[Quotation, ...]:
    return tuple(
        Quotation(
            guardrails.shown(quote.sentence.quoted),
            tuple(map(guardrails.shown, quote.sentence.passage.heading_path)),
            quote.sentence.passage.source,
            quote.sentence.passage.lines[0],
        )
        for quote in chosen_quotes(prompt)[:QUOTED_AT_ONCE]
        if guardrails.may_be_shown(quote.sentence.quoted)
    )


def _answer(
    question: str,
    query: str,
    reply: Reply,
    passages: tuple[RetrievedPassage, ...],
    clock: _Clock,
) -> Answer:
    denied = reply.denies_all or not reply.shown
    return Answer(
        question=question,
        text=_BLOCKED if reply.blocked else laid_out(reply.sentences) or _nothing(reply),
        sentences=tuple(reply.sentences),
        citations=tuple(sorted(reply.citations, key=lambda citation: citation.marker)),
        passages=passages,
        abstained=denied or reply.blocked,
        reason=_why_denied(reply) if denied else reply.stopped,
        model_id=reply.model_id,
        fell_back_from=tuple(reply.fell_back),
        usage=reply.usage,
        timings=clock.timings(),
        cost=reply.cost,
        query=query,
        blocked=reply.held_back,
    )


def _nothing(reply: Reply) -> str:
    return ABSTAINS if reply.held_back is None else HELD_BACK


def _why_denied(reply: Reply) -> str | None:
    if reply.blocked or (not reply.shown and reply.held_back is None):
        return reply.stopped
    if reply.held_back is not None and not reply.shown:
        return reply.held_back.reason
    return "the model found no answer in the passages"


def _unasked(admitted: Admitted, clock: _Clock, passed_over: Sequence[FellBack]) -> Answer:
    """For a question that no model and no search may see, or that no note can answer."""
    blocked = admitted.blocked
    _log.info("a question was not admitted: %s", blocked.policy if blocked else "about ourselves")
    nothing = Rewritten("")
    answer = _abstention(admitted.question, nothing, (), (), admitted.refusal, Reply([]), clock)
    answer = replace(answer, fell_back_from=tuple(passed_over))
    if blocked is None:
        return answer
    return replace(answer, text=HELD_BACK, reason=blocked.reason, blocked=blocked)


def _abstention(
    question: str,
    asked: Rewritten,
    passages: tuple[RetrievedPassage, ...],
    topics: tuple[HeadingPath, ...],
    reason: str | None,
    nearest: Reply,
    clock: _Clock,
) -> Answer:
    return Answer(
        question=question,
        text=text_of(nearest, topics),
        sentences=tuple(nearest.sentences),
        citations=tuple(nearest.citations),
        passages=passages,
        abstained=True,
        reason=reason,
        model_id="none",
        nearest_topics=topics,
        blocked=nearest.held_back,
        timings=clock.timings(),
        query=asked.query,
        usage=asked.usage,
        cost=asked.cost,
    )


class _Clock:
    """Seconds since the question was asked."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self._start = now()
        self._retrieved = 0.0
        self._first: float | None = None

    def retrieved(self) -> None:
        self._retrieved = self._now() - self._start

    def heard(self, events: Iterable[Event]) -> Iterator[Event]:
        """The events as they come; when the first sentence is shown is remembered."""
        for event in events:
            if self._first is None and isinstance(event, Sentence) and not event.withheld:
                self._first = self._now() - self._start
            yield event

    def timings(self) -> Timings:
        return Timings(self._retrieved, self._first, self._now() - self._start)
