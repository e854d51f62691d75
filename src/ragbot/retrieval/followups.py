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

from ragbot.retrieval.names import (
    AUXILIARIES,
    QUESTION_WORDS,
    Names,
    words_in,
)
from ragbot.retrieval.pronouns import (
    Resolved,
    last_subject,
    leans,
    resolved,
    with_meaning,
)
from ragbot.retrieval.queries import pasted_choices
from ragbot.retrieval.remarks import asks_again, without_greeting, without_opening
from ragbot.retrieval.subjects import Earlier, earlier
from ragbot.retrieval.swapping import (
    ARTICLE,
    ONES,
    PREPOSED,
    behind,
    is_alike,
    is_written_as_name,
    swapped,
    without_preposition,
)
from ragbot.store.lexical import words_of
from ragbot.types import Turn

LONG = 25  # words from which a question tells a story of its own
TELLING = 6  # content words above which a question hardly leans back by a doubtful pronoun
IMPLICIT = 4  # and without any
SHORT = 8  # words that "and ...?" may have without being a question
REMEMBERED = 4  # turns that a follow-up can lean back over

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
_BACK = re.compile(
    r"^(?:(?:going|coming|let['’]?s (?:go|talk|speak)|go|come|jump(?:ing)?) )?(?:back to"
    r"|returning to|regarding|concerning|as for|about)"
    r" (?P<noun>[^,:;?]{2,60}?)\s*(?:[,:;]|\s-+\s|$)\s*(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
# "lambda again, what does it cost?"
_AGAIN = re.compile(r"^(?P<noun>[^,:;?]{2,40}?) again\s*[,:;-]\s*(?P<rest>\S.*)$", re.I | re.DOTALL)
_DOES_SO = re.compile(r"(?<=\w )\b(?:do|doing) (?:it|that|this|so)\b", re.IGNORECASE)
# "new topic: what is a log group?"
_NEW = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|sorry|now|btw|and|so|alright)\W+)*(?:an? )?(?:new|different|another|other"
    r"|next|unrelated|separate) (?:topic|question|subject|thing)\s*[,:;.-]+\s*",
    re.IGNORECASE,
)
# "sorry, standard, not express"
_RATHER = re.compile(r"^(?:the )?(?P<new>\S.*?),? not (?:the )?(?P<old>\S.*)$", re.IGNORECASE)
_NOT_BUT = re.compile(
    r"^not (?:the )?(?P<old>[^,]*[^,\s])(?:,| but) (?:the )?(?P<new>\S.*)$", re.IGNORECASE
)
# "and the max?" after "how much disk is there by default?"
_DEGREE = re.compile(
    r"(?:the |its |any )?(?P<how>max(?:imum)?|min(?:imum)?|default|average)"
    r"(?: (?:of|for|in|with|on) (?P<noun>\S.*))?",
    re.IGNORECASE,
)
_DEGREE_ASKED = re.compile(
    r"\b(?:by default|default|max(?:imum)?|min(?:imum)?|average|baseline)\b", re.IGNORECASE
)
_HOW_MANY = re.compile(
    r"how many (?:of (?:them|those|these) )?are there(?: in total)?", re.IGNORECASE
)
# "and the slowest?" after "which of them is the fastest?"
_SUPERLATIVE = (
    r"(?:(?:cheap|fast|quick|slow|larg|small|bigg|long|short|high|low|strong|new|old|lat|near|safe"
    r"|simpl|easi|hard|few)est|best|worst|(?:most|least) \w+)"
)
_OF_ALL = re.compile(
    rf"(?:which (?:one )?(?:is|are) )?(?:the )?(?P<how>{_SUPERLATIVE})(?: ones?)?", re.IGNORECASE
)
_OF_ALL_ASKED = re.compile(rf"\b{_SUPERLATIVE}\b", re.IGNORECASE)
# "why Config?" asks why it, of what was spoken of.
_ASKS_OF = re.compile(
    r"(?:why|how|when|where|since when|how come)\s+(?:an?\s+|the\s+)?\S+", re.IGNORECASE
)
# What such a question asks for is not what was spoken of.
_OWN = re.compile(
    r"\b(?:which|what) (?:aws |amazon )?(?:service|product|tool)s?\b"
    r"|^(?:what(?:['’]?s| is| are)|who is) (?!the\b|its\b|their\b|that\b)\S+$",
    re.IGNORECASE,
)
_HEADED = re.compile(r"^(?P<noun>[^,?]{2,60}),\s*(?P<rest>\S.*)$", re.DOTALL)
_OF_SOMETHING = frozenset(
    """alternative api bandwidth capacity charge cost default difference discount duration feature
    fee interval latency length limit limitation maximum memory minimum mode name number option
    period price quota rate region requirement restriction retention setting size sla storage
    subscription term threshold throughput tier time timeout type variant version way""".split()
)
# They stand in headings, and are asked for as such.
_TOPICS = frozenset(
    "benefits costs features limits limitations pricing pros cons quotas requirements".split()
)
_ENDINGS = tuple(
    " then, too, instead, please, either, sorry, thanks, as well, i mean, i meant".split(",")
)
# "and what about the warranty of the Aero 14?" asks nothing of what came before.
_PROPERTY = re.compile(r"(?:the )?(?!the\b|ones?\b)(?:[\w-]+,? ){1,3}of (?:the )?\w", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?]\s")
_INDEFINITE = re.compile(r"\b(?:an?|any)\s+$", re.IGNORECASE)


