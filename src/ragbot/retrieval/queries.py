"""The question of a conversation -> a query that stands on its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragbot.store.lexical import words_of
from ragbot.types import Turn

_LEANS_BACK = re.compile(
    r"^\s*(?:and|or|but|also|so|then|what about|how about|why|really|ok(?:ay)?|what else)\b"
    r"|\b(?:it|its|they|them|their|that|those|these|this|ones?|other|others|another|both|"
    r"same|former|latter|there|instead|he|she)\b",
    re.IGNORECASE,
)


def standalone_query(question: str, history: Sequence[Turn]) -> str:
    """The question, led by the one before it where it leans on that."""
    if history and (_LEANS_BACK.search(question) or len(words_of(question)) < 2):
        return f"{history[-1].question.strip()} {question.strip()}"
    return question.strip()
