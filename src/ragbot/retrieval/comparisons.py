"""A question that compares two things and asks for no property: "ECS or EKS?", "Lambda vs Fargate".

Hardly a note puts just these two side by side. What each of them is and is for, the notes tell, so
that is what such a question comes down to. One that asks for a property ("which is cheaper, ...?")
is a question of its own, which a note must answer.
"""

from __future__ import annotations

import re
from itertools import pairwise

from ragbot.retrieval.names import AUXILIARIES, QUESTION_WORDS, Names, words_in
from ragbot.store.lexical import STOPWORDS

MOST_COMPARED = 3
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


def compared_in(question: str, names: Names) -> tuple[str, ...]:
    """The things compared, as the question writes them; none where it asks for more than that."""
    pieces = [piece for piece in names.pieces(question) if piece.known]
    things: dict[tuple[str, ...], str] = {}
    named = set()
    places = []
    for piece in pieces:
        core = [word for word in piece.core if word.low not in ("aws", "amazon")]
        named |= set(core)
        places.append((core[0].start, core[-1].end))
        things.setdefault(tuple(word.key for word in core), question[slice(*places[-1])])
    others = {word.low.partition("'")[0] for word in words_in(question) if word not in named}
    if not 2 <= len(things) == len(pieces) <= MOST_COMPARED:
        return ()
    if not (others & _COMPARES and others <= _ASKS_NOTHING):
        return ()
    between = (question[end:start] for (_, end), (start, _) in pairwise(places))
    return tuple(things.values()) if all(map(_BETWEEN.fullmatch, between)) else ()
