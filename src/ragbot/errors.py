"""What can go wrong through no fault of a model, each with the command that mends it.

    RagbotError
    ├── SettingsError          a misspelt or impossible setting
    ├── QuestionError          a question that cannot be asked (empty, far too long)
    ├── CorpusError            a source file that cannot be read; names file and line
    ├── IndexNotFoundError     nothing has been ingested here yet
    ├── IndexMismatchError     the index was built by another embedder or format
    ├── IndexDamagedError      a file of the index is missing or not what was written
    ├── IndexBusyError         another ingest holds the writer's lock
    ├── IndexWriteError        the index could not be written: full disk, no permission
    ├── KnowledgeBaseError     the knowledge base of Bedrock cannot be searched
    └── ModelUnavailableError  a chat model, embedder or reranker that cannot be had here

A misbehaving model raises none of these: a dangling marker, an unsupported sentence
and an abstention are values on the `Answer`.
"""

from __future__ import annotations

from pathlib import Path


class RagbotError(Exception):
    """Something the person at the keyboard can mend.

    Args:
        message: what happened, in one sentence.
        mend: the command or edit that mends it; shown after the message.
    """

    def __init__(self, message: str, *, mend: str | None = None) -> None:
        self.message = message
        self.mend = mend
        super().__init__(message if mend is None else f"{message}\n  to mend it: {mend}")


class SettingsError(RagbotError):
    """A setting that is misspelt, of the wrong type or out of range."""


class QuestionError(RagbotError):
    """A question that cannot be asked: empty, control characters only, or too long."""


class CorpusError(RagbotError):
    """A source file that cannot be ingested.

    Args:
        path: the file.
        line: 1-based line in it, where one is known.
    """

    def __init__(
        self,
        message: str,
        *,
        path: Path | str | None = None,
        line: int | None = None,
        mend: str | None = None,
    ) -> None:
        self.path = None if path is None else str(path)
        self.line = line
        place = "" if path is None else f"{path}:{line}: " if line else f"{path}: "
        super().__init__(f"{place}{message}", mend=mend)


class IndexNotFoundError(RagbotError):
    """There is no index at the given place."""


class IndexMismatchError(RagbotError):
    """The index was written by another embedder, chunking or format version."""


class IndexDamagedError(RagbotError):
    """A file of the index is missing or its checksum differs from the manifest's."""


class IndexBusyError(RagbotError):
    """Another process is writing this index."""


class IndexWriteError(RagbotError):
    """The new generation could not be written; the one before it still answers."""


class KnowledgeBaseError(RagbotError):
    """A knowledge base that does not answer: not there, not allowed, throttled."""


class ModelUnavailableError(RagbotError):
    """A model that cannot be used here: no weights, no credentials, no access."""
