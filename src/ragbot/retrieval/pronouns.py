"""What "it", "they", "the other one", "the latter", "both" and "there" stand for in a follow-up.

The first of them that leans back is replaced by the subject of an earlier turn, or by one of the
things that an earlier turn compared or listed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ragbot.retrieval.names import AUXILIARIES, Names, is_plural, words_in
from ragbot.retrieval.subjects import Earlier
from ragbot.store.lexical import words_of

TOLD_WORDS = 4  # content words of what is more than an "OK, that makes sense."
TELLING_WORDS = 12  # of so long a question, a pronoun rather means what the question told

_KINDS = "one|kind|type|option|mode|tier|class|policy|service|feature|way|thing|product"
_PLACED = re.compile(
    rf"\b(?:the\s+)?(?P<sure>former|latter)\b(?:\s+(?:{_KINDS})\b)?"
    rf"|\b(?:the|its)\s+(?P<place>first|second|third|last|other)\b"
    rf"(?P<noun>\s+(?:{_KINDS})\b|\s+of\s+(?:them|those|these|the two)\b)?",
    re.IGNORECASE,
)
_BOTH = re.compile(r"\bboth(?:\s+of\s+(?:them|those|these))?\b(?!\s+\w+\s+and\b)", re.IGNORECASE)
_WHICH_OF = re.compile(
    r"which (?:one|of (?:them|(?:those|these|the) (?:two|three|four)|those|these))\b",
    re.IGNORECASE,
)
_WHICH = re.compile(
    r"which\s+(?:is|are|has|have|does|do|can|would|should|will)\b"
    r"(?! (?:the )?\w+ (?:do|does)\b)",
    re.IGNORECASE,
)
_QUALIFIED = re.compile(r"\bthe\s+(?P<how>[\w-]+)\s+(?P<noun>ones?)\b", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\b(?P<being>it['’]s|they['’]re)(?!\w)"
    r"|\b(?P<owning>its|their)\b(?!\s+own\b)"
    r"|\b(?P<many>they|them|these|those)\b(?!\s+(?:who|that)\b)"
    r"|\b(?P<one>(?:the|that|this) one)\b(?!\s+(?:of|for|in|from|with|that|which|who|where)\b)"
    r"|(?<!\bis )(?<!\bare )(?<!\bif )\b(?:in )?(?P<there>there)\b(?! (?:is|are|be|any|an?)\b)"
    r"|(?:(?<=\bdoes )|(?<=\bof )|(?<=\border )|(?<=\bget )|(?<=\buse )|(?<=\bhave )|(?<=\bneed )"
    r"|(?<=\bfor )|(?<=\bto )|(?<=\bin )|(?<=\bon ))"
    r"(?P<any>one)(?=\s*(?:[?.!,]|$)|\s+(?:cost|hold|keep|last|run)\b)"
    r"|(?<!\bthe )\b(?-i:[Ii]t)\b(?!\s+(?:is|was)\s+\w+\s+(?:to|that)\b)",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"(?:^|(?<=\bis )|(?<=\bare )|(?<=\bwas )|(?<=\bdoes )|(?<=\bdo )|(?<=\bdid )|(?<=\bcan )"
    r"|(?<=\babout )|(?<=\bfor )|(?<=\bwith )|(?<=\bof )|(?<=\bin )|(?<=\bon )|(?<=\bto )"
    r"|(?<=\bfrom )|(?<=\blike )|(?<=\bthan )|(?<=\bwhy )|(?<=\bhow )|(?<=\buse )|(?<=\busing )"
    r"|(?<=\bby )|(?<=\bif )|(?<=\bwhen ))(?P<points>(?:that|this)\b(?:\s+(?:"
    + _KINDS
    + r"|tool)\b)?)",
    re.IGNORECASE,
)
# "is it possible to", "is it true that": no pronoun.
_EMPTY_IT = re.compile(r"\b(?:is|was|would|will)\s+it\s+(?:\w+\s+){1,3}?(?:to|that|if)\s", re.I)
_CLAUSE = re.compile(
    r"[,;:.?!]|\b(?:and|or|but|if|when|because|while|where|that|which|so|as)\b", re.IGNORECASE
)
_OF_LIMIT = re.compile(
    r"\b(?:raised?|increased?|lowered|changed?|extended|exceed(?:ed)?|adjust(?:ed|able)?|hard|soft"
    r"|per (?:region|account|vpc|user|function|table|queue|second|day|month))\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?]\s")
_LEADS = frozenset("about after and before by during for from in of on than to until with".split())
_PLACES = {"first": 0, "former": 0, "second": 1, "third": 2, "latter": -1, "last": -1}


@dataclass(frozen=True, slots=True)
class Resolved:
    """A text with the thing that it leans back on put in.

    `sure` is False where the pronoun may as well mean what the text itself named before it.
    """

    text: str
    sure: bool = True


def resolved(text: str, turns: Sequence[Earlier], names: Names) -> Resolved | None:
    """None where nothing in the text leans back."""
    subject = last_subject(turns)
    spoken = _spoken_of(turns)
    options = _options(turns)
    placed = _placed(text)
    if placed is not None and not names.know_one_in(text[: placed.start()]):
        meant = _option(placed, turns[-1].chosen, options) or _option(placed, subject, spoken)
        if not meant and (placed["sure"] or placed["place"]).lower() != "other":
            meant = subject  # the other one is whatever it is, but not what was spoken of
        return Resolved(with_meaning(_put(text, placed, meant), meant)) if meant else None
    options = options or spoken
    if len(options) > 1 and not names.know_one_in(text):
        if both := _BOTH.search(text):
            return Resolved(_put(text, both, " and ".join(options)))
        if _WHICH_OF.match(text) or (turns[-1].compares and _WHICH.match(text)):
            return Resolved(f"{text.rstrip(' ?')}: {' or '.join(options)}?")
    qualified = _QUALIFIED.search(text)
    # "and the larger ones?", "and on the small one?" ask the same again.
    alone = qualified is not None and text.strip(" ?.!").partition("the ")[2] == qualified[0][4:]
    if qualified and subject and not alone and not names.know_one_in(text[: qualified.start()]):
        return Resolved(_put(text, qualified, f"the {qualified['how']} {subject}"))
    found = _leaning(text)
    if found is None:
        return None
    bound = _bound(text, found, names)
    if bound == "surely":
        return None
    if not subject:
        return Resolved(f"{turns[-1].question} {text}", sure=not bound)
    if found.lastgroup == "there":
        place = next((turn.place for turn in reversed(turns) if turn.place), subject)
        return Resolved(with_meaning(text, place), sure=not bound)
    if turns[-1].limit and _OF_LIMIT.search(text):  # is that per region? can it be raised?
        limit = f"the {turns[-1].limit} of {subject}"
        return Resolved(with_meaning(text, limit), sure=not bound)
    return Resolved(with_meaning(text, subject, _plural(subject, turns)), sure=not bound)


def _options(turns: Sequence[Earlier]) -> tuple[str, ...]:
    """Those brought up last, if nothing else was spoken of since."""
    subjects: list[str] = []
    for turn in reversed(turns):
        if turn.options:
            told = f"{turn.question} {turn.subject} {' '.join(turn.options)}"
            heard = {word.key for word in words_in(told)}
            stays = all(heard & {word.key for word in words_in(each)} for each in subjects)
            return turn.options if stays else ()
        if turn.subject:
            subjects.append(turn.subject)
    return ()


def _spoken_of(turns: Sequence[Earlier]) -> tuple[str, ...]:
    """The two things that were spoken of last, the earlier first; none where it was one."""
    spoken: list[str] = []
    for turn in reversed(turns):
        keys = {word.key for word in words_in(turn.subject)}
        others = [{word.key for word in words_in(each)} for each in spoken]
        if keys and not any(keys <= other or other <= keys for other in others):
            spoken.insert(0, turn.subject)
    return tuple(spoken[-2:]) if len(spoken) > 1 else ()


def last_subject(turns: Sequence[Earlier]) -> str:
    """What was spoken of last; of things that were compared, all of them."""
    for turn in reversed(turns):
        if turn.subject:
            return turn.subject
        if len(turn.options) == 2:
            return " and ".join(turn.options)
    return ""


def with_meaning(text: str, one: str, many: str = "") -> str:
    """The first pronoun replaced; behind an "it", also the first "them"."""
    found = _leaning(text)
    if found is None:
        return text
    many = many or one
    replaced = _put(text, found, _in_form(found, one, many))
    if many == one or found.lastgroup == "many":
        return replaced
    more = re.search(r"\b(?:they|them)\b", replaced[found.start() :], re.IGNORECASE)
    if more is None:
        return replaced
    at = found.start()
    return replaced[: at + more.start()] + many + replaced[at + more.end() :]


def _in_form(found: re.Match[str], one: str, many: str) -> str:
    match found.lastgroup:
        case "being":
            return f"{one} is"
        case "owning":
            return f"{one}'" if one.endswith("s") else f"{one}'s"
        case "many":
            return many
        case "there":
            return f"in {one}"
        case "any":
            return f"one {one}"
        case _:
            return one


def _leaning(text: str) -> re.Match[str] | None:
    empty = _EMPTY_IT.search(text)
    behind = empty.end() if empty else 0
    found = [
        match
        for pattern in (_PRONOUN, _POINTING)
        for match in pattern.finditer(text, behind)
        if not _points_at_noun(text, match)
    ]
    return min(found, key=lambda match: match.start()) if found else None


def leans(text: str) -> bool:
    """Whether it points at something that no rule puts a name to: "that function", "the other"."""
    pointing = re.finditer(r"\b(?:this|that|these|those)\b", text, re.IGNORECASE)
    return _placed(text) is not None or any(_points_at_noun(text, each) for each in pointing)


def _points_at_noun(text: str, match: re.Match[str]) -> bool:
    """As in "that function", not as in "does that scale?"."""
    if match[0].lower() not in {"this", "that", "these", "those"}:
        return False
    words = words_in(text)
    after = [word for word in words if word.start >= match.end()]
    if not after or after[0].separates or text[match.end() : after[0].start].strip():
        return False
    before = next((word.low for word in reversed(words) if word.end <= match.start()), "")
    if match[0].lower() == "that" and before and before not in AUXILIARIES | _LEADS:
        return False  # "prove that logs were kept", "a box that runs"
    return before not in AUXILIARIES or len(after) > 1


def _bound(text: str, pronoun: re.Match[str], names: Names) -> Literal["surely", "perhaps"] | None:
    """Whether the pronoun means something that the text itself says before it.

    A pronoun hardly means the subject of its own clause ("does Lambda support it?"), unless it
    owns something ("does Lambda keep its logs?"). What a sentence before its own brought up is what
    "them" are ("Alarms keep firing. Can I mute them?").
    """
    before = text[: pronoun.start()]
    words = words_in(before)
    clauses = [match.start() for match in _CLAUSE.finditer(before)]
    inside = before[: clauses[-1]] if clauses else ""
    named = before if pronoun.lastgroup == "owning" else inside
    inverted = bool(words) and words[-1].low in AUXILIARIES and pronoun.lastgroup != "points"
    if inverted and not any(word.low in AUXILIARIES for word in words[:-1]):
        named = before[: words[-1].start]  # "is it" opens a clause of its own
    if any(piece.is_named for piece in names.pieces(named)):
        return "surely"
    many = pronoun.lastgroup == "many" or pronoun[0].lower() == "their"
    if many and (things := [w for w in words if is_plural(w.low) and not w.separates]):
        told = before[: max((end.start() for end in _SENTENCE_END.finditer(before)), default=0)]
        tells = things[0].end <= len(told) and len(words_of(told)) >= TOLD_WORDS
        return "surely" if tells else "perhaps"
    ends = [end.start() for end in _SENTENCE_END.finditer(before)]
    if ends and pronoun.lastgroup == "points" and len(words_of(before[: ends[-1]])) >= TOLD_WORDS:
        return "surely"  # "Passwords should change by themselves. Who does that?"
    tells = len(words_in(text)) >= TELLING_WORDS and bool(names.pieces(before))
    return "perhaps" if tells or names.pieces(inside) else None


def _placed(text: str) -> re.Match[str] | None:
    """As in "the second one" or "the latter"; not as in "the second region"."""
    for match in _PLACED.finditer(text):
        after = words_in(text[match.end() :])
        if match["sure"] or match["noun"] or not after or after[0].separates:
            return match
        if text[match.end() :].lstrip()[:1] in {",", "?", ".", "!"}:
            return match
    return None


def _option(placed: re.Match[str], chosen: str, options: Sequence[str]) -> str:
    which = (placed["sure"] or placed["place"]).lower()
    if which == "other":
        if len(options) == 2 and chosen in options:
            return options[1 - options.index(chosen)]
        return " and ".join(options) if len(options) == 2 else ""
    place = _PLACES[which]
    return options[place] if options and place < len(options) else ""


def _plural(subject: str, turns: Sequence[Earlier]) -> str:
    """What "they" are: the subject, or the things of it that were asked for."""
    things = turns[-1].things
    if turns[-1].compares:
        return " and ".join(turns[-1].options)
    if not things or is_plural(words_in(subject)[-1].low) or " and " in subject:
        return subject
    return f"the {things} of {subject}"


def _put(text: str, place: re.Match[str], meant: str) -> str:
    return f"{text[: place.start()]}{meant}{text[place.end() :]}"
