"""A question about two things at once, and what it comes down to.

Hardly a note puts just these two side by side. Where no property is asked ("ECS or EKS?", "Lambda
vs Fargate"), it comes down to what each of them is for, which the notes tell; where the same is
asked of both ("gp3 vs io2: how many IOPS?"), to that question about each; so does which has more of
something. What asks for the better of them in another way ("which is cheaper, ...?") is a question
of its own, which a note must answer.
"""

from __future__ import annotations

import re
from itertools import pairwise

from ragbot.retrieval.names import AUXILIARIES, QUESTION_WORDS, Names, words_in
from ragbot.store.lexical import STOPWORDS

MOST_COMPARED = 3
MOST_TOLD_APART = 4
# What may stand between the things: "EFS instead of EBS", "is X a better choice than Y".
_BETWEEN = re.compile(
    r"(?:[\s,.]|\b(?:and|or|vs|versus|over|instead of|rather than|compared (?:to|with)|aws|amazon"
    r"|differs? from|different from|better (?:choice |option )?than|an?|the)\b)*",
    re.IGNORECASE,
)
_COMPARES = frozenset(
    """vs versus or between difference differences differ differs different compare compared
    compares comparison instead rather better choose pick prefer""".split()
)
_ASKS_NOTHING = (
    _COMPARES
    | STOPWORDS
    | AUXILIARIES
    | QUESTION_WORDS
    | frozenset(
        """aws amazon best both choice choosing decide deciding explain from go i main me my need
        one ones option over picking right select take tell than them those use used using want
        we you your""".split()
    )
)

_THING = r"[\w'’/.+-]+(?: [\w'’/.+-]+){0,3}?"
_SAME_OF_BOTH = tuple(
    re.compile(pattern.replace("THING", _THING), re.IGNORECASE)
    for pattern in (
        r"(?P<before>)(?P<a>THING) or (?P<b>THING)(?P<after>: .+)",
        r"(?P<before>)(?P<a>THING) (?:vs\.?|versus) (?P<b>THING)(?P<after>[:,] .+)",
        r"(?P<before>.+ (?:of|for|from|in|on|with) )(?P<a>THING)"
        r" (?:vs\.?|versus|compared (?:to|with)) (?P<b>THING)(?P<after>\?*)",
        r"how do(?:es)? (?P<before>.+ (?:of|for|in) )(?P<a>THING) and (?P<b>THING)"
        r"(?P<after>) (?:compare|differ)\?*",
        r"how does (?P<before>.+ (?:of|for|in) )(?P<a>THING)(?P<after>) (?:compare|differ)"
        r" (?:to|with|from) (?:that (?:of|for|in) )?(?P<b>THING)\?*",
        r"(?P<before>(?:what|how (?:many|much|long|large|big|often|fast)) .*?"
        r"\b(?:do|does|can|may) )"
        r"(?P<a>THING)(?P<after> (?:run|take|have|support|reach|hold|keep|last|cost|allow|use|give"
        r"|offer)\b(?: for)?),? (?:vs\.?|versus|compared (?:to|with)) (?P<b>THING)\?*",
        r"(?P<before>(?:what|which) (?:is|are) the .+ (?:of|for) )(?P<a>THING) and (?P<b>THING)"
        r"(?P<after>\?*)",
        r"(?P<before>how (?:many|much|long|large|big|often|fast)\b.* (?:do|does|can|may) )"
        r"(?P<a>THING) and (?P<b>THING)"
        r"(?P<after> (?:run|take|have|support|reach|hold|keep|last|cost|allow|use|give|offer)\b.*)",
        r"(?P<before>what(?: is|'s| are) (?:our |my |the |an? )?)(?P<a>THING)"
        r" and (?:our |my |the |an? )?(?P<b>THING)(?P<after>\?*)",
        r"(?P<before>(?:can|do|does|may|must|are|is|will|should|have|has) )both (?P<a>THING)"
        r" and (?P<b>THING)"
        r"(?P<after> (?:be|have|support|use|need|run|work|allow|keep|encrypt|store)\b.*)",
    )
)
# "Which has the longer battery life, X or Y?": the notes tell of each how long it is.
_WHICH_HAS_MORE = re.compile(
    r"which (?:one |of them )?(?:has|have|offers?|gives?|allows?|supports?|gets?) (?:the |an? )?"
    r"(?:more|less|fewer|better|worse|longer|shorter|larger|bigger|smaller|higher|lower|greater"
    rf"|faster|slower|heavier|lighter) (?P<what>{_THING})[,:] (?P<a>(?:the )?{_THING})"
    rf" or (?P<b>(?:the )?{_THING})\?*",
    re.IGNORECASE,
)
_LIST = rf"{_THING}(?:, {_THING}){{0,2}},? (?:and|or) {_THING}"
_DIFFERENCE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:what(?: is|'s| are)|explain|tell me)(?: the)?(?: main| key)? differences? between"
        rf" (?P<things>{_LIST})(?P<where>)[.?]*",
        rf"how do (?P<things>{_LIST}) (?:differ|compare)(?P<where>)(?: from each other)?[.?]*",
        rf"compare (?P<things>{_LIST})(?P<where>)[.?]*",
        rf"(?P<things>{_THING}(?: (?:vs\.?|versus) {_THING}){{1,3}})"
        rf"(?P<where>(?: in {_THING})?)[.?]*",
    )
)
_NEXT_THING = re.compile(r",? (?:and|or|vs\.?|versus) |, ", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:an?|the) ", re.IGNORECASE)
_ONE_OF_THEM = re.compile(
    r"\b(?:which|whichever|or|than|more|less|fewer|better|best|cheaper|faster|larger|bigger|longer"
    r"|higher|lower|slower|quicker|safer|easier|smaller|should|pick|choose|prefer|differences?"
    r"|differ|together|combine[ds]?|between|each other|one|instead|common|similar\w*|who|wins?"
    r"|(?:dis)?advantages?|benefits?|drawbacks?|pros|gain|lose|miss|saved?|savings?|add|ratio"
    r"|what if|same time|at once|(?:cheap|fast|slow|large|small|old|new|high|low)est|explain)\b",
    re.IGNORECASE,
)


