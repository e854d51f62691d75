"""Hold each sentence of a reply against the evidence, and give it the markers that hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ragbot.cells import cells_of
from ragbot.citations.checks import NO_CHECKS, Checks
from ragbot.citations.denials import denied_clause, denies_only
from ragbot.citations.drafts import DraftSentence
from ragbot.citations.framing import Framing, is_courtesy
from ragbot.citations.hearing import DISAGREES, Hearing
from ragbot.citations.invented import invented_word
from ragbot.citations.named import leans
from ragbot.citations.periods import contradicts_itself
from ragbot.citations.support import Support, together
from ragbot.citations.yes_no import (
    as_statement,
    opens_with,
    says_little_more,
    speaks_of_itself,
    statement_of,
)
from ragbot.evidence import Evidence, EvidenceSentence
from ragbot.figures import figures_of, in_figures_of
from ragbot.store.lexical import words_of
from ragbot.types import Citation, Sentence, Verdict

_ASKS = re.compile(r"\W*(?:what|which|how|when|where|who|why)\b", re.IGNORECASE)
_LEANS_ON = re.compile(r"\b(?:it|its|they|their|them)\b", re.IGNORECASE)  # "When to use it"
_STRANGE = Support(0.0, (), "the head of a table has words that the notes don't know")
_EMPTY = Support(0.0, (), "it has no cells")
_OF_ITSELF = Support(0.0, (), "it speaks of the one who answers, of whom no note tells")
_SOMEBODY = re.compile(r"\b(?:I|[Mm]y)\b")
_AGAINST_ITSELF = Support(0.0, (), "it says the opposite of itself")
_NOT_TOLD = Support(0.0, (), "a yes or no that no note can be held against")


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence as the page may show it, with a citation for each of its markers.

    `denies` is True where the model says that the notes do not hold the answer, `leads_in` where it
    only heads what follows. `spans` are what the sentence stands on; of one that the notes
    contradict, or bear out in part, what they say instead.
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
        self._hearing = Hearing(evidence, checks)
        self._checks = checks
        self._question = question
        self._withhold = withhold
        self._told: set[str] = set()
        self._marker_of: dict[str, int] = {} if markers is None else markers
        self._figures = figures_of("\n".join(s.text for x in evidence for s in x.sentences))
        told = (word for item in evidence for word in words_of(item.passage.indexed_text))
        self._framing = Framing(frozenset(told), frozenset(words_of(question)))

    def sentences(self, draft: DraftSentence) -> Iterator[CheckedSentence]:
        """The sentence, and behind it what the notes have to say to it: instead of one that they
        contradict; the dated note on a fact that has changed; another line that disagrees."""
        checked = self.check(draft)
        yield checked
        notes = [
            note
            for item in self._hearing.items
            for span in checked.spans
            if span.passage == item.passage
            for note in item.updates_of(span)
        ]
        if not checked.sentence.markers:
            yield from self._quoted((*checked.spans, *notes), draft)
            return
        self._told.update(span.text for span in checked.spans)
        yield from self._quoted(notes, draft)
        yield from self._quoted(
            self._hearing.disagreeing(draft.under, draft.text, checked.spans), draft
        )

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

    def check(self, draft: DraftSentence) -> CheckedSentence:
        """The sentence with the citations that hold, wherever the model put its markers."""
        if draft.columns and draft.leads:
            return self._checked_head(draft)
        if len(draft.columns) > 1:
            return self._checked(draft, self._support_of_row(draft))
        claim = as_statement(in_figures_of(self._figures, draft.text))
        if denies_only(claim, self._question):
            told = self._told_after_all(claim)
            if told is not None:
                return self._checked(draft, told)
            return CheckedSentence(self._plain(draft), (), denies=True)
        yes = opens_with(claim)
        if yes and is_courtesy(claim) and self._asked(yes) is None:
            yes = None  # "Sure!", to "Explain Boxes."
        if yes is not None and says_little_more(claim, self._question) and not figures_of(claim):
            return self._checked(draft, self._support_of_answer(yes, draft.markers))
        asks = _ASKS.match(claim) is not None and claim.endswith(":")
        nothing = self._framing.claims_nothing(draft, claim) and self._invented(claim) is None
        if nothing and (asks or not self._hearing.against(claim)):
            return CheckedSentence(self._plain(draft), (), leads_in=True)
        return self._checked(draft, self._support_of(claim, self._heads_of(draft), draft.markers))

    def _heads_of(self, draft: DraftSentence) -> tuple[str, ...]:
        """What it stands under, and what the sentence speaks of that it leans on; an item that
        begins with nothing that the notes know is on what its lead is, or the question."""
        meant = self._hearing.subject_of(draft.after)
        if meant and leans(draft.text):
            return (*draft.under, meant)
        if not meant and len(self._checks.about) == 1 and any(map(_LEANS_ON.search, draft.under)):
            (meant,) = self._checks.about
        is_item = draft.under and draft.prefix.strip() and not self._hearing.subject_of(draft.text)
        return (meant, *draft.under) if meant and is_item else draft.under

    def _support_of(self, claim: str, heads: Sequence[str], markers: Sequence[int]) -> Support:
        """That of a claim under these heads."""
        if contradicts_itself(claim):
            return _AGAINST_ITSELF
        if speaks_of_itself(claim) and not self._is_told_by_somebody:
            return _OF_ITSELF
        support = self._hearing.support_under(heads, claim, markers)
        if support.holds and (invented := self._invented(claim)) is not None:
            reason = f"{invented!r} is no word that the notes know"
            return replace(support, reason=reason, partly=True)
        return support

    def _support_of_answer(self, yes: bool, markers: Sequence[int]) -> Support:
        """That of a bare yes or no; of a no, too, where the notes deny what was asked."""
        stated = self._asked(yes)
        support = _NOT_TOLD if stated is None else self._hearing.support_for(stated, markers)
        if support.holds or yes:
            return support
        against = self._hearing.against(self._asked(True) or "")
        if against is None or against.share < DISAGREES:
            return support
        return replace(against, reason=None, opposed=False)

    def _asked(self, yes: bool) -> str | None:
        """What a yes or no to the question states; None where it is no answer to it."""
        return statement_of(self._question, yes, self._checks.about)

    @property
    def _is_told_by_somebody(self) -> bool:
        """Whether the notes speak of "my office" themselves."""
        sentences = (each for item in self._hearing.items for each in item.sentences)
        return any(_SOMEBODY.search(each.text) for each in sentences)

    def _support_of_row(self, draft: DraftSentence) -> Support:
        """That of all cells of a table's row, each below the head of its column."""
        name, *cells = cells_of(draft.text)
        _, *heads = (*draft.columns, *[""] * len(cells))
        told = [
            _OF_ITSELF
            if speaks_of_itself(cell)
            else self._support_of(
                f"{name}: {in_figures_of(self._figures, cell)}", (*draft.under, head), draft.markers
            )
            for head, cell in zip(heads, cells, strict=False)
            if any(map(str.isalnum, cell))
        ]
        return together(told) if told else _EMPTY

    def _checked_head(self, draft: DraftSentence) -> CheckedSentence:
        """The head of a table states nothing, in words of the notes or of the question."""
        if self._framing.heads_a_table(draft.columns):
            return CheckedSentence(self._plain(draft), (), leads_in=True)
        return self._checked(draft, _STRANGE)

    def _checked(self, draft: DraftSentence, support: Support) -> CheckedSentence:
        if support.holds:
            self._hearing.spoken_of = frozenset(span.passage.passage_id for span in support.spans)
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

    def _told_after_all(self, claim: str) -> Support | None:
        """What the notes say to a denial that is none: they do say that it is so, or that it is not
        so what they are said not to explain."""
        how, clause = denied_clause(claim) or ("", "")
        if how == "why":
            return self._hearing.against(clause)
        support = self._hearing.by_rules(clause, ()) if how == "that" else None
        if support is None or not support.holds:
            return None
        return replace(support, reason="the notes do say so", opposed=True)

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

    def _marker(self, passage_id: str) -> int:
        return self._marker_of.setdefault(passage_id, len(self._marker_of) + 1)

    def _invented(self, claim: str) -> str | None:
        known = self._checks.recognizes
        if known is None:
            return None
        return invented_word(claim, lambda word: word in self._hearing.ordinary or known(word))

    @staticmethod
    def _plain(draft: DraftSentence) -> Sentence:
        return Sentence(draft.text, (), "supported", "makes no claim", prefix=draft.prefix)