def readings(question: str, history: Sequence[Turn], names: Names) -> tuple[str, ...]:
    """What the question may mean after what came before; mostly one reading.

    Of two, the last is taken where the notes are clearly nearer to it (`Retriever.query_for`).
    """
    if not history or len(question.split()) >= LONG or pasted_choices(question):
        return (question,)
    turns: list[Earlier] = []
    for turn in history[-REMEMBERED:]:
        alone = turn.query or _readings(_in_one_line(turn.question), turns, names)[-1]
        turns.append(earlier(turn, without_greeting(alone), names))
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
    new = _NEW.match(question)
    if not turns or new:
        return [question[new.end() :] if new else question]
    last = turns[-1]
    rest = without_opening(question)
    bare = _without_ending(rest)
    if not words_in(bare) or asks_again(bare):
        return [last.question]
    rather = _NOT_BUT.match(bare) or _RATHER.match(bare)
    if rather and _is_noun(rather["new"]) and rather["old"].lower() in last.question.lower():
        at = last.question.lower().index(rather["old"].lower())
        return [f"{last.question[:at]}{rather['new']}{last.question[at + len(rather['old']) :]}"]
    asks = _JUST_ASKS.fullmatch(bare)
    if asks:
        return [_asked_of(asks["ask"] or asks["why"], last)]
    if _IF.match(bare) and not any(word.low in QUESTION_WORDS for word in words_in(bare)[1:]):
        return [f"{last.question} {bare}?"]
    if _ASKS_OF.fullmatch(bare) and not words_in(bare)[-1].separates:
        return [_joined(rest, turns)]
    # "per account or per region?" goes with the question before, too.
    connected = rest != question or (PREPOSED.match(bare) is not None and _is_noun(bare))
    back = _BACK.match(rest) or _AGAIN.match(rest)
    if back:
        return [_back_to(back["noun"], back["rest"], turns, names)]
    degree = _DEGREE.fullmatch(bare)
    if degree:
        return [_to_degree(degree["how"], degree["noun"], last, names)]
    if last.things and last.subject and _HOW_MANY.fullmatch(bare):
        return [f"How many {last.things} of {last.subject} are there?"]
    most = _OF_ALL.fullmatch(bare)
    if most and _OF_ALL_ASKED.search(last.question):
        return [_OF_ALL_ASKED.sub(most["how"], last.question, count=1)]
    if _DOES_SO.search(bare):
        so = _DOES_SO.sub("do so", bare)
        found = resolved(so, turns, names)
        return [f"{found.text if found else so}? {last.question}"]
    headed = _HEADED.match(rest)
    if (
        headed
        and _HEADED.match(bare)
        and _is_noun(headed["noun"])
        and not PREPOSED.match(headed["rest"])
    ):
        noun = without_preposition(headed["noun"])
        meant = resolved(noun, turns, names)
        if meant or connected:
            return _with_head(meant, noun, headed["rest"], turns, names)
    telling = len(words_of(rest))
    found = resolved(rest, turns, names)
    if found is not None and (found.sure or telling <= TELLING):
        if (which := _without_ending(found.text)) in last.options:  # "and the latter?"
            return [f"What is {which}?"]
        return [found.text] if found.sure else [question, found.text]
    if found is None and _is_noun(bare):
        if connected and _PROPERTY.match(bare) and names.know_one_in(bare):
            return [f"What is {bare}?"]
        if _is_attribute(bare) and names.know_one_in(bare):
            return [bare]  # eks price
        if connected or len(words_in(bare)) <= 2:
            return _swapped_readings(bare, turns, names, connected=connected)
        # Words as they are typed into a search box.
        return [question] if _is_named(bare, names) else [question, _joined(bare, turns)]
    if found is None and leans(rest):
        return [question, _joined(rest, turns)]
    same = _SAME_ASKED.match(bare)
    if found is None and same and names.know(same["noun"]):
        return [swapped(same["noun"], last, names)]
    told = _SENTENCE_END.split(rest)[0]
    tells_first = told != rest and len(words_of(told)) >= IMPLICIT
    if telling > IMPLICIT or tells_first or names.know_one_in(rest) or _OWN.search(bare):
        return [question]
    return [question, _joined(rest, turns)]


