"""Free answers: are the facts there, do the citations hold them, was a gap admitted?

Nugget recall follows the TREC question-answering track (Voorhees 2003), citation precision and
recall ALCE (Gao et al. 2023). The entailment that ALCE takes from a large model is a rule here,
written apart from the product's own checker and stricter (see `entails`); a judge model can be
put in its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from eval.banks import FALSE_PREMISE, NOT_IN_THE_NOTES, Nugget, Question
from ragbot.store.lexical import words_of
from ragbot.types import Answer, Citation, Passage, Sentence

Entails = Callable[[str, str], bool]  # (evidence, claim)

ENTAILING_WORDS = 0.75  # of the claim's content words
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")
_NEGATION = re.compile(
    r"\b(?:no(?!\s+(?:more|less|fewer|longer|later)\s+than\b)|not(?!\s+only\b)|never|none|neither"
    r"|nor|without|cannot|lacks?|unable)\b|n['’]t\b",
    re.IGNORECASE,
)
# Where one statement ends and another begins. A line that is indented, or begins with a small
# letter, goes on with the one before.
_CLAUSE_END = re.compile(
    r"(?<=[.!?;])\s+|,\s+(?=(?:but|while|whereas)\b)|\n(?=[^\sa-z]|\s*(?:[-*+|>]|\d+[.)])\s|\s*\n)"
)


@dataclass(frozen=True, slots=True)
class FreeScore:
    """The verdicts on one answer; None where a measure does not apply to it.

    Attributes:
        nugget_recall: share of the must-have facts that the answer states; a refusal has none.
        cited_nuggets: share of them that a sentence states whose cited evidence holds them.
        correct: every must-have fact is stated and its cited evidence holds it.
        citation_recall: share of the sentences that their citations together entail.
        citation_precision: share of the citations that are needed or suffice (ALCE).
        supported: share of the sentences that carry at least one checked citation.
        abstained: it said that the notes don't hold the answer.
        corrected: a false premise was answered with its correction.
        gold_cited: a citation stands on the bank's own evidence.
        nearest_tells: it abstained, and the line that it shows as nearest states a must-have fact:
            the answer, where it was wrong to abstain, or what a false premise is wrong by.
    """

    nugget_recall: float | None = None
    cited_nuggets: float | None = None
    correct: bool | None = None
    citation_recall: float | None = None
    citation_precision: float | None = None
    supported: float | None = None
    abstained: bool | None = None
    corrected: bool | None = None
    gold_cited: bool | None = None
    nearest_tells: bool | None = None

    def to_json(self) -> dict[str, float | bool | None]:
        return asdict(self)


def score_answer(
    question: Question,
    answer: Answer,
    gold_passages: frozenset[str],
    entails: Entails | None = None,
) -> FreeScore:
    """Hold an answer of the product against the bank's question."""
    entails = entails or entails_by_rule
    texts = {item.passage.passage_id: _evidence_text(item.passage) for item in answer.passages}
    told = [
        (claim.text, [texts.get(each, "") for each in _passages(citations)])
        for claim, citations in claims_of(answer)
    ]
    claims = [] if answer.abstained else told
    stated, cited_of = [text for text, _ in claims], [cited for _, cited in claims]
    recall, precision = _alce(stated, cited_of, entails)
    has = [states(" ".join(stated), nugget) for nugget in question.nuggets]
    held = [_held(nugget, stated, cited_of) for nugget in question.nuggets]
    shown = [s for s in answer.sentences if not s.withheld and not _lead_in(s)]
    return FreeScore(
        nugget_recall=_share(has),
        cited_nuggets=_share(held),
        correct=all(held) if held and question.answerable else None,
        citation_recall=recall,
        citation_precision=precision,
        supported=None if answer.abstained else _share([bool(s.markers) for s in shown]),
        abstained=answer.abstained,
        corrected=bool(held) and any(held) if question.kind == FALSE_PREMISE else None,
        gold_cited=any(c.passage_id in gold_passages for c in answer.citations)
        if gold_passages and not answer.abstained
        else None,
        nearest_tells=any(
            _held(nugget, [text for text, cited in told if cited], [c for _, c in told if c])
            for nugget in question.nuggets
        )
        if answer.abstained
        else None,
    )


def well_done(question: Question, score: FreeScore) -> float:
    """One figure for a question of any kind, for comparisons: 1 where it was handled right.

    An answerable one: correct. One that the notes don't answer: refused. A false premise:
    corrected, or refused.
    """
    if question.kind in NOT_IN_THE_NOTES:
        return float(bool(score.abstained))
    if question.kind == FALSE_PREMISE:
        return float(bool(score.corrected or score.abstained))
    return float(bool(score.correct))


