"""Greetings, thanks, goodbyes and "what can you do?": answered at once, without search or model.

Only what is small talk from its first word to its last: "hi, how large can an item be?" is a
question. Slips of the keys are forgiven, unless the notes know the word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import Literal

from rapidfuzz.distance import OSA

from ragbot.screening import is_lure
from ragbot.types import Answer, Timings

SmallTalk = Literal["ability", "identity", "thanks", "goodbye", "greeting", "assent"]

MOST_TITLES = 12
_FORGIVEN = 4  # letters from which one slip is forgiven; of three, two may change places


_NO_SLIPS = frozenset(["latter"])
# What may stand beside small talk and is none itself.
_FILLERS = frozenset(
    """there everyone everybody all folks guys team bot chatbot ragbot robot assistant friend mate
    buddy dear sir madam dude man my you your very so much a lot again please then now and oh well
    ah um for the this that today to me just really well quick help info answer answers it was is
    thats too also indeed anyway""".split()
)
# Beside thanks alone.
_BESIDE_THANKS = frozenset(
    """super most useful helpful clear clearly explanation explanations explaining explained
    patience time have been were are ever in advance kind everything effort""".split()
)
# Elsewhere "you" is anybody: "can you encrypt it?", "which models can you use?"
_KIND = (
    r"an?|the|any|or|not|really|just|also|always|ever|often|sometimes|even|actually|human|person"
    r"|machine|program|computer|real|alive|conscious|sentient|ai|llm|gpt|chatgpt|claude|gemini"
    r"|copilot|bot|robot|chatbot|model|language|large|connected|online|offline|to|internet|web"
    r"|wrong|always right|free|smart|clever|accurate|reliable|honest|biased|\d\w*"
)
_MINE = r"(?:my|our) (?:name|data|questions?|conversations?|chats?|input|answers)"
_OF_ITSELF = (
    rf"(?:are|were) (?:you|u)(?: (?:{_KIND}))*(?: (?:running|hosted|based|built|powered|trained)"
    r" (?:on|in|by|with)(?: \w+){1,3})?",
    r"are you (?:better|smarter|faster|cheaper) than(?: \w+){1,3}",
    r"(?:which|what) (?:kind of |large |language |ai )*(?:ai|llm|gpt|chatbot|model|version)"
    r" (?:are you|do you (?:use|run))(?: (?:running|based|built|using))?(?: on)?",
    r"(?:do|did|can|will) you (?:remember|recall|forget)"
    rf" (?:(?:what|that|when) (?:i|we)(?: \w+){{1,3}}|me|{_MINE})",
    rf"do you (?:store|save|keep|log|record|share|sell) {_MINE}",
    r"(?:do|can) you (?:ever |also |always )*(?:lie|hallucinate|sleep|dream|feel|learn|be wrong"
    r"|make (?:any )?mistakes|make (?:it|things|stuff) up|get (?:things|it) wrong|have feelings"
    r"|(?:speak|talk)(?: \w+)?|(?:write|run) code|see (?:images|pictures)"
    r"|(?:browse|search|access) the (?:web|internet))",
    r"what (?:other )?languages do you (?:speak|understand|know)",
    r"how (?:accurate|reliable|smart|clever|good|old|honest) are you",
    r"how much do you (?:cost|know)",
    rf"(?:is|are) {_MINE} (?:\w+ ){{0,4}}you",
    r"are my (?:questions|conversations|chats) (?:private|stored|saved|logged|kept|read)",
    r"who (?:trained|owns|programmed|runs|wrote|pays for) you",
    r"when were you (?:last )?(?:updated|trained|made|built)",
    r"where are you (?:from|running|hosted)",
    r"can i trust you",
)
_OF_YOU = re.compile(
    rf"(?:(?:and|but|so|hi|hey|hello|ok) )*(?:{'|'.join(_OF_ITSELF)})"
    r"(?: before| then| too| exactly| please)*"
)
_INTRODUCES = re.compile(r"\bmy name is \w+")
# Of several kinds in one text, the first is answered.
_LEADS: dict[SmallTalk, str] = {
    "ability": "Ask me anything that your notes tell: I answer from them, show where each sentence "
    "stands, and say so when they don't hold the answer.",
    "identity": "I am ragbot. I answer questions from your notes and check every sentence against "
    "them; that is all I can tell about myself. Which model words an answer is told with it.",
    "thanks": "You're welcome.",
    "goodbye": "Goodbye, and good luck with your studies.",
    "greeting": "Hello! Ask me a question about your notes.",
    "assent": "All right. Ask on whenever you like.",
}


def _plain_words(text: str) -> list[str]:
    """Small letters without accents; "hiiii" is "hii", "what's" is "whats"."""
    bare = unicodedata.normalize("NFKD", re.sub(r"['’`]", "", text).casefold())
    kept = "".join(c for c in bare if not unicodedata.combining(c))
    return re.findall(r"\w+", re.sub(r"(\w)\1{2,}", r"\1\1", kept))


def _parsed() -> dict[tuple[str, ...], SmallTalk]:
    """The phrases of small_talk.txt, as words, and their kinds."""
    found: dict[tuple[str, ...], SmallTalk] = {}
    text = files("ragbot").joinpath("small_talk.txt").read_text(encoding="utf-8")
    for kind in _LEADS:
        section = re.search(rf"^\[{kind}\]\n(.*?)(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)
        for phrase in re.split(r"[,\n]", section[1] if section else ""):
            found.setdefault(tuple(_plain_words(phrase)), kind)
    found.pop((), None)
    return found


_KIND_OF = _parsed()
_LONGEST = max(map(len, _KIND_OF))
_WORDS = sorted({word for phrase in _KIND_OF for word in phrase if len(word) >= 3})


def small_talk(text: str, is_known: Callable[[str], bool], begun: bool = False) -> SmallTalk | None:
    """What kind of small talk the text is; None where any part of it is not.

    Args:
        is_known: whether the notes hold the word; such a word is no slip of the keys.
        begun: something was asked before, so that "how does this work?" is a question.
    """
    words = _plain_words(text)
    if len(words) > 3 * _LONGEST or (begun and "this" in words):
        return None
    said = " ".join(words)
    if _OF_YOU.fullmatch(said):
        return "identity"
    words = _INTRODUCES.sub("hello", said).split()
    kinds: list[SmallTalk] = []
    beside: set[str] = set()
    at = 0
    while at < len(words):
        for size in range(min(_LONGEST, len(words) - at), 0, -1):
            kind = _kind_of(words[at : at + size], is_known)
            if kind is not None:
                kinds.append(kind)
                at += size
                break
        else:
            beside.add(words[at])
            at += 1
    thanked = "thanks" in kinds and "?" not in text
    if not beside <= (_FILLERS | _BESIDE_THANKS if thanked else _FILLERS):
        return None
    found = next((kind for kind in _LEADS if kind in kinds), None)
    asks = "?" in text or words[:1] in (["is"], ["was"])  # "was that right?" wants to be told
    return None if found == "assent" and asks else found


def _kind_of(words: Sequence[str], is_known: Callable[[str], bool]) -> SmallTalk | None:
    kind = _KIND_OF.get(tuple(words))
    if kind is not None:
        return kind
    return _KIND_OF.get(tuple(_meant(word, is_known) for word in words))


def _meant(word: str, is_known: Callable[[str], bool]) -> str:
    """The word of small talk that this one is a slip of, else the word."""
    if word in _NO_SLIPS:
        return word
    once = re.sub(r"(\w)\1", r"\1", word)
    if word in _WORDS or len(word) < 3 or is_known(word):
        return once if (once,) in _KIND_OF else word
    return next((like for like in _WORDS if _is_slip(word, like)), once)


def _is_slip(word: str, like: str) -> bool:
    if word[0] != like[0]:
        return False
    if min(len(word), len(like)) < _FORGIVEN:
        return sorted(word) == sorted(like)
    return OSA.distance(word, like, score_cutoff=1) <= 1


def reply_to(kind: SmallTalk, said: str, titles: Sequence[str] | None, timings: Timings) -> Answer:
    """A friendly word, and what the notes are on, where that is known."""
    return Answer(
        question=said,
        text=f"{_LEADS[kind]} {_covered(titles)}",
        sentences=(),
        citations=(),
        passages=(),
        abstained=False,
        reason=None,
        model_id="none",
        timings=timings,
        kind="small_talk",
    )


def told_titles(titles: Sequence[str]) -> list[str]:
    """Those that may be told by themselves, where no caution stands beside them."""
    return [title for title in titles if not is_lure(title)]


def _covered(titles: Sequence[str] | None) -> str:
    if titles is not None and not titles:
        return "There are no notes in the index yet."
    told = told_titles(titles or ())
    if not told:
        return "Ask me something that the notes may hold."
    named = "; ".join(told[:MOST_TITLES])
    more = f"; and {len(told) - MOST_TITLES:,} more" if len(told) > MOST_TITLES else ""
    return f"The notes cover: {named}{more}."