def _without_ending(text: str) -> str:
    text = text.rstrip(" ,?!.")
    while ending := next((each for each in _ENDINGS if text[-len(each) :].lower() == each), ""):
        text = text[: -len(ending)].rstrip(" ,?!.")
    return text


def _is_noun(text: str) -> bool:
    """No question of its own: short, and no question word or auxiliary opens it."""
    words = words_in(without_preposition(text))
    opening = words[0].low.partition("'")[0] if words else ""
    return len(words) <= SHORT and opening not in AUXILIARIES | QUESTION_WORDS | {"i", "any"}


def _is_named(text: str, names: Names) -> bool:
    return any(piece.is_named for piece in names.pieces(text))


def _asked_of(ask: str, last: Earlier) -> str:
    """`why?` asked of "Is X simpler than Y?"."""
    words = words_in(last.question)
    if words and words[0].low in AUXILIARIES:
        if ask.lower() == "why not":
            return f"why {words[0].low} not{last.question[words[0].end :]}"
        return f"{ask} {last.question[0].lower()}{last.question[1:]}"
    return f"{last.question} {ask}?"


def _back_to(noun: str, rest: str, turns: Sequence[Earlier], names: Names) -> str:
    """`back to X: how fast is it?`: what was spoken of since is not what "it" means."""
    found = resolved(noun, turns, names)
    head = found.text if found else names.completed(ARTICLE.sub("", noun))
    if not rest:
        return f"What is {head}?"
    if not found and ARTICLE.match(noun) and not _is_named(head, names):
        return _joined(with_meaning(rest, noun), turns)  # back to the limit
    spoken = with_meaning(rest, head)
    return spoken if spoken != rest else f"{head}: {rest}"


def _to_degree(how: str, noun: str | None, last: Earlier, names: Names) -> str:
    """`and the max?`, `and the max of X?`: the question before, of that degree."""
    asked = swapped(noun, last, names) if noun else last.question
    degree = _DEGREE_ASKED.search(asked)
    if degree is None:
        return f"{asked.rstrip(' ?')}, {how}?"
    return f"{asked[: degree.start()]}{how}{asked[degree.end() :]}"


def _joined(text: str, turns: Sequence[Earlier]) -> str:
    subject = last_subject(turns)
    if not subject:
        return f"{turns[-1].question} {text}"
    if _is_attribute(text) and words_in(text)[-1].low not in _TOPICS:
        return f"What is the {ARTICLE.sub('', text).rstrip(' ?.!')} of {subject}?"
    return f"{subject}: {text}"


def _is_attribute(text: str) -> bool:
    """Names what something has: "minimum storage duration"."""
    words = words_in(text)
    if not words or words[-1].low not in _OF_SOMETHING | _TOPICS or re.search(r"[,?:;]\s", text):
        return False
    ordinary = (word.low not in AUXILIARIES | QUESTION_WORDS | {"of", "or"} for word in words)
    return all(ordinary) and not any(word.is_written_as_name() for word in words[:-1])


def _with_head(
    found: Resolved | None, noun: str, rest: str, turns: Sequence[Earlier], names: Names
) -> list[str]:
    """`and the other one, does it scale?`: what stands in front is what "it" means."""
    head = found.text if found else names.completed(ARTICLE.sub("", noun))
    slot = turns[-1].slot
    unknown = not found and not names.know_one_in(head) and is_written_as_name(noun, first_too=True)
    if unknown and slot and slot.known:  # S3 Flexible, after S3 Glacier Deep Archive
        head = f"{' '.join(word.text for word in slot.known)} {head}"
    spoken = with_meaning(rest, head)
    if spoken == rest:
        spoken = f"{head}: {rest}"
    if found or _is_named(head, names):
        return [spoken]
    return [_joined(spoken, turns), spoken]


def _swapped_readings(
    noun: str, turns: Sequence[Earlier], names: Names, *, connected: bool
) -> list[str]:
    """`and X?`: the question before, asked of X; or an X of what was spoken of."""
    if _is_attribute(noun):
        return [_joined(noun, turns)]
    asked = swapped(noun, turns[-1], names)
    preposed = PREPOSED.match(noun)
    replaces = preposed and behind(preposed["by"], turns[-1].question, names)
    slot = turns[-1].slot  # a page blob in the place of an append blob
    alike = slot is not None and is_alike(noun, slot)
    named = slot is not None and is_written_as_name(noun, first_too=connected)
    ones = slot is not None and ONES.match(noun)  # Workflows, too: that is said
    goes_with = preposed is not None and not replaces and asked.endswith(f" {noun}?")
    if not connected and names.know_one_in(noun) and not names.know(ARTICLE.sub("", noun)):
        return [asked, noun]  # cloudwatch alarms
    if replaces or goes_with or alike or named or ones or names.know_one_in(names.completed(noun)):
        return [asked]
    return [asked, _joined(noun, turns)]