def states(text: str, nugget: Nugget) -> bool:
    """One of the nugget's spellings stands in the text, as whole words."""
    plain = _plain(text)
    wanted = [_plain(spelling) for spelling in nugget.accepted]
    return any(each.strip() and each in plain for each in wanted)


def entails_by_rule(evidence: str, claim: str) -> bool:
    """The evidence bears the claim out, as far as words can tell.

    All its figures stand in the evidence, at least `ENTAILING_WORDS` of its content words too,
    and what it negates, and nothing else, the evidence negates.
    """
    known = set(_figures(evidence))
    if any(figure not in known for figure in _figures(claim)):
        return False
    wanted = set(words_of(claim))
    if not wanted:
        return True
    held = wanted & set(words_of(evidence))
    if len(held) < ENTAILING_WORDS * len(wanted):
        return False
    return _negates_alike(evidence, claim)


def _negates_alike(evidence: str, claim: str) -> bool:
    """Each clause of the claim negates where the clause of the evidence does that has most of its
    words: what the rest of a passage negates says nothing about it."""
    known = [(clause, set(words_of(clause))) for clause in _CLAUSE_END.split(evidence)]
    for clause in _CLAUSE_END.split(claim):
        wanted, denied = set(words_of(clause)), bool(_NEGATION.search(clause))
        most = max(len(wanted & words) for _, words in known)
        nearest = [each for each, words in known if len(wanted & words) == most]
        # A table row may hold a "no" of another column.
        if not any(
            denied == bool(_NEGATION.search(each)) or ("|" in each and not denied)
            for each in nearest
        ):
            return False
    return True


def _alce(
    claims: Sequence[str], cited: Sequence[Sequence[str]], entails: Entails
) -> tuple[float | None, float | None]:
    """(citation recall, citation precision) of an answer; None without claims or citations."""
    if not claims:
        return None, None
    whole = [
        bool(texts) and entails("\n".join(texts), claim)
        for claim, texts in zip(claims, cited, strict=True)
    ]
    precise = []
    for claim, texts, holds in zip(claims, cited, whole, strict=True):
        for place, text in enumerate(texts):
            others = [other for i, other in enumerate(texts) if i != place]
            needless = bool(others) and entails("\n".join(others), claim)
            precise.append(holds and (entails(text, claim) or not needless))
    return _share(whole), _share(precise)


def _held(nugget: Nugget, stated: Sequence[str], cited: Sequence[Sequence[str]]) -> bool:
    """A sentence states it, and the evidence that this sentence cites states it too."""
    for place, claim in enumerate(stated):
        # A fact may be told over two lines ("It has these classes:" and its items).
        near = " ".join(stated[max(0, place - 1) : place + 1])
        texts = [text for texts in cited[max(0, place - 1) : place + 1] for text in texts]
        for said in (claim, near):
            if states(said, nugget) and any(states(text, nugget) for text in texts):
                return True
    return False


def claims_of(answer: Answer) -> list[tuple[Sentence, list[Citation]]]:
    """The shown sentences that state something, each with its citations."""
    by_claim: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        by_claim.setdefault(citation.claim, []).append(citation)
    return [
        (sentence, by_claim.get(sentence.text, []))
        for sentence in answer.sentences
        if not sentence.withheld and not _lead_in(sentence)
    ]


def _passages(citations: Sequence[Citation]) -> list[str]:
    """Each once, though a sentence may stand on two lines of it."""
    return list(dict.fromkeys(citation.passage_id for citation in citations))


def _lead_in(sentence: Sentence) -> bool:
    return sentence.reason == "makes no claim"


def _evidence_text(passage: Passage) -> str:
    """What a reader of the citation sees: the headings that it stands under, and the passage."""
    return passage.indexed_text


def _share(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None


def _figures(text: str) -> list[str]:
    return [figure.replace(",", "").rstrip(".") for figure in _FIGURE.findall(text)]


_AMOUNT = re.compile(r"(?<=\d)(?=[A-Za-z])")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
# Chinese and Japanese set no blanks: each character is a word. A figure is whole, ".5" and "5,5".
_IDEOGRAPH = "\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(
    rf"[{_IDEOGRAPH}]|(?:(?<!\w)[.](?=\d))?[^\W_{_IDEOGRAPH}]+(?:(?<=\d)[.,]\d+)*|[$%]"
)


def _plain(text: str) -> str:
    """Lower-case words between single blanks, padded: "400KB" is "400 kb", "16,000" 16000."""
    text = _AMOUNT.sub(" ", _THOUSANDS.sub("", text.lower()))
    return f" {' '.join(_WORD.findall(text))} "
