"""Hold each sentence of a reply against the evidence, and give it the markers that hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ragbot.citations.bindings import compares
from ragbot.citations.denials import denied_clause, denies_only
from ragbot.citations.drafts import DraftSentence, cells_of
from ragbot.citations.invented import Recognizes, invented_word
from ragbot.citations.leads import Stated, speaking_of, stated_under
from ragbot.citations.named import (
    names_something,
    speaks_of,
    stands_alone,
    subjects_of,
)
from ragbot.citations.periods import contradicts_itself
from ragbot.citations.rereading import borne_out, nearest_to
from ragbot.citations.support import (
    Support,
    claim_words,
    judged_support,
    opposition_to,
    statements_of,
    support_of,
)
from ragbot.citations.yes_no import as_statement, opens_with, says_little_more, statement_of
from ragbot.evidence import Evidence, EvidenceSentence, Judge
from ragbot.figures import figures_of, in_figures_of
from ragbot.reranker import Similarity
from ragbot.rows import cells_in
from ragbot.store.lexical import words_of
from ragbot.types import Citation, Sentence, Verdict

LookUp = Callable[[str], Sequence[Evidence]]

_LEAD_IN_WORDS = 14
_ASKS = re.compile(r"\W*(?:what|which|how|when|where|who|why)\b", re.IGNORECASE)
DISAGREES = 0.8  # share of a claim's words from which another line is on the same matter
_AGAINST_ITSELF = Support(0.0, (), "it says the opposite of itself")
_NOT_TOLD = Support(0.0, (), "a yes or no that no note can be held against")


@dataclass(frozen=True, slots=True)
class Checks:
    """What a sentence is held to besides the evidence.

    Attributes:
        similarity: the cross-encoder's logits, for what words alone can't tell.
        judge: has the last word on what the rules take for supported, and on what says it in
            words too different for them; on what they refute, if it `rereads` and has no doubt.
        recognizes: whether something is a word at all; one that is none is borne out by nothing.
        opens_with_name: whether a sentence begins with a name that the notes know.
        look_up: what else the notes hold that is near to a sentence; asked where the evidence does
            not bear it out, and heard where a judge that `rereads` has no doubt.
        about: the names in the question; a sentence that names nothing speaks of these.
    """

    similarity: Similarity | None = None
    judge: Judge | None = None
    recognizes: Recognizes | None = None
    opens_with_name: Callable[[str], bool] | None = None
    look_up: LookUp | None = None
    about: Sequence[str] = ()


NO_CHECKS = Checks()


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence as the page may show it, with a citation for each of its markers.

    `denies` is True where the model says that the notes do not hold the answer, `leads_in` where it
    only heads what follows. `spans` are what
    the sentence stands on; of one that the notes contradict, or bear out in part, what they say
    instead.
    """

    sentence: Sentence
    citations: tuple[Citation, ...]
    denies: bool = False
    leads_in: bool = False
    spans: tuple[EvidenceSentence, ...] = ()


