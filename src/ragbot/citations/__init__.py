"""A model's reply -> sentences whose citations were checked.

    reply stream -> DraftSentence -> CheckedSentence

`CitationChecker` is the seam: give it the evidence, feed it the reply as it comes.
"""

from ragbot.citations.checker import CheckedSentence, CitationChecker
from ragbot.citations.checks import NO_CHECKS, Checks, LookUp
from ragbot.citations.drafts import DraftSentence, SentenceStream, is_head_of
from ragbot.citations.invented import Recognizes

__all__ = [
    "NO_CHECKS",
    "CheckedSentence",
    "Checks",
    "CitationChecker",
    "DraftSentence",
    "LookUp",
    "Recognizes",
    "SentenceStream",
    "is_head_of",
]
