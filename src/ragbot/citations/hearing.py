"""The evidence of one reply, heard on one claim after another: what bears it out, or stands against
it?

The rules speak first, then the judge, then a reader that may overrule the rules; what the evidence
does not bear out is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from ragbot.citations.bindings import LABEL, compares
from ragbot.citations.checks import Checks
from ragbot.citations.leads import Stated, speaking_of, stated_under, subject_of
from ragbot.citations.named import (
    names_something,
    speaks_of,
    stands_alone,
    subjects_of,
)
from ragbot.citations.rereading import borne_out, has_all_of_it, nearest_to
from ragbot.citations.respective import one_by_one
from ragbot.citations.support import (
    Support,
    judged_support,
    opposition_to,
    statements_of,
    support_of,
    together,
)
from ragbot.evidence import Evidence, EvidenceSentence
from ragbot.rows import cells_in
from ragbot.store.lexical import words_of

_CAPITALIZED = re.compile(r"[A-Z][a-z]+(?:[-/][a-z]+)*(?=[\s,])")
_BEHIND_COLON = re.compile(r"(?<=: )(?:[A-Z][a-z]+(?:[-/][a-z]+)*|A)(?=[\s,.;]|$)")
DISAGREES = 0.8  # share of a claim's words from which another line is on the same matter


class Hearing:
    """Of one reply. `evidence` grows by what is looked up and found to bear a claim out;
    `spoken_of` are the passages that the last sentence stands on, `ordinary` the words that the
    evidence writes small."""

    def __init__(self, evidence: Sequence[Evidence], checks: Checks) -> None:
        self.evidence = {item.number: item for item in evidence}
        self.spoken_of: frozenset[str] = frozenset()
        self.ordinary = frozenset(
            word for item in evidence for word in re.findall(r"\b[a-z]\w+", item.passage.text)
        )
        self._checks = checks
        rereads = checks.judge is not None and checks.judge.rereads
        self._reader = checks.judge if rereads else None
        self._stated = Stated("")  # what is being heard, as it is meant where it stands
        self._subjects = subjects_of([s for item in evidence for s in item.sentences])

    def support_under(self, heads: Sequence[str], claim: str, markers: Sequence[int]) -> Support:
        """That of a claim together with the lines that it stands under."""
        claim = self._within_sentence(claim)
        with self._read_under(heads, claim) as stated:
            # A line of the notes says nothing else under the name of what it speaks of.
            spans = () if stated.denied else _verbatim(claim, self._meant(claim, self.items))
            if spans and stated.claim != claim:
                return Support(1.0, spans, None)
            support = self._support_for_each(stated.claim, markers)
            if support.holds or not stated.otherwise:
                return support
            otherwise = self._support_for_each(stated.otherwise, markers)
            return otherwise if otherwise.holds else support

    def _support_for_each(self, claim: str, markers: Sequence[int]) -> Support:
        parts = one_by_one(claim) or (claim,)
        return together([self.support_for(part, markers) for part in parts])

    @contextmanager
    def _read_under(self, heads: Sequence[str], claim: str) -> Iterator[Stated]:
        """Meanwhile lines are heard that speak of what the heads name, and no others."""
        notes = [sentence for item in self.items for sentence in item.sentences]
        ordinary = self.ordinary_in(claim)
        self._stated = stated_under(heads, claim, notes, self._subjects, ordinary)
        try:
            yield self._stated
        finally:
            self._stated = Stated("")

    def subject_of(self, sentence: str) -> str:
        """What a sentence of the reply speaks of, if it opens with it; empty where nobody knows."""
        notes = [each for item in self.items for each in item.sentences]
        return subject_of(sentence, notes, self._subjects, self.ordinary)

    @property
    def items(self) -> Collection[Evidence]:
        return self.evidence.values()

    def support_for(self, claim: str, markers: Sequence[int]) -> Support:
        """By the rules, the judge, a second reading and what else the notes hold, in this order."""
        by_rules = self.by_rules(claim, markers)
        # Of one thing that the rules find denied no line that says nothing of it is heard, too.
        is_one = len(statements_of(claim)) == 1
        alone = self._stated.denied or (is_one and (by_rules.opposed or self._is_labelled(claim)))
        support = self._ruled(claim, by_rules, alone=alone)
        return support if support.holds else self._looked_up(claim, alone=alone) or support

    def _is_labelled(self, claim: str) -> bool:
        """Whether it puts a label to a name, or a name to what it labels: beside "Meta: ..." a line
        on Meta gives nothing but the name."""
        return LABEL.match(claim) is not None and names_something(
            claim, self.ordinary_in(claim), self._subjects
        )

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
        if support.in_order and has_all_of_it(claim, support.spans):
            return support  # nor what the same words in another order are
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
        ordinary = self.ordinary_in(claim)
        spans = self._meant(claim, (*self.items, *further), ordinary)
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
        if not stands_alone(claim, self.ordinary_in(claim)):
            return None
        known = {item.passage.passage_id for item in self.items}
        found = [x for x in self._checks.look_up(claim) if x.passage.passage_id not in known]
        support = self._reread(claim, surely=True, further=found, alone=alone) if found else None
        if support is not None:
            told = {span.passage.passage_id for span in support.spans}
            for number, item in enumerate(found, start=max(self.evidence, default=0) + 1):
                if item.passage.passage_id in told:
                    self.evidence[number] = replace(item, number=number)
        return support

    def by_rules(self, claim: str, markers: Sequence[int] = ()) -> Support:
        """What the rules alone say, wherever the markers point."""
        cited = [self.evidence[n] for n in markers if n in self.evidence]
        # What stands in the notes word for word is borne out there, wherever the marker points.
        for item in (*cited, *self.items):
            if spans := _verbatim(claim, self._spoken_of_in(item)):
                return Support(1.0, spans, None)
        support = self._support(claim, cited)
        if not support.holds:
            # The model forgot the marker, or set the wrong one: look through all evidence.
            others = self._support(claim, list(self.items))
            support = others if others.holds or others.opposed or not cited else support
        if support.holds:
            against = self.against(claim)
            # Words alone can be taken together from anywhere; a plain contradiction weighs more.
            if against and _weight(claim, against) >= _weight(claim, support):
                return against
        return support

    def against(self, claim: str) -> Support | None:
        """The sentence of the evidence that says the opposite, if one does."""
        spans = self._meant(claim, self.items)
        return opposition_to(claim, spans, self.ordinary)

    def _spoken_of_in(self, item: Evidence) -> list[EvidenceSentence]:
        """Those that speak of what the claim's heads name."""
        return speaking_of(self._stated.names, item.sentences, self._subjects)

    def _meant(
        self, claim: str, evidence: Iterable[Evidence], ordinary: frozenset[str] | None = None
    ) -> list[EvidenceSentence]:
        """The sentences that a claim may stand on: one that names nothing ("It rotates them")
        speaks of what the question names, or goes on with what the sentence before stands on."""
        spans = [sentence for item in evidence for sentence in self._spoken_of_in(item)]
        if not self._checks.about or names_something(
            claim, ordinary or self.ordinary, self._subjects
        ):
            return spans
        return [
            span
            for span in spans
            if span.passage.passage_id in self.spoken_of
            or speaks_of(span, self._checks.about, self._subjects)
        ]

    def _support(self, claim: str, evidence: Sequence[Evidence]) -> Support:
        spans = self._meant(claim, evidence)
        return support_of(claim, spans, self.ordinary, self._checks.similarity, self._subjects)

    def ordinary_in(self, claim: str) -> frozenset[str]:
        """With the claim's first word ("Pick Neptune when"), which has a capital anyway: where it
        is a word of the language and begins no name that the notes know."""
        first = _CAPITALIZED.match(claim)
        if first is None or not self._is_word(first[0], claim):
            return self.ordinary
        return self.ordinary | {first[0].lower()}

    def _within_sentence(self, claim: str) -> str:
        """The claim with a small letter behind a colon ("Pricing: Per key"), but for a name."""
        return _BEHIND_COLON.sub(
            lambda m: m[0].lower() if self._is_word(m[0], claim[m.start() :]) else m[0], claim
        )

    def _is_word(self, first: str, text: str) -> bool:
        """Whether the first word of a text is one of the language, and begins no name."""
        known, names = self._checks.recognizes, self._checks.opens_with_name
        if known is None or names is None or names(text):
            return False
        return all(map(known, re.split("[-/]", first.lower())))

    def disagreeing(
        self, heads: Sequence[str], claim: str, spans: Sequence[EvidenceSentence]
    ) -> tuple[EvidenceSentence, ...]:
        """A line of another passage that says the opposite of a supported claim."""
        with self._read_under(heads, claim):
            others = [
                sentence
                for sentence in self._meant(claim, self.items)
                if all(sentence.passage != span.passage for span in spans)
            ]
        against = opposition_to(claim, others, self.ordinary)
        return () if against is None or against.share < DISAGREES else against.spans


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