class CitationChecker:
    """Checks the sentences of one reply; numbers its markers in order of appearance.

    Args:
        evidence: what the model was shown; its markers mean `Evidence.number`.
        withhold: True where an unsupported sentence must not reach the page at all.
        question: what was asked; a bare yes or no states it.
        markers: the marker of each passage cited so far, where this reply goes on with another.
    """

    def __init__(
        self,
        evidence: Sequence[Evidence],
        checks: Checks = NO_CHECKS,
        *,
        withhold: bool,
        question: str = "",
        markers: dict[str, int] | None = None,
    ) -> None:
        self._evidence = {item.number: item for item in evidence}
        self._checks = checks
        rereads = checks.judge is not None and checks.judge.rereads
        self._reader = checks.judge if rereads else None
        self._question = question
        self._stated = Stated("")  # what is being checked, as it is meant where it stands
        self._spoken_of: frozenset[str] = frozenset()  # passages that the last sentence stands on
        self._withhold = withhold
        self._told: set[str] = set()
        self._marker_of: dict[str, int] = {} if markers is None else markers
        self._subjects = subjects_of([s for item in evidence for s in item.sentences])
        self._figures = figures_of("\n".join(s.text for x in evidence for s in x.sentences))
        self._words = frozenset(
            word for item in evidence for word in words_of(item.passage.indexed_text)
        )
        self._ordinary = frozenset(
            word for item in evidence for word in re.findall(r"\b[a-z]\w+", item.passage.text)
        )

    def sentences(self, draft: DraftSentence) -> Iterator[CheckedSentence]:
        """The sentence, and behind it what the notes have to say to it: instead of one that they
        contradict; the dated note on a fact that has changed; another line that disagrees."""
        checked = self.check(draft)
        yield checked
        notes = [
            note
            for item in self._evidence.values()
            for span in checked.spans
            if span.passage == item.passage
            for note in item.updates_of(span)
        ]
        if not checked.sentence.markers:
            yield from self._quoted((*checked.spans, *notes), draft)
            return
        self._told.update(span.text for span in checked.spans)
        yield from self._quoted(notes, draft)
        yield from self._quoted(self._disagreeing(draft.text, checked.spans), draft)

    def _quoted(
        self, spans: Sequence[EvidenceSentence], draft: DraftSentence
    ) -> Iterator[CheckedSentence]:
        # The first sentence of a reply has no line before it to be set off from.
        lead = draft.prefix or " "
        if lead.strip()[:1].isdigit():  # its number is that of the sentence alone
            lead = " "
        prefix = f"\n{lead}" if lead.strip() and not lead.startswith("\n") else lead
        for span in spans:
            if span.text not in self._told:
                self._told.add(span.text)
                yield self._cited(DraftSentence(span.quoted, (), prefix), (span,), 1.0)

    def _disagreeing(
        self, claim: str, spans: Sequence[EvidenceSentence]
    ) -> tuple[EvidenceSentence, ...]:
        """A line of another passage that says the opposite of a supported claim."""
        others = [
            sentence
            for sentence in self._meant(claim, self._evidence.values())
            if all(sentence.passage != span.passage for span in spans)
        ]
        against = opposition_to(claim, others, self._ordinary)
        return () if against is None or against.share < DISAGREES else against.spans

    def check(self, draft: DraftSentence) -> CheckedSentence:
        """The sentence with the citations that hold, wherever the model put its markers."""
        if draft.columns and draft.leads:
            return CheckedSentence(self._plain(draft), (), leads_in=True)
        if len(draft.columns) > 1:
            return self._checked(draft, self._support_of_row(draft))
        claim = as_statement(in_figures_of(self._figures, draft.text))
        if denies_only(claim, self._question):
            told = self._told_after_all(claim)
            if told is not None:
                return self._checked(draft, told)
            return CheckedSentence(self._plain(draft), (), denies=True)
        yes = opens_with(claim)
        if yes is not None and says_little_more(claim, self._question) and not figures_of(claim):
            stated = statement_of(self._question, yes, self._checks.about)
            support = _NOT_TOLD if stated is None else self._support_for(stated, draft.markers)
            return self._checked(draft, support)
        invented = self._invented(claim)
        asks = _ASKS.match(claim) is not None and claim.endswith(":")
        nothing = invented is None and self._claims_nothing(claim)
        if nothing and (asks or not self._against(claim)):
            return CheckedSentence(self._plain(draft), (), leads_in=True)
        support = (
            _AGAINST_ITSELF if contradicts_itself(claim) else self._support_under(draft, claim)
        )
        if invented is not None and support.holds:
            reason = f"{invented!r} is no word that the notes know"
            support = replace(support, reason=reason, partly=True)
        return self._checked(draft, support)

    def _support_of_row(self, draft: DraftSentence) -> Support:
        """That of all cells of a table's row, each below the head of its column."""
        name, *cells = cells_of(draft.text)
        _, *heads = (*draft.columns, *[""] * len(cells))
        spans: list[EvidenceSentence] = []
        share = 1.0
        for head, cell in zip(heads, cells, strict=False):
            if claim_words(cell) or figures_of(cell) or opens_with(cell) is not None:
                below = replace(draft, under=(*draft.under, head))
                support = self._support_under(below, f"{name}: {cell}")
                if not support.holds:
                    return support
                share = min(share, support.share)
                spans += support.spans
        return Support(share, tuple(dict.fromkeys(spans)), None if spans else "it has no cells")

    def _support_under(self, draft: DraftSentence, claim: str) -> Support:
        """That of a sentence together with the lines that it stands under."""
        evidence = self._evidence.values()
        notes = [sentence for item in evidence for sentence in item.sentences]
        stated = stated_under(draft.under, claim, notes, self._subjects, self._ordinary)
        self._stated = stated
        # A line of the notes says nothing else under the name of what it speaks of.
        spans = () if stated.denied else _verbatim(claim, self._meant(claim, evidence))
        if spans and stated.claim != claim:
            support = Support(1.0, spans, None)
        else:
            support = self._support_for(stated.claim, draft.markers)
        self._stated = Stated("")
        return support

    def _support_for(self, claim: str, markers: Sequence[int]) -> Support:
        by_rules = self._by_rules(claim, markers)
        # Of one thing that the rules find denied no line that says nothing of it is heard, too.
        alone = by_rules.opposed and len(statements_of(claim)) == 1
        support = self._ruled(claim, by_rules, alone=alone)
        return support if support.holds else self._looked_up(claim, alone=alone) or support

    def _checked(self, draft: DraftSentence, support: Support) -> CheckedSentence:
        if support.holds:
            self._spoken_of = frozenset(span.passage.passage_id for span in support.spans)
            return self._cited(draft, support.spans, support.share)
        verdict: Verdict = "unsupported"
        if support.opposed or support.partly:
            verdict = "contradicted" if support.opposed else "partly"
        sentence = Sentence(
            text=draft.text,
            markers=(),
            verdict=verdict,
            reason=support.reason,
            # What the notes say stands in its place, so it is not needed even with a mark.
            withheld=self._withhold or verdict != "unsupported",
            prefix=draft.prefix,
        )
        instead = support.spans if verdict != "unsupported" else ()
        return CheckedSentence(sentence, (), spans=instead)

    def _ruled(self, claim: str, support: Support, *, alone: bool) -> Support:
        if self._checks.judge is None or _verbatim(claim, support.spans):
            return support
        if support.holds:
            ruling = self._checks.judge(claim, support.spans)
            if ruling == "contradicted":
                return replace(support, reason="the judge finds the opposite", opposed=True)
            if ruling == "unsupported":
                reason = "the judge finds that the notes do not say it so"
                refuted = replace(support, reason=reason, partly=True)
                return self._reread(claim, surely=False) or refuted
            return support
        if self._reader is not None and compares(claim):
            return support  # which of two is the larger a small reader does not see
        if not support.partly:
            for notes in support.doubted:
                if self._checks.judge(claim, notes) == "supported":
                    return judged_support(claim, notes)
        return self._reread(claim, surely=True, alone=alone) or support

    def _reread(
        self,
        claim: str,
        *,
        surely: bool,
        further: Sequence[Evidence] = (),
        alone: bool = False,
    ) -> Support | None:
        """What bears the claim out in the reader's eyes, though not in those of the rules."""
        if self._reader is None or self._checks.similarity is None:
            return None
        ordinary = self._ordinary_in(claim)
        spans = self._meant(claim, (*self._evidence.values(), *further), ordinary)
        return borne_out(
            claim,
            nearest_to(claim, spans, self._checks.similarity),
            partial(self._reader, surely=surely),
            ordinary,
            self._subjects,
            among=frozenset(item.passage.passage_id for item in further),
            alone=alone,
        )

    def _looked_up(self, claim: str, *, alone: bool) -> Support | None:
        """What bears the claim out elsewhere than where the question led: a model may know it, and
        the notes hold it. The rules alone would find too much among so many lines, and so would
        a sentence that leans on the one before ("It is limited to 15 minutes")."""
        if self._checks.look_up is None or self._reader is None or compares(claim):
            return None
        if not stands_alone(claim, self._ordinary_in(claim)):
            return None
        known = {item.passage.passage_id for item in self._evidence.values()}
        found = [x for x in self._checks.look_up(claim) if x.passage.passage_id not in known]
        support = self._reread(claim, surely=True, further=found, alone=alone) if found else None
        if support is not None:
            told = {span.passage.passage_id for span in support.spans}
            for number, item in enumerate(found, start=max(self._evidence, default=0) + 1):
                if item.passage.passage_id in told:
                    self._evidence[number] = replace(item, number=number)
        return support

    def _by_rules(self, claim: str, markers: Sequence[int]) -> Support:
        cited = [self._evidence[n] for n in markers if n in self._evidence]
        # What stands in the notes word for word is borne out there, wherever the marker points.
        for item in (*cited, *self._evidence.values()):
            if spans := _verbatim(claim, item.sentences):
                return Support(1.0, spans, None)
        support = self._support(claim, cited)
        if not support.holds:
            # The model forgot the marker, or set the wrong one: look through all evidence.
            others = self._support(claim, list(self._evidence.values()))
            support = others if others.holds or others.opposed or not cited else support
        if support.holds:
            against = self._against(claim)
            # Words alone can be taken together from anywhere; a plain contradiction weighs more.
            if against and _weight(claim, against) >= _weight(claim, support):
                return against
        return support

    def _told_after_all(self, claim: str) -> Support | None:
        """What the notes say to a denial that is none: they do say that it is so, or that it is not
        so what they are said not to explain."""
        how, clause = denied_clause(claim) or ("", "")
        if how == "why":
            return self._against(clause)
        support = self._by_rules(clause, ()) if how == "that" else None
        if support is None or not support.holds:
            return None
        return replace(support, reason="the notes do say so", opposed=True)

    def _against(self, claim: str) -> Support | None:
        """The sentence of the evidence that says the opposite, if one does."""
        spans = self._meant(claim, self._evidence.values())
        return opposition_to(claim, spans, self._ordinary)

    def _meant(
        self, claim: str, evidence: Iterable[Evidence], ordinary: frozenset[str] | None = None
    ) -> list[EvidenceSentence]:
        """The sentences that a claim may stand on: one that names nothing ("It rotates them")
        speaks of what the question names, or goes on with what the sentence before stands on."""
        every = [sentence for item in evidence for sentence in item.sentences]
        spans = speaking_of(self._stated.names, every, self._subjects)
        if not self._checks.about or names_something(
            claim, ordinary or self._ordinary, self._subjects
        ):
            return spans
        return [
            span
            for span in spans
            if span.passage.passage_id in self._spoken_of
            or speaks_of(span, self._checks.about, self._subjects)
        ]

    def _cited(
        self, draft: DraftSentence, spans: Sequence[EvidenceSentence], share: float
    ) -> CheckedSentence:
        # Two lines of one passage have one marker and are both what it points at.
        citations = dict.fromkeys(
            Citation(
                marker=self._marker(span.passage.passage_id),
                passage_id=span.passage.passage_id,
                start=span.start,
                end=span.end,
                claim=draft.text,
                verdict="supported",
                support=round(share, 3),
            )
            for span in spans
        )
        held = tuple(sorted(citations, key=lambda each: (each.marker, each.start)))
        markers = tuple(dict.fromkeys(citation.marker for citation in held))
        sentence = Sentence(draft.text, markers, "supported", prefix=draft.prefix)
        return CheckedSentence(sentence, held, spans=tuple(spans))

    def _support(self, claim: str, evidence: Sequence[Evidence]) -> Support:
        spans = self._meant(claim, evidence)
        return support_of(claim, spans, self._ordinary, self._checks.similarity, self._subjects)

    def _marker(self, passage_id: str) -> int:
        return self._marker_of.setdefault(passage_id, len(self._marker_of) + 1)

    def _ordinary_in(self, claim: str) -> frozenset[str]:
        """With the claim's first word ("Pick Neptune when"), which has a capital anyway: where it
        is a word of the language and begins no name that the notes know."""
        first = re.match(r"[A-Z][a-z]+(?:[-/][a-z]+)*(?=[\s,])", claim)
        known, names = self._checks.recognizes, self._checks.opens_with_name
        if first is None or known is None or names is None or names(claim):
            return self._ordinary
        word = first[0].lower()
        if not all(map(known, re.split("[-/]", word))):
            return self._ordinary
        return self._ordinary | {word}

    def _invented(self, claim: str) -> str | None:
        known = self._checks.recognizes
        if known is None:
            return None
        return invented_word(claim, lambda word: word in self._ordinary or known(word))

    @staticmethod
    def _plain(draft: DraftSentence) -> Sentence:
        return Sentence(draft.text, (), "supported", "makes no claim", prefix=draft.prefix)

    def _claims_nothing(self, claim: str) -> bool:
        """Layout and lead-ins ("Choose DynamoDB when:") state no fact of their own."""
        words = claim_words(claim)
        if not words:  # "It can do so." has none, nor has what is written in another script
            return claim.endswith(":") and claim.isascii()
        short = len(claim.split()) <= _LEAD_IN_WORDS
        # In words of its own alone, it leads in something else than what the notes tell.
        known = len(words & self._words) >= len(words) / 2
        return claim.endswith(":") and short and known and not figures_of(claim)


def _weight(claim: str, support: Support) -> tuple[float, int]:
    """What lines have of a claim with their headings, and of it in their own words."""
    own = {word for span in support.spans for word in words_of(span.text)}
    return support.share, len(own.intersection(words_of(claim)))


def _verbatim(claim: str, sentences: Sequence[EvidenceSentence]) -> tuple[EvidenceSentence, ...]:
    """What the claim repeats to the letter: a sentence, or cells of a row; empty for none."""
    for each in sentences:
        if claim.split() in (each.text.split(), each.quoted.split()):
            return (each,)
    return cells_in(claim, sentences)
