"""From a question to its checked answer: the whole way, in order.

question -> admitted, or blocked -> query -> passages -> evidence, or an abstention
         -> prompt -> reply, sentence by sentence -> checked citations, guarded -> Answer
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ragbot.chat_models import Candidate, explain_failure
from ragbot.citations import CheckedSentence, CitationChecker, DraftSentence, SentenceStream
from ragbot.errors import ModelUnavailableError, QuestionError
from ragbot.evidence import Prompt
from ragbot.guardrails import UNGUARDED, Admitted, Guardrails, ReplyGuard, citable
from ragbot.logs import product_logger
from ragbot.prompts import messages
from ragbot.retrieval import Retriever, judge_evidence, worth_reading
from ragbot.screening import gives_orders, without_hidden
from ragbot.types import (
    NO_FILTERS,
    Answer,
    Blocked,
    Citation,
    Event,
    FellBack,
    Filters,
    HeadingPath,
    Retrieved,
    RetrievedPassage,
    Sentence,
    Timings,
    Turn,
    Usage,
)

LONGEST_QUESTION = 8_000  # characters; a pasted exam scenario with its options has about 1,000
REMEMBERED_TURNS = 3
ABSTAINS = "The notes don't answer this."
HELD_BACK = "The guardrails hold this back."

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


@dataclass(slots=True)
class _Reply:
    """What one model has said so far."""

    sentences: list[Sentence] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    denials: int = 0
    usage: Usage = field(default_factory=Usage)

    def add(self, checked: CheckedSentence) -> None:
        self.sentences.append(checked.sentence)
        self.denials += checked.denies
        self.citations += checked.citations

    @property
    def shown(self) -> list[Sentence]:
        return [sentence for sentence in self.sentences if not sentence.withheld]

    @property
    def denies_all(self) -> bool:
        """The model found no answer in the evidence, and nothing else."""
        return self.denials > 0 and not self.citations


def stream_answer(
    question: str,
    history: Sequence[Turn],
    *,
    retriever: Retriever,
    candidates: Sequence[Candidate],
    passed_over: Sequence[FellBack],
    k: int,
    filters: Filters = NO_FILTERS,
    guardrails: Guardrails = UNGUARDED,
) -> Iterator[Event]:
    """One `Retrieved`, each `Sentence` once it is checked, and the `Answer` last.

    A question that the guardrails don't admit gets its `Answer` alone: nothing is searched.

    A model that fails before it has said anything is replaced by the next candidate; one
    that fails later leaves what it said, and the answer tells why it stops there.

    Raises:
        QuestionError: a question that cannot be asked, a filter that the notes do not know.
        ModelUnavailableError: no candidate could answer.
    """
    clock = _Clock()
    admitted = guardrails.admitted(cleaned_question(question), history)
    question, history = admitted.question, admitted.history
    if admitted.blocked or admitted.refusal:
        yield _unasked(admitted, clock, passed_over)
        return
    query = retriever.query_for(question, history)
    found = retriever.search(query, k, filters)
    evidence = citable(retriever.evidence(query, found), question)
    finding = judge_evidence(query, evidence, retriever.index)
    passages = guardrails.shown_passages(found)
    clock.retrieved()
    yield Retrieved(query, passages)

    if not finding.enough:
        yield _abstention(question, passages, finding.reason, clock, passed_over)
        return

    prompt = Prompt(query, tuple(history[-REMEMBERED_TURNS:]), tuple(worth_reading(evidence)))
    fell_back = list(passed_over)
    blocked: Blocked | None = None
    for candidate in candidates:
        reply = _Reply()
        guard = guardrails.over_reply(prompt.evidence, found, admitted)
        stopped: str | None = None
        try:
            for checked in _checked_reply(candidate, prompt, reply, guard):
                reply.add(checked)
                if not checked.sentence.withheld:
                    clock.first_sentence()
                yield checked.sentence
        except ModelUnavailableError as error:
            stopped = error.message
        except Exception as error:
            # Only what is known to be a provider's or a network's fault is fallen back from.
            stopped = explain_failure(error)
            if stopped is None:
                raise
        blocked = guard.blocked or blocked
        # Another model would only put in other words what must not be said.
        final = guard.blocked is not None and guard.blocked.policy != "grounding"
        if reply.shown or final:
            held = guard.blocked
            yield _answer(question, reply, candidate, passages, fell_back, stopped, clock, held)
            return
        why = stopped or "nothing it wrote was supported by the notes"
        fell_back.append(FellBack(candidate.model_id, why))
    if blocked is not None:
        yield _answer(question, _Reply(), candidates[-1], passages, fell_back, None, clock, blocked)
        return
    raise ModelUnavailableError(
        "no model could answer: " + "; ".join(f"{f.model_id}: {f.reason}" for f in fell_back),
        mend="ragbot doctor",
    )


def _checked_reply(
    candidate: Candidate, prompt: Prompt, reply: _Reply, guard: ReplyGuard
) -> Iterator[CheckedSentence]:
    checker = CitationChecker(prompt.evidence, withhold=candidate.withhold_unsupported)
    said: set[str] = set()
    for draft in _drafts(candidate, prompt, reply):
        draft = replace(draft, text=without_hidden(draft.text).strip())
        if draft.text and draft.text.lower() not in said:  # small models repeat themselves
            said.add(draft.text.lower())
            yield guard.held_back(draft) or guard.passed(checker.check(draft))
        if guard.ended:
            return


def _drafts(candidate: Candidate, prompt: Prompt, reply: _Reply) -> Iterator[DraftSentence]:
    sentences = SentenceStream()
    for chunk in candidate.open().stream(messages(prompt)):
        spent = getattr(chunk, "usage_metadata", None)
        if spent:
            reply.usage = Usage(
                reply.usage.input_tokens + spent.get("input_tokens", 0),
                reply.usage.output_tokens + spent.get("output_tokens", 0),
            )
        yield from sentences.feed(str(chunk.text))
    yield from sentences.finish()


def _answer(
    question: str,
    reply: _Reply,
    candidate: Candidate,
    passages: tuple[RetrievedPassage, ...],
    fell_back: Sequence[FellBack],
    stopped: str | None,
    clock: _Clock,
    blocked: Blocked | None,
) -> Answer:
    denied = reply.denies_all or not reply.shown
    return Answer(
        question=question,
        text=laid_out(reply.sentences) or HELD_BACK,
        sentences=tuple(reply.sentences),
        citations=tuple(sorted(reply.citations, key=lambda citation: citation.marker)),
        passages=passages,
        abstained=denied,
        reason=_why_denied(reply, blocked) if denied else stopped,
        model_id=candidate.model_id,
        fell_back_from=tuple(fell_back),
        nearest_topics=_nearest_topics(passages) if denied else (),
        usage=reply.usage,
        timings=clock.timings(),
        blocked=blocked,
    )


def _why_denied(reply: _Reply, blocked: Blocked | None) -> str:
    if blocked is not None and not reply.shown:
        return blocked.reason
    return "the model found no answer in the passages"


def laid_out(sentences: Sequence[Sentence]) -> str:
    """The text of an answer: what is shown, with its markers."""
    text = "".join(
        f"{sentence.prefix}{sentence.text}"
        + "".join(
            f" [{marker}]" if i == 0 else f"[{marker}]" for i, marker in enumerate(sentence.markers)
        )
        for sentence in sentences
        if not sentence.withheld
    )
    return text.strip()


def _unasked(admitted: Admitted, clock: _Clock, passed_over: Sequence[FellBack]) -> Answer:
    """For a question that no model and no search may see, or that no note can answer."""
    blocked = admitted.blocked
    _log.info("a question was not admitted: %s", blocked.policy if blocked else "about ourselves")
    answer = _abstention(admitted.question, (), admitted.refusal, clock, passed_over)
    if blocked is None:
        return answer
    return replace(answer, text=HELD_BACK, reason=blocked.reason, blocked=blocked)


def _abstention(
    question: str,
    passages: tuple[RetrievedPassage, ...],
    reason: str | None,
    clock: _Clock,
    passed_over: Sequence[FellBack],
) -> Answer:
    topics = _nearest_topics(passages)
    text = ABSTAINS
    if topics:
        text += " The nearest topics they hold: " + "; ".join(topic[-1] for topic in topics) + "."
    return Answer(
        question=question,
        text=text,
        sentences=(),
        citations=(),
        passages=passages,
        abstained=True,
        reason=reason,
        model_id="none",
        fell_back_from=tuple(passed_over),
        nearest_topics=topics,
        timings=clock.timings(),
    )


def _nearest_topics(passages: Sequence[RetrievedPassage], most: int = 3) -> tuple[HeadingPath, ...]:
    paths = (item.passage.heading_path for item in passages)
    by_name = {path[-1]: path for path in paths if not gives_orders(path[-1])}
    return tuple(by_name.values())[:most]


class _Clock:
    """Seconds since the question was asked."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self._start = now()
        self._retrieved = 0.0
        self._first: float | None = None

    def retrieved(self) -> None:
        self._retrieved = self._now() - self._start

    def first_sentence(self) -> None:
        if self._first is None:
            self._first = self._now() - self._start

    def timings(self) -> Timings:
        return Timings(self._retrieved, self._first, self._now() - self._start)