def asked_of_each(question: str) -> tuple[str, ...]:
    """The question about each of the two things alone, where it asks the same of both."""
    for pattern in _SAME_OF_BOTH:
        found = pattern.fullmatch(question.strip())
        if found is None or _ONE_OF_THEM.search(found["before"] + found["after"]):
            continue
        if all(_is_a_thing(found[thing]) for thing in "ab"):
            return tuple(f"{found['before']}{found[thing]}{found['after']}" for thing in "ab")
    more = _WHICH_HAS_MORE.fullmatch(question.strip())
    if more is not None and all(_is_a_thing(more[thing]) for thing in "ab"):
        return tuple(f"{more['what']} of {more[thing]}?" for thing in "ab")
    return ()


def told_apart(question: str) -> tuple[str, ...]:
    """What each of the things is for between which the question asks for the difference, by its
    form alone: the notes need not know their names."""
    for pattern in _DIFFERENCE:
        found = pattern.fullmatch(question.strip())
        if found is None:
            continue
        told = _NEXT_THING.split(found["things"].rstrip("."))
        things = [_ARTICLE.sub("", each) for each in told]
        if 2 <= len(things) <= MOST_TOLD_APART and all(map(_is_a_thing, things)):
            return tuple(f"What is {thing}{found['where']} for?" for thing in things)
    return ()


def _is_a_thing(text: str) -> bool:
    words = words_in(_ARTICLE.sub("", text))
    truths = ("true", "false", "yes", "no")
    return not any(word.separates or word.low in truths for word in words)


def compared_in(question: str, names: Names) -> tuple[str, ...]:
    """The things compared, as the question writes them; none where it asks for more than that."""
    things: dict[tuple[str, ...], str] = {}
    named = set()
    places = []
    completes = False
    for piece in names.pieces(question):
        core = [word for word in piece.core if word.low not in ("aws", "amazon")] or piece.core
        start, end = core[0].start, core[-1].end
        whole = question[start:end]
        if not piece.known:
            whole = names.completed(whole)
            completes = completes or names.know(whole)
        if names.know_one_in(whole):
            named |= set(core)
            places.append((start, end))
            things.setdefault(tuple(word.key for word in words_in(whole)), whole)
    if completes and len({key[-1] for key in things}) > 1:
        return ()  # geolocation and geoproximity (routing), but not secrets (manager) and maps
    others = {word.low.partition("'")[0] for word in words_in(question) if word not in named}
    if not 2 <= len(things) == len(places) <= MOST_COMPARED:
        return ()
    if not (others & _COMPARES and others <= _ASKS_NOTHING):
        return ()
    between = (question[end:start] for (_, end), (start, _) in pairwise(places))
    return tuple(things.values()) if all(map(_BETWEEN.fullmatch, between)) else ()
