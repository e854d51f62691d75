"""From a prompt to checked sentences: one model after another, until the answer is whole.

    candidate 1 --fails--> candidate 2 --breaks off--> candidate 3 goes on from there --> Reply

What was shown stays shown. Whoever goes on is told what is there, and what it repeats all the
same is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, cast

from ragbot.aws.waiting import while_waiting
from ragbot.chat_models import (
    BLOCKED,
    Candidate,
    cost_of,
    explain_failure,
    explain_stop,
    intervention,
    quoting_candidate,
    usage_of,
)
from ragbot.citations import (
    NO_CHECKS,
    CheckedSentence,
    Checks,
    CitationChecker,
    DraftSentence,
    SentenceStream,
    is_head_of,
)
from ragbot.errors import ModelUnavailableError
from ragbot.evidence import Prompt
from ragbot.guardrails import ReplyGuard
from ragbot.judging import ModelJudge
from ragbot.prompts import messages
from ragbot.screening import without_hidden
from ragbot.store.lexical import words_of
from ragbot.types import Blocked, Citation, Cost, FellBack, Sentence, Usage, Waiting

EMPTY = "it gave an empty reply"
UNSUPPORTED = "nothing it wrote was supported by the notes"
_ALSO = Sentence("The notes also say:", (), "supported", "makes no claim", prefix="\n\n")
_WORDS = re.compile(r"\w+")

Guards = Callable[[], ReplyGuard | None]  # for each model's reply one of its own


@dataclass(slots=True)
class Reply:
    """The answer as it grows.

    `stopped` tells why it is not whole; `blocked` is True where the service's own guardrail took
    it back, `held_back` what that one or the first of ours met.
    """

    fell_back: list[FellBack]
    sentences: list[Sentence] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    denials: int = 0
    model_id: str = "none"
    stopped: str | None = None
    blocked: bool = False
    held_back: Blocked | None = None
    usage: Usage = field(default_factory=Usage)
    cost: Cost = field(default_factory=Cost)
    markers: dict[str, int] = field(default_factory=dict)

    @property
    def shown(self) -> list[Sentence]:
        return [sentence for sentence in self.sentences if not sentence.withheld]

    @property
    def denies_all(self) -> bool:
        """The model found no answer in the evidence, and nothing else."""
        return self.denials > 0 and not self.citations

    def add(self, checked: CheckedSentence) -> None:
        self.sentences.append(checked.sentence)
        self.denials += checked.denies
        self.citations += checked.citations

    def add_judge(self, judge: ModelJudge) -> None:
        """What the judge has cost, and why it was not heard if it was not."""
        self.usage += judge.usage
        self.cost += judge.cost
        if judge.failure is not None:
            self.fell_back.append(judge.failure)

    def take_back(self) -> None:
        """Forget what was said, not what was spent on it."""
        self.sentences, self.citations, self.denials = [], [], 0
        self.markers.clear()


def ask_in_turn(
    prompt: Prompt,
    candidates: Sequence[Candidate],
    reply: Reply,
    checks: Checks = NO_CHECKS,
    guards: Guards = lambda: None,
) -> Generator[Waiting | Sentence, None, None]:
    """Fill `reply`, yielding each sentence once it is checked.

    Args:
        guards: makes what watches over one model's reply.

    Raises:
        ModelUnavailableError: no candidate could answer.
    """
    broken: str | None = None
    failed = not candidates
    for candidate in candidates:
        before = len(reply.shown)
        guard = guards()
        ending = yield from _told_by(candidate, prompt, reply, checks, guard)
        own = len(reply.shown) - before
        if own or not before:
            reply.model_id = candidate.model_id
        if ending.stop == BLOCKED:
            # Another model would be a way around what the account's owner has forbidden.
            reply.take_back()
            reply.blocked, reply.stopped, reply.held_back = True, BLOCKED, ending.blocked
            return
        held_back = None if guard is None else guard.blocked
        reply.held_back = reply.held_back or held_back
        if held_back is not None and held_back.policy != "grounding":
            # Another model would only put in other words what must not be said.
            reply.model_id = candidate.model_id
            return
        if ending.failure is None and reply.shown:
            reply.held_back = held_back
            reply.stopped = ending.stop if own else broken
            if candidate.completed and not reply.denials:
                yield from _completed(prompt, reply, checks, guards)
            return
        failed = failed or ending.failure is not None
        nothing = EMPTY if not ending.heard else UNSUPPORTED
        reason = ending.failure or ending.stop or nothing
        reply.fell_back.append(FellBack(candidate.model_id, reason, own))
        if reply.shown:
            broken = broken or reason
            prompt = replace(prompt, begun=_begun(reply.shown))
        else:
            reply.take_back()
    if not reply.shown and reply.held_back is None and not failed:
        # They were there and had nothing to say that holds: no fault of the operator.
        reply.stopped = reply.fell_back[-1].reason
        return
    if not reply.shown and reply.held_back is None:
        told = "; ".join(f"{fell.model_id}: {fell.reason}" for fell in reply.fell_back)
        raise ModelUnavailableError(f"no model could answer: {told}", mend="ragbot doctor")
    reply.stopped = broken


def _completed(
    prompt: Prompt, reply: Reply, checks: Checks, guards: Guards
) -> Generator[Waiting | Sentence, None, None]:
    """What answers, too, and is not in the answer yet."""
    guard = guards()
    there = replace(prompt, begun=_begun(reply.shown), whole=True)
    led = False
    for item in _told_by(quoting_candidate(), there, reply, checks, guard):
        if led or not isinstance(item, Sentence) or item.withheld:
            yield item
            continue
        led = True
        prefix = item.prefix if item.prefix.startswith("\n") else "\n"
        reply.sentences[-1:] = [_ALSO, replace(item, prefix=prefix)]
        yield from reply.sentences[-2:]
    if guard is not None:
        reply.held_back = reply.held_back or guard.blocked


@dataclass(slots=True)
class _Ending:
    """How a candidate's turn ended: failed, stopped short of its end, or neither.

    `blocked` tells what a guardrail of the service met, where it was what stopped it.
    """

    failure: str | None = None
    stop: str | None = None
    heard: bool = False
    blocked: Blocked | None = None
    usage: Usage = field(default_factory=Usage)


def _told_by(
    candidate: Candidate,
    prompt: Prompt,
    reply: Reply,
    checks: Checks,
    guard: ReplyGuard | None,
) -> Generator[Waiting | Sentence, None, _Ending]:
    ending = _Ending()
    try:
        with closing(_checked(candidate, prompt, reply, ending, checks, guard)) as told:
            for item in told:
                if isinstance(item, Waiting):
                    yield item
                else:
                    reply.add(item)
                    yield item.sentence
    except Exception as error:
        # Only what is known to be a provider's or a network's fault is fallen back from.
        ending.failure = explain_failure(error)
        if ending.failure is None:
            raise
    finally:
        reply.usage += ending.usage
        reply.cost += cost_of(candidate.model_id, candidate.price, ending.usage, heard=ending.heard)
    return ending


def _checked(
    candidate: Candidate,
    prompt: Prompt,
    reply: Reply,
    ending: _Ending,
    checks: Checks,
    guard: ReplyGuard | None,
) -> Generator[Waiting | CheckedSentence, None, None]:
    checker = CitationChecker(
        prompt.evidence,
        checks,
        withhold=candidate.withhold_unsupported,
        question=prompt.question,
        markers=reply.markers,
    )
    said: set[tuple[str, ...]] = {(sentence.text.lower(),) for sentence in reply.sentences}
    there = {(c.passage_id, c.start, c.end) for c in reply.citations} if prompt.begun else set()
    lead = ""  # of a line of which nothing has been shown
    heads: list[CheckedSentence] = []  # shown with the first line below them that is
    with closing(_drafts(candidate, prompt, ending)) as drafts:
        for draft in drafts:
            if isinstance(draft, Waiting):
                yield draft
                continue
            lead = lead if lead and draft.prefix == " " else draft.prefix
            draft = replace(draft, text=without_hidden(draft.text).strip(), prefix=lead)
            own = (*draft.under, draft.text.lower())
            if not draft.text or own in said:  # small models repeat themselves
                continue
            # Markers are numbered as they are given, so what is left out must not be given any.
            known, withheld = dict(reply.markers), set[tuple[str, ...]]()
            guarded = _guarded(checker, draft, guard)
            # One by one, each with what its judge waits for.
            while checked := (yield from while_waiting(partial(next, guarded, None))):
                is_own = checked.sentence.text == draft.text
                text = own if is_own else (checked.sentence.text.lower(),)
                if text in said or (prompt.begun and _is_there(checked, there, prompt)):
                    reply.markers.clear()
                    reply.markers.update(known)
                    continue
                # The notes may say the very same in place of what is withheld.
                (withheld if checked.sentence.withheld else said).add(text)
                known = dict(reply.markers)
                if is_own and checked.leads_in:
                    heads = [*_above(draft, heads), checked]
                    continue
                if is_own and not checked.sentence.withheld:
                    yield from _above(draft, heads)
                    heads = []
                if reply.shown and not checked.sentence.prefix.startswith((" ", "\n")):
                    checked = _set_off(checked)
                lead = lead if checked.sentence.withheld else ""
                yield checked
            said |= withheld
            if guard is not None and guard.ended:
                return


def _above(draft: DraftSentence, heads: Sequence[CheckedSentence]) -> list[CheckedSentence]:
    """Those of the heads that a sentence, or a row of a table, stands under."""
    texts = {head.sentence.text for head in heads}
    held = {text for text in texts if text in draft.under or is_head_of(text, draft)}
    return [head for head in heads if head.sentence.text in held]


def _guarded(
    checker: CitationChecker, draft: DraftSentence, guard: ReplyGuard | None
) -> Iterator[CheckedSentence]:
    if guard is None:
        yield from checker.sentences(draft)
    elif held := guard.held_back(draft):
        yield held
    else:
        for checked in checker.sentences(draft):
            sentence = checked.sentence
            if sentence.markers:
                for span in checked.spans:
                    guard.learn(span.passage)
            # What the checker tells out of the notes was not in the draft.
            added = DraftSentence(sentence.text, (), sentence.prefix)
            held = None if sentence.text == draft.text else guard.held_back(added)
            yield held or guard.passed(checked)


def _drafts(
    candidate: Candidate, prompt: Prompt, ending: _Ending
) -> Generator[Waiting | DraftSentence, None, None]:
    shown = "\n".join(each.quoted for item in prompt.evidence for each in item.sentences)
    sentences = SentenceStream(shown)
    trace: dict[str, Any] = {}
    # A generator, whatever LangChain calls it: closing it closes the connection.
    stream = cast(
        Generator[Any, None, None], candidate.open().stream(messages(prompt, brief=candidate.brief))
    )
    with closing(stream):
        for chunk in stream:
            yield from chunk.additional_kwargs.get("waiting", ())
            ending.heard = ending.heard or bool(chunk.text)
            ending.stop = explain_stop(chunk.response_metadata) or ending.stop
            trace = (chunk.response_metadata.get("trace") or {}).get("guardrail") or trace
            if chunk.usage_metadata:
                ending.usage += usage_of(chunk.usage_metadata)
            yield from sentences.feed(str(chunk.text))
    if ending.stop == BLOCKED:
        ending.blocked = intervention(trace, answered=ending.usage.output_tokens > 0)
        if ending.blocked is None:
            ending.stop = None
    yield from sentences.finish()


def _is_there(checked: CheckedSentence, spans: set[tuple[str, int, int]], prompt: Prompt) -> bool:
    """Does the sentence only say again what the answer holds already?"""
    if checked.denies:
        return True
    if {(c.passage_id, c.start, c.end) for c in checked.citations} - spans:
        # Elsewhere, and in words of the answer and of the question alone, it adds nothing to it.
        said = f"{prompt.question} {prompt.begun}"
        return prompt.whole and set(words_of(checked.sentence.text)) <= set(words_of(said))
    own = set(_WORDS.findall(checked.sentence.text.lower()))
    return bool(checked.citations) or own <= set(_WORDS.findall(prompt.begun.lower()))


def _set_off(checked: CheckedSentence) -> CheckedSentence:
    """The first sentence of a model that goes on, behind those before it."""
    bullet = checked.sentence.prefix
    prefix = f"\n{bullet}" if bullet else " "
    return replace(checked, sentence=replace(checked.sentence, prefix=prefix))


def _begun(shown: Sequence[Sentence]) -> str:
    """The answer so far without its markers, which number other things than the prompt does."""
    return "".join(sentence.prefix + sentence.text for sentence in shown).strip()


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
