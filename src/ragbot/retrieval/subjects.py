"""What an earlier turn was about, as far as a follow-up can lean on it.

"What is EBS Multi-Attach used for?"         subject: EBS Multi-Attach
"ECS or EKS for a small team?"               options: ECS, EKS
"Which query languages does Neptune have?"   subject: Neptune, things: query languages
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from ragbot.retrieval.listing import first_sentence, listed
from ragbot.retrieval.names import (
    AUXILIARIES,
    QUESTION_WORDS,
    VERBS,
    Names,
    Piece,
    Word,
    is_plural,
    names_in_heading,
    words_in,
)
from ragbot.types import Turn

_DEFINES = re.compile(
    r"^\W*(?:(?:what|who)(?:['’]s| is| are| was| were)|tell me about|explain|describe|define)\b",
    re.IGNORECASE,
)
_ASKS_WHICH = re.compile(
    r"^\W*(?:(?:what|which|who)\b(?!['’]s\b)|(?:is|are) there\b)", re.IGNORECASE
)
_ASKS_WHO = re.compile(r"^\W*who(?:m|se)?\b", re.IGNORECASE)
_OR = re.compile(r"^,?\s*(?:or|vs\.?|versus)\s+(?:an?\s+|the\s+)?$", re.IGNORECASE)
_AND = re.compile(r"^,?\s*(?:and|than|or|to|from|with)\s+(?:an?\s+|the\s+)?$", re.IGNORECASE)
_COMPARES = re.compile(
    r"\b(?:differ\w*|compar\w*|between|both|versus|vs|than|better|or)\b", re.IGNORECASE
)
# Two ordinary things are compared where it says so: "the difference between pens and pencils".
_SIDE_BY_SIDE = re.compile(
    r"\b(?:differences? between|compared? (?:to|with)?|comparison (?:of|between)|choose between)"
    r"\s+(?:an?\s+|the\s+)?$",
    re.IGNORECASE,
)
_ALTERNATIVE = re.compile(r"\bor\b", re.IGNORECASE)
_THAN = re.compile(r"\bthan\b", re.IGNORECASE)
_ARTICLE = re.compile(r"\b(?:an?|the|my|our|your)\s*$", re.IGNORECASE)
_GENITIVE = re.compile(r"(.+)['’]s$")
_BEING = frozenset("is are was were".split())
_LIMITS = frozenset("limit maximum minimum quota size timeout window threshold".split())
# Behind these stands a verb: "can customers still order X", "do I mount X".
_BEFORE_VERB = frozenset(
    "i you we they one people still also already only ever never not to".split()
)
# "Cool - Min. days kept: 30", "Parameter Store's secret size: 4 KB": as cells are quoted.
_ROW = re.compile(r"^(?P<of>[^:.?!]{2,40}?)(?:['’]s?| -) [^:?!]{2,60}: ")


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier turn.

    Attributes:
        question: as it stood on its own.
        subject: what it was about; empty where no rule can tell.
        slot: the part of the question that "and X?" puts X in the place of.
        options: what it compared (`compares`), or the answer listed.
        chosen: the one of two options that the answer was for.
        things: the plural noun asked for, which "they" may mean.
        limit: the limit of it that was asked for: "concurrency limit".
        place: what "there" is: the name in the subject, or in the heading that the answer cites.
    """

    question: str
    subject: str = ""
    slot: Piece | None = None
    options: tuple[str, ...] = ()
    compares: bool = False
    chosen: str = ""
    things: str = ""
    limit: str = ""
    place: str = ""


def earlier(turn: Turn, question: str, names: Names) -> Earlier:
    """What can be leaned on of a turn; `question` is the turn's, as it stood on its own."""
    question = _cased(question, turn.answer)
    pieces = names.pieces(question)
    compared = _compared(question, pieces)
    put_before = _put_before(question, turn.question)
    own = question.removeprefix(put_before).lstrip(": ")
    slot = _asked_about(question, names.pieces(put_before) if put_before else pieces)
    subject = put_before or _subject(question, slot, pieces)
    answered = _told_of(turn, names)
    if _ASKS_WHO.match(own) and not names.know_one_in(answered):
        answered = ""  # "it" is nobody
    if answered and (not subject or (_ASKS_WHICH.match(own) and _is_open(question, slot))):
        subject = answered
    options = compared or listed(turn.answer, names)
    chosen = ""
    if len(compared) == 2 and _ALTERNATIVE.search(question):
        chosen = _chosen(compared, turn.answer)
    elif compared and _THAN.search(question):
        chosen = compared[0]
    return Earlier(
        question=question,
        subject=chosen if compared else subject,
        slot=slot,
        options=options,
        compares=bool(compared),
        chosen=chosen,
        things=_things(question, slot, pieces),
        limit=_limit(question, pieces),
        place=_place(subject, turn, names),
    )


