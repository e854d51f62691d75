"""What else a sentence is held to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ragbot.citations.invented import Recognizes
from ragbot.evidence import Evidence, Judge
from ragbot.reranker import Similarity

LookUp = Callable[[str], Sequence[Evidence]]


@dataclass(frozen=True, slots=True)
class Checks:
    """What a sentence is held to besides the evidence.

    Attributes:
        similarity: the cross-encoder's logits, for what words alone can't tell.
        judge: has the last word on what the rules take for supported, and on what says it in
            words too different for them; on what they refute, if it `rereads` and has no doubt.
        recognizes: whether something is a word at all; one that is none is borne out by nothing.
        opens_with_name: whether a sentence begins with a name that the notes know.
        look_up: what else the notes hold that is near to a sentence; asked where the evidence does
            not bear it out, and heard where a judge that `rereads` has no doubt.
        about: the names in the question; a sentence that names nothing speaks of these.
    """

    similarity: Similarity | None = None
    judge: Judge | None = None
    recognizes: Recognizes | None = None
    opens_with_name: Callable[[str], bool] | None = None
    look_up: LookUp | None = None
    about: Sequence[str] = ()


NO_CHECKS = Checks()
