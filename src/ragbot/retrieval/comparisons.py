"""A question that compares two things and asks for no property: "ECS or EKS?", "Lambda vs Fargate".

Hardly a note puts just these two side by side. What each of them is and is for, the notes tell, so
that is what such a question comes down to. One that asks for a property ("which is cheaper, ...?")
is a question of its own, which a note must answer.
"""

from __future__ import annotations

from ragbot.retrieval.names import AUXILIARIES, QUESTION_WORDS, Names, words_in
from ragbot.store.lexical import STOPWORDS

MOST_COMPARED = 3
_COMPARES = frozenset(
    """vs versus or between difference differences differ differs different compare compared
    compares comparison instead rather over than pick choose""".split()
)
_ASKS_NOTHING = (
    _COMPARES
    | STOPWORDS
    | AUXILIARIES
    | QUESTION_WORDS
    | frozenset(
        """aws amazon best better both choice choosing decide deciding explain from go i main me
        my need one ones picking prefer right select take tell them those use used using want we
        with you your""".split()
    )
)


def compared_in(question: str, names: Names) -> tuple[str, ...]:
    """The things compared, as the question writes them; none where it asks for more than that."""
    words = words_in(question)
    pieces = [piece for piece in names.pieces(question) if piece.known]
    named = {word for piece in pieces for word in piece.core}
    others = {word.low.partition("'")[0] for word in words if word not in named}
    things = tuple(
        dict.fromkeys(question[piece.core[0].start : piece.core[-1].end] for piece in pieces)
    )
    if not 2 <= len(things) <= MOST_COMPARED:
        return ()
    return things if others & _COMPARES and others <= _ASKS_NOTHING else ()
