"""Follow-ups -> questions that stand on their own, by rules alone.

    "What is Shield Advanced?"  "what does it cost?"   -> what does Shield Advanced cost?
    "What does KMS cost?"       "and CloudHSM?"        -> What does CloudHSM cost?
    "ECS or EKS?"               "is the latter free?"  -> is EKS free?

A question that names its own subject and does not lean back stays as it is. Where the words
cannot tell there are two readings, and the notes decide which of them they know better
(`Retriever.query_for`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragbot.retrieval.names import AUXILIARIES, QUESTION_WORDS, Names, Piece, words_in
from ragbot.retrieval.pronouns import Resolved, last_subject, resolved, with_meaning
from ragbot.retrieval.queries import pasted_choices
from ragbot.retrieval.subjects import Earlier, earlier
from ragbot.store.lexical import words_of
from ragbot.types import Turn

LONG = 25  # words from which a question tells a story of its own
TELLING = 6  # content words above which a question hardly leans back by a doubtful pronoun
IMPLICIT = 4  # and without any
SHORT = 8  # words that "and ...?" may have without being a question
REMEMBERED = 4  # turns that a follow-up can lean back over

_CONNECTIVE = re.compile(
    r"^(?:(?:and|or|but|so|then|also|ok(?:ay)?|well|hm+|yes|no|right|sorry|oh|now|great|cool|nice"
    r"|perfect|thanks|thank you|i see|got it|understood|interesting|fair enough|good to know"
    r"|(?:that |it )?makes sense|that(?:['’]s| is) (?:clear|good|great|helpful|fine)|that helps)\b"
    r"[\s,.!:-]*)*(?:(?:what|how) about\b|what of\b|(?:(?:is|are) (?:it|they) )?the same for\b"
    r"|(?:does|do|would|will) (?:that|this|the same|it(?= (?:also |still )?hold)) (?:also |still )?"
    r"(?:hold|apply|go)(?: true)? (?:for|to)\b)?"
    r"[\s,]*",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"(?:(?:please|can you|could you) )*(?:(?:tell|show|give|explain|describe|elaborate)\b"
    r"(?: me| us)?(?: (?:a bit|some|any|an))?(?: (?:more|further|details?|examples?))*"
    r"(?: (?:of|about|on))?(?: (?:it|that|this|them))?|go on|continue|(?:anything|what) else|more"
    r"|(?:some |any |an |more )?(?:details?|examples?)|like what|such as|for (?:example|instance)"
    r"|really|are you sure|is that (?:so|all|right|true))(?: please)?",
    re.IGNORECASE,
)
_JUST_ASKS = re.compile(
    r"(?P<ask>why(?: not)?|how|(?:since |until |from )?when|where|who"
    r"|how (?:long|much|many|often|large|big|fast|far|soon))(?: come| so| then| exactly)?"
    r"|(?P<why>why|how) (?:is|was) (?:that|this|it)(?: so)?",
    re.IGNORECASE,
)
# "and does Neptune?"
_SAME_ASKED = re.compile(
    r"^(?:is|are|was|does|do|did|can|has|have|will)\s+(?P<noun>\S+(?:\s\S+){0,2})$", re.IGNORECASE
)
_IF = re.compile(r"(?:and |but )?(?:what )?if\b", re.IGNORECASE)
_HEADED = re.compile(r"^(?P<noun>[^,?]{2,60}),\s*(?P<rest>\S.*)$", re.DOTALL)
_ANOTHERS = re.compile(r"^(?:the\s+)?(?:ones?|that|those)\s+(?:of|for|in|from|with)\s+", re.I)
_ONE_THAT = re.compile(r"(?:the|an?) ones? (?:that|which|who)\b", re.IGNORECASE)
_ONES = re.compile(r"^(?:the\s+)?(?P<how>\S+(?:\s\S+)?)\s+ones?$", re.IGNORECASE)
_PREPOSED = re.compile(
    r"^(?P<by>of|for|from|in|on|with|to|by|at|per|after|under|during|against|without)\s+"
    r"(?P<noun>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_OF_SOMETHING = frozenset(
    """alternative api charge cost default difference discount feature fee length limit limitation
    maximum minimum mode name number option period price quota rate region requirement restriction
    retention setting size sla term tier time type variant version way""".split()
)
_ENDING = re.compile(
    r"(?:[\s,]+(?:then|too|instead|as well|either|please))*[\s?!.]*$", re.IGNORECASE
)
# "and what about the warranty of the Aero 14?" asks nothing of what came before.
_PROPERTY = re.compile(r"the (?!ones?\b)(?:[\w-]+ ){1,3}of (?:the )?\w", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:the|an?)\s+", re.IGNORECASE)
_INDEFINITE = re.compile(r"\b(?:an?|any)\s+$", re.IGNORECASE)


def readings(question: str, history: Sequence[Turn], names: Names) -> tuple[str, ...]:
    """What the question may mean after what came before; mostly one reading.

    Of two, the first leans back less than the second.
    """
    if not history or len(question.split()) >= LONG or pasted_choices(question):
        return (question,)
    turns: list[Earlier] = []
    for turn in history[-REMEMBERED:]:
        alone = turn.query or _readings(_in_one_line(turn.question), turns, names)[-1]
        turns.append(earlier(turn, alone, names))
    return tuple(dict.fromkeys(_readings(_in_one_line(question), turns, names)))


def introduced(question: str, names: Names) -> list[str]:
    """What it brings up as something new, in two words or more: "an organization trail".

    "A size limit" is brought up of something: of what was spoken of.
    """
    return [
        question[piece.start : piece.end]
        for piece in names.pieces(question)
        if len(piece.words) > 1
        and piece.words[-1].key not in _OF_SOMETHING
        and _INDEFINITE.search(question[: piece.start])
    ]


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def _readings(question: str, turns: Sequence[Earlier], names: Names) -> list[str]:
    if not turns:
        return [question]
    last = turns[-1]
    connective = _CONNECTIVE.match(question)
    rest = question[connective.end() :].strip() if connective else question
    bare = _ENDING.sub("", rest)
    if not words_in(bare) or _MORE.fullmatch(bare):
        return [last.question]
    asks = _JUST_ASKS.fullmatch(bare)
    if asks:
        return [_asked_of(asks["ask"] or asks["why"], last)]
    if _IF.match(bare):
        return [f"{last.question} {bare}?"]
    connected = rest != question
    headed = _HEADED.match(rest)
    if headed and _is_noun(headed["noun"]):
        meant = resolved(headed["noun"], turns, names)
        if meant or connected:
            return [_with_head(meant, headed["noun"], headed["rest"], turns, names)]
    telling = len(words_of(rest))
    found = resolved(rest, turns, names)
    if found is not None and (found.sure or telling <= TELLING):
        if _ENDING.sub("", found.text) in last.options:  # "and the latter?"
            return [f"What is {_ENDING.sub('', found.text)}?"]
        return [found.text] if found.sure else [question, found.text]
    if found is None and _is_noun(bare):
        if connected and _PROPERTY.match(bare) and names.know_one_in(bare):
            return [f"What is {bare}?"]
        if connected or len(words_in(bare)) <= 2:
            return _swapped_readings(bare, turns, names)
        # Words as they are typed into a search box.
        return [question] if _is_named(bare, names) else [question, _joined(bare, turns)]
    same = _SAME_ASKED.match(bare)
    if found is None and same and names.know(same["noun"]):
        return [_swapped(same["noun"], last, names)]
    if telling > IMPLICIT or names.know_one_in(rest):
        return [question]
    return [question, _joined(rest, turns)]


def _is_noun(text: str) -> bool:
    """No question of its own: short, and no question word or auxiliary opens it."""
    words = words_in(text)
    opening = words[0].low.partition("'")[0] if words else ""
    return len(words) <= SHORT and opening not in AUXILIARIES | QUESTION_WORDS | {"i", "any"}


def _is_named(text: str, names: Names) -> bool:
    return any(piece.is_named for piece in names.pieces(text))


def _asked_of(ask: str, last: Earlier) -> str:
    """`why?` asked of "Is X simpler than Y?"."""
    words = words_in(last.question)
    if words and words[0].low in AUXILIARIES:
        return f"{ask} {last.question[0].lower()}{last.question[1:]}"
    return f"{last.question} {ask}?"


def _joined(text: str, turns: Sequence[Earlier]) -> str:
    subject = last_subject(turns)
    return f"{subject}: {text}" if subject else f"{turns[-1].question} {text}"


def _with_head(
    found: Resolved | None, noun: str, rest: str, turns: Sequence[Earlier], names: Names
) -> str:
    """`and the other one, does it scale?`: what stands in front is what "it" means."""
    head = found.text if found else names.completed(_ARTICLE.sub("", noun))
    spoken = with_meaning(rest, head)
    if spoken == rest:
        spoken = f"{head}: {rest}"
    if found or _is_named(head, names):
        return spoken
    return _joined(spoken, turns)


def _swapped_readings(noun: str, turns: Sequence[Earlier], names: Names) -> list[str]:
    """`and X?`: the question before, asked of X; or an X of what was spoken of."""
    swapped = _swapped(noun, turns[-1], names)
    preposed = _PREPOSED.match(noun)
    replaces = preposed and _behind(preposed["by"], turns[-1].question, names)
    slot = turns[-1].slot  # a page blob in the place of an append blob
    alike = slot is not None and slot.words[-1].key == words_in(noun)[-1].key
    if replaces or alike or names.know_one_in(names.completed(noun)):
        return [swapped]
    return [swapped, _joined(noun, turns)]


def _swapped(noun: str, last: Earlier, names: Names) -> str:
    asked = last.question
    slot = last.slot
    preposed = _PREPOSED.match(noun)
    if preposed:
        slot = _behind(preposed["by"], asked, names) or slot
        noun = preposed["noun"]
    if slot is None:
        return f"{asked} {noun}?"
    another = _ANOTHERS.match(noun)
    if another:
        noun = noun[another.end() :]
    ones = _ONES.match(noun)
    if ones:
        how = _ARTICLE.sub("", ones["how"])
        noun = how if names.know_one_in(how) else f"{how} {slot.words[-1].text}"
    article = _ARTICLE.match(noun)
    noun = names.completed(noun if preposed else _ARTICLE.sub("", noun))
    start, end = _exchanged(slot, noun, names)
    if _ONE_THAT.match(noun):
        start, end = slot.start, slot.end
    lead = re.search(r"\b(?:the|an?)\s+$", asked[:start], re.IGNORECASE)
    if article and lead:  # it brings its own
        start = lead.start()
        noun = noun if noun.startswith(article[0]) else f"{article[0]}{noun}"
    # "the Data rota" takes the place of Platform in "the Platform rota", and brings its own.
    again = re.match(rf" {re.escape(noun.split()[-1])}\b", asked[end:], re.IGNORECASE)
    return f"{asked[:start]}{noun}{asked[end + (again.end() if again else 0) :]}"


def _behind(preposition: str, asked: str, names: Names) -> Piece | None:
    """The piece that the same preposition stands before."""
    for piece in names.pieces(asked):
        before = re.search(r"(\w+)\s+(?:(?:the|an?)\s+)?$", asked[: piece.start])
        if before and before[1].lower() == preposition.lower():
            return piece
    return None


def _exchanged(slot: Piece, noun: str, names: Names) -> tuple[int, int]:
    """The characters that the noun takes the place of: "EBS io1" stays EBS for "gp3"."""
    core = slot.core
    keys = {word.key for word in words_in(noun)}
    names_it = names.know_one_in(noun) or keys & {word.key for word in slot.known}
    if slot.known and not names_it and core[-1] != slot.known[-1]:
        core = core[core.index(slot.known[-1]) + 1 :]
    return core[0].start, core[-1].end