def _cased(question: str, answer: str) -> str:
    """The question with the capitals that the answer gives: "shield advanced" is one name."""
    for word, following in pairwise(words_in(question)):
        pair = rf"\b{re.escape(word.text)}\s+({re.escape(following.text)})\b"
        written = re.search(pair, answer, re.IGNORECASE)
        if written and len(written[1]) == len(following.text):
            question = question[: following.start] + written[1] + question[following.end :]
    return question


def _put_before(question: str, typed: str) -> str:
    """What the follow-up was joined to: EFS, where "EFS: throughput" was searched for."""
    subject, colon, _ = question.partition(": ")
    return subject if colon and subject.lower() not in typed.lower() else ""


def _asked_about(question: str, pieces: Sequence[Piece]) -> Piece | None:
    """The piece that is the question's subject: behind its auxiliary, else the first known name."""
    named = [piece for piece in pieces if piece.is_named]
    for piece, following in zip_longest(named, named[1:]):
        if _word_before(question, piece.start) in AUXILIARIES:
            owned = following is not None and not piece.known and bool(following.known)
            if owned and question[piece.end : following.start].split()[:1] == ["of"]:
                return following  # the baseline IOPS of EBS gp3
            return piece
    if not any(piece.known for piece in named):
        plain = next((p for p in pieces if _is_plain_subject(question, p)), None)
        if plain is not None:
            return plain  # what do guardrails do against PII?
    if not named:
        if len(pieces) == 1 and _DEFINES.match(question):
            return pieces[0]
        return None
    first = named[0]
    known = next((piece for piece in named if piece.known), None)
    if known is None or (known is not first and _is_in(question, first, known)):
        return first
    return known


def _is_plain_subject(question: str, piece: Piece) -> bool:
    """An ordinary thing between its auxiliary and its verb: "how large can a page blob get?"."""
    before = question[: piece.start].rstrip()
    after = words_in(question[piece.end :])
    return (
        (_ARTICLE.search(before) is not None or is_plural(piece.words[-1].low))
        and _word_before(question, piece.start) in AUXILIARIES - _BEING
        and bool(after)
        and after[0].low in VERBS | {"get", "do", "be", "have"}
    )


def _subject(question: str, slot: Piece | None, pieces: Sequence[Piece]) -> str:
    if slot is None:
        return ""
    words = nominal(question, slot)
    start, end = words[0].start, words[-1].end
    ahead = next((piece for piece in reversed(pieces) if piece.end < slot.start), None)
    auxiliary = "" if ahead is None else _word_before(question, ahead.start)
    behind_auxiliary = auxiliary in AUXILIARIES - _BEING
    if ahead is not None and behind_auxiliary and _is_in(question, ahead, slot):
        start = ahead.start  # rate-based rules in WAF
    following = next((piece for piece in pieces if piece.start > slot.end), None)
    if following is not None and not slot.known and _is_in(question, slot, following):
        end = following.end  # a REST API in API Gateway
    if slot.known and (owner := _GENITIVE.match(slot.known[-1].text)):
        end = slot.known[-1].start + owner.end(1)  # Lambda's limits are of Lambda
    return question[start:end]


def nominal(question: str, piece: Piece) -> tuple[Word, ...]:
    """The piece without a verb or predicate that no separator cut off.

    "does Secrets Manager version secrets", "is KMS multi-tenant": the name alone; "are CloudTrail
    data events immutable": up to the plural; "can I mount EFS volumes": without the verb; "lambda
    max timeout", where nothing is a verb: the name alone.
    """
    before = _word_before(question, piece.start)
    after = words_in(question[piece.end :])
    opens = before == next((word.low for word in words_in(question)), "")
    if not any(_is_of_sentence(word) for word in words_in(question)):
        return piece.core
    is_whole = (
        before not in AUXILIARIES
        or (before in _BEING and not opens)
        or (bool(after) and after[0].low in VERBS | {"do"})
        or (len(after) > 1 and after[0].low == "be" and after[1].low.endswith("ed"))
    )
    first = piece.words.index(piece.core[0])
    last = piece.words.index(piece.core[-1])
    if before in ("who", "what") and first > 0 and is_plural(piece.words[0].low):
        return piece.words[first:]  # what supersedes KMS
    if is_whole:
        governed = before in _BEFORE_VERB and first > 0
        ends = (
            before in _BEING and piece.words[-1].low.endswith("ed") and last + 1 < len(piece.words)
        )
        return piece.words[int(governed) : len(piece.words) - int(ends)]
    if before in ("are", "do"):
        plurals = (at for at, word in enumerate(piece.words) if is_plural(word.low))
        last = next((at for at in plurals if at >= last), last)
    return piece.words[first : last + 1]


