"""The nouns of the product, in the order in which a question meets them.

    file -> Document -> Section -> Passage          (ingest)
    question -> RetrievedPassage -> Citation -> Answer   (chain)

All are frozen values. Offsets are characters into `Document.text`, half open. Of plain text, and
of Markdown without HTML in it, that is the whole decoded source file with newlines as `\\n`, so
that `Path(source).read_text()[start:end] == text` holds for every passage. Of a web page, and of
Markdown with HTML, it is the Markdown that says the same; a passage's lines are always the file's.
"""

from ragbot.types.answers import (
    BLOCKED_BY,
    Answer,
    AnswerKind,
    Blocked,
    BlockedBy,
    Citation,
    Cost,
    Event,
    FellBack,
    Quotation,
    Retrieved,
    Sentence,
    Timings,
    Turn,
    Usage,
    Verdict,
    Waiting,
)
from ragbot.types.notes import (
    LOOKED_UP,
    NO_FILTERS,
    Document,
    Fact,
    Filters,
    FoundQuestion,
    HeadingPath,
    Locator,
    Passage,
    PassageKind,
    Reference,
    RetrievedPassage,
    Section,
    Why,
)

__all__ = [
    "BLOCKED_BY",
    "LOOKED_UP",
    "NO_FILTERS",
    "Answer",
    "AnswerKind",
    "Blocked",
    "BlockedBy",
    "Citation",
    "Cost",
    "Document",
    "Event",
    "Fact",
    "FellBack",
    "Filters",
    "FoundQuestion",
    "HeadingPath",
    "Locator",
    "Passage",
    "PassageKind",
    "Quotation",
    "Reference",
    "Retrieved",
    "RetrievedPassage",
    "Section",
    "Sentence",
    "Timings",
    "Turn",
    "Usage",
    "Verdict",
    "Waiting",
    "Why",
]
