"""ragbot: answers about your study notes, with citations checked before they are shown.

    import ragbot
    bot = ragbot.open()
    print(bot.ask("What is the largest item DynamoDB takes?").text)

See docs/api.md for what is kept stable. Importing it loads nothing heavy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ragbot.errors import (
    CorpusError,
    IndexBusyError,
    IndexDamagedError,
    IndexMismatchError,
    IndexNotFoundError,
    IndexWriteError,
    KnowledgeBaseError,
    ModelUnavailableError,
    QuestionError,
    RagbotError,
    SettingsError,
)
from ragbot.types import (
    Answer,
    Blocked,
    Citation,
    Cost,
    Document,
    Filters,
    Passage,
    Retrieved,
    RetrievedPassage,
    Section,
    Sentence,
    Turn,
    Waiting,
)

if TYPE_CHECKING:
    from ragbot.assembly import Ragbot

__all__ = [
    "Answer",
    "Blocked",
    "Citation",
    "CorpusError",
    "Cost",
    "Document",
    "Filters",
    "IndexBusyError",
    "IndexDamagedError",
    "IndexMismatchError",
    "IndexNotFoundError",
    "IndexWriteError",
    "KnowledgeBaseError",
    "ModelUnavailableError",
    "Passage",
    "QuestionError",
    "RagbotError",
    "Retrieved",
    "RetrievedPassage",
    "Section",
    "Sentence",
    "SettingsError",
    "Turn",
    "Waiting",
    "open",
]


def open(index: Any = None, model: Any = None, settings: Any = None) -> Ragbot:
    """A bot over an index; see `ragbot.assembly.open_bot` for the arguments and errors."""
    from ragbot.assembly import open_bot

    return open_bot(index=index, model=model, settings=settings)
