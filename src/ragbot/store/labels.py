"""What passages can be told apart by: the topic and file of their document, and the services
that they speak of."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from ragbot.errors import QuestionError
from ragbot.types import Document, Passage

_BRAND = re.compile(r"^(?:aws|amazon)\s+")


@dataclass(frozen=True, slots=True)
class Labels:
    """The names of one document."""

    doc_id: str
    title: str
    topic: str
    source: str

    def is_on(self, topic: str) -> bool:
        return topic.casefold() in {n.casefold() for n in (self.doc_id, self.title, self.topic)}

    def is_from(self, source: str) -> bool:
        wanted, own = PurePath(source), PurePath(self.source)
        return wanted == own or wanted in own.parents or source == own.name


def service_name(text: str) -> str:
    """`Amazon SQS`, `AWS SQS` and `sqs` are one: `sqs`."""
    return _BRAND.sub("", " ".join(text.casefold().split()))


def service_rows(
    documents: Sequence[Document], passages: Sequence[Passage]
) -> Iterator[tuple[str, int]]:
    """(service, position) for each service that a document lists and a passage of it names."""
    names = {
        document.doc_id: {
            name: re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
            for name in map(service_name, document.services)
        }
        for document in documents
    }
    for position, passage in enumerate(passages):
        for name, named in names[passage.doc_id].items():
            if named.search(passage.indexed_text):
                yield name, position


def documents_matching(
    labels: Sequence[Labels], topics: Sequence[str], sources: Sequence[str]
) -> list[str]:
    """The ids of the documents that are on one of the topics and from one of the sources.

    Raises:
        QuestionError: a topic or a source that no document has.
    """
    for topic in topics:
        if not any(each.is_on(topic) for each in labels):
            raise _unknown("topic", topic, [each.topic or each.title for each in labels])
    for source in sources:
        if not any(each.is_from(source) for each in labels):
            raise _unknown("source", source, [each.source for each in labels])
    return [
        each.doc_id
        for each in labels
        if (not topics or any(each.is_on(topic) for topic in topics))
        and (not sources or any(each.is_from(source) for source in sources))
    ]


def services_matching(known: Sequence[str], services: Sequence[str]) -> list[str]:
    """The services by the names that the index knows them by.

    Raises:
        QuestionError: a service that no passage names.
    """
    wanted = [service_name(service) for service in services]
    for service in wanted:
        if service not in known:
            raise _unknown("service", service, known)
    return wanted


def _unknown(kind: str, name: str, known: Sequence[str]) -> QuestionError:
    names = {each.casefold(): each for each in sorted(set(known))}
    near = [names[low] for low in difflib.get_close_matches(name.casefold(), names, n=3)]
    offered = near or list(names.values())[:12]
    return QuestionError(
        f"the notes have no {kind} {name!r}",
        mend=f"--{kind} with one of: {', '.join(offered)}" if offered else f"leave out --{kind}",
    )