def _is_of_sentence(word: Word) -> bool:
    return word.low.partition("'")[0] in AUXILIARIES | QUESTION_WORDS | VERBS


def _is_in(question: str, inner: Piece, outer: Piece) -> bool:
    between = question[inner.end : outer.start].split()
    return bool(outer.known) and between[:1] in (["in"], ["on"]) and len(between) <= 2


def _word_before(text: str, at: int) -> str:
    before = words_in(_ARTICLE.sub("", text[:at].rstrip() + " "))
    return before[-1].low if before else ""


def _is_open(question: str, slot: Piece | None) -> bool:
    """Asks which thing it is ("Which service records ...?"), not something about a named one."""
    if _DEFINES.match(question):
        return False
    return slot is None or _word_before(question, slot.start) not in AUXILIARIES


def _compared(question: str, pieces: Sequence[Piece]) -> tuple[str, ...]:
    """The names that the question puts side by side; none where it does not compare."""
    if not _COMPARES.search(question):
        return ()
    for at in range(len(pieces) - 1):
        left, right = pieces[at], pieces[at + 1]
        between = question[left.end : right.start]
        leads = question[: left.start].rstrip()[-1:] in ("", ",", ":")
        if _OR.match(between):
            fits = left.is_named or right.is_named or leads
        else:
            named = left.is_named and right.is_named
            said = named or _SIDE_BY_SIDE.search(question[: left.start])
            fits = bool(_AND.match(between) and said)
        if not fits:
            continue
        first = at
        while (
            first > 0
            and question[pieces[first - 1].end : pieces[first].start].strip() == ","
            and (pieces[first - 1].is_named or not question[: pieces[first - 1].start].strip())
        ):
            first -= 1
        last = at + 1
        while last + 1 < len(pieces) and _OR.match(
            question[pieces[last].end : pieces[last + 1].start]
        ):
            last += 1
        chosen = pieces[first : last + 1]
        things = [nominal(question, piece) for piece in chosen]
        return tuple(question[words[0].start : words[-1].end] for words in things)
    return ()


def _things(question: str, slot: Piece | None, pieces: Sequence[Piece]) -> str:
    if slot is None:
        return ""
    behind = [w for p in pieces if p.start >= slot.start for w in p.words if w not in slot.core]
    for word in reversed(behind):
        if is_plural(word.low) and not word.is_written_as_name():
            return word.text
    before = [piece for piece in pieces if piece.end < slot.start]
    if before and is_plural(before[-1].words[-1].low):
        return question[before[-1].start : before[-1].end]
    return ""


def _place(subject: str, turn: Turn, names: Names) -> str:
    known = next((piece for piece in names.pieces(subject) if piece.known), None)
    if known is not None:
        return subject[known.core[0].start : known.core[-1].end]
    return next(iter(_headings(turn)), subject)


def _limit(question: str, pieces: Sequence[Piece]) -> str:
    for piece in pieces:
        owned = bool(piece.known) and _GENITIVE.match(piece.known[-1].text)
        if piece.words[-1].key in _LIMITS and (owned or not piece.known):
            start = piece.known[-1].end if owned else piece.start  # Lambda's memory limit
            return question[start : piece.end].strip()
    return ""


def _told_of(turn: Turn, names: Names) -> str:
    """What the answer's first sentence is about, else the heading that it cites."""
    said = first_sentence(turn.answer)
    if row := _ROW.match(said):
        return row["of"]
    pieces = [piece for piece in names.pieces(said) if piece.is_named]
    known = next((piece for piece in pieces if piece.known), None)
    leading = pieces[0] if pieces and len(pieces[0].core) > 1 else None
    piece = leading or known or (pieces[0] if pieces else None)
    if piece is not None and turn.answer.strip():
        return said[piece.core[0].start : piece.core[-1].end]
    return next(iter(_headings(turn)), "")


def _headings(turn: Turn) -> list[str]:
    """The names in the headings that the answer cites, first cited and nearest first."""
    return [
        name for path in turn.about for each in reversed(path) for name in names_in_heading(each)
    ]


def _chosen(options: Sequence[str], answer: str) -> str:
    """The one of the two that alone, or first, is named in the answer."""
    said = answer.lower()
    first, second = ({w.key for w in words_in(option)} for option in options)
    places = [
        min((at for word in words if (at := said.find(word)) >= 0), default=None)
        for words in (first - second, second - first)
    ]
    if places[0] is None and places[1] is None:
        return ""
    if places[0] is None or (places[1] is not None and places[1] < places[0]):
        return options[1]
    return options[0]
