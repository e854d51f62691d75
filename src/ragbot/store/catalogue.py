"""Documents, sections, passages and set-aside questions of a generation, in SQLite.

A passage's position (from 0) is its row in the lexical index.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ragbot.store.labels import Labels, service_rows
from ragbot.types import Document, Fact, FoundQuestion, HeadingPath, Passage, Reference, Section

_SCHEMA = """
CREATE TABLE sources (source TEXT PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE documents (
    doc_id TEXT PRIMARY KEY, title TEXT, source TEXT, first INTEGER, last INTEGER,
    as_of TEXT, topic TEXT, services TEXT, exams TEXT, refs TEXT);
CREATE TABLE sections (doc_id TEXT, heading_path TEXT, first INTEGER, last INTEGER);
CREATE INDEX section_of ON sections (doc_id, first);
CREATE TABLE passages (
    position INTEGER PRIMARY KEY, passage_id TEXT UNIQUE, doc_id TEXT, source TEXT,
    heading_path TEXT, first INTEGER, last INTEGER, text TEXT, kind TEXT,
    first_line INTEGER, last_line INTEGER, facts TEXT, table_header TEXT);
CREATE INDEX passages_of ON passages (doc_id);
CREATE TABLE services (service TEXT, position INTEGER);
CREATE INDEX passages_on ON services (service);
CREATE TABLE questions (
    doc_id TEXT, source TEXT, first_line INTEGER, last_line INTEGER, stem TEXT,
    options TEXT, answer TEXT);
"""
_AMONG = "IN (SELECT value FROM json_each(?))"  # as many as there are: SQLite bounds its variables


@dataclass(frozen=True, slots=True)
class Contents:
    """What a generation is written from."""

    documents: Sequence[Document]
    sections: Sequence[Section]
    passages: Sequence[Passage]
    questions: Sequence[FoundQuestion] = ()

    @property
    def counts(self) -> dict[str, int]:
        return {
            "documents": len(self.documents),
            "sections": len(self.sections),
            "passages": len(self.passages),
            "questions": len(self.questions),
        }


def write_catalogue(file: Path, contents: Contents) -> None:
    database = sqlite3.connect(file)
    try:
        database.executescript(_SCHEMA)
        _insert(
            database, "sources", {d.source: (d.source, d.text) for d in contents.documents}.values()
        )
        _insert(database, "documents", map(_document_row, contents.documents))
        _insert(
            database,
            "sections",
            ((s.doc_id, json.dumps(s.heading_path), s.start, s.end) for s in contents.sections),
        )
        _insert(
            database,
            "passages",
            map(_passage_row, range(len(contents.passages)), contents.passages),
        )
        _insert(database, "services", service_rows(contents.documents, contents.passages))
        _insert(
            database,
            "questions",
            (
                (q.doc_id, q.source, *q.lines, q.stem, json.dumps(q.options), json.dumps(q.answer))
                for q in contents.questions
            ),
        )
        database.commit()
    finally:
        database.close()


def _insert(database: sqlite3.Connection, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    rows = list(rows)
    if rows:
        marks = ",".join("?" * len(rows[0]))
        database.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _document_row(document: Document) -> tuple[Any, ...]:
    return (
        document.doc_id,
        document.title,
        document.source,
        document.start,
        document.end,
        document.as_of.isoformat() if document.as_of else None,
        document.topic,
        json.dumps(document.services),
        json.dumps(document.exams),
        json.dumps([(r.name, r.url) for r in document.references]),
    )


def _passage_row(position: int, passage: Passage) -> tuple[Any, ...]:
    return (
        position,
        passage.passage_id,
        passage.doc_id,
        passage.source,
        json.dumps(passage.heading_path),
        passage.start,
        passage.end,
        passage.text,
        passage.kind,
        *passage.lines,
        json.dumps([(f.subject, f.feature, f.value) for f in passage.facts]),
        passage.table_header,
    )


class Catalogue:
    """The written catalogue, read-only; safe to use from several threads."""

    def __init__(self, file: Path) -> None:
        # immutable: sealed files need no locks, and a read-only disk will do.
        uri = f"{file.resolve().as_uri()}?mode=ro&immutable=1"
        self._database = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._lock = threading.Lock()

    def documents(self) -> tuple[Document, ...]:
        rows = self._all(
            "SELECT d.*, s.text FROM documents d JOIN sources s USING (source) ORDER BY d.rowid"
        )
        return tuple(map(_document, rows))

    def document(self, doc_id: str) -> Document:
        """Raises KeyError for a document that is not in the index."""
        rows = self._all(
            "SELECT d.*, s.text FROM documents d JOIN sources s USING (source) WHERE doc_id = ?",
            doc_id,
        )
        if not rows:
            raise KeyError(doc_id)
        return _document(rows[0])

    def titles(self) -> tuple[str, ...]:
        return tuple(title for (title,) in self._all("SELECT title FROM documents ORDER BY rowid"))

    def section_of(self, passage: Passage) -> Section:
        rows = self._all(
            "SELECT * FROM sections WHERE doc_id = ? AND first <= ? ORDER BY first DESC LIMIT 1",
            passage.doc_id,
            passage.start,
        )
        return _section(rows[0])

    def passages_at(self, positions: Sequence[int]) -> dict[int, Passage]:
        return {row[0]: _passage(row) for row in self._rows("position", positions)}

    def passages(self, passage_ids: Sequence[str]) -> dict[str, Passage]:
        return {row[1]: _passage(row) for row in self._rows("passage_id", passage_ids)}

    def positions(self, passage_ids: Sequence[str]) -> dict[str, int]:
        sql = f"SELECT passage_id, position FROM passages WHERE passage_id {_AMONG}"
        return dict(self._all(sql, json.dumps(passage_ids)))

    def positions_of_documents(self, doc_ids: Sequence[str]) -> list[int]:
        sql = f"SELECT position FROM passages WHERE doc_id {_AMONG}"
        return [position for (position,) in self._all(sql, json.dumps(doc_ids))]

    def positions_on_services(self, services: Sequence[str]) -> list[int]:
        sql = f"SELECT position FROM services WHERE service {_AMONG}"
        return [position for (position,) in self._all(sql, json.dumps(services))]

    def services(self) -> list[str]:
        return [name for (name,) in self._all("SELECT DISTINCT service FROM services ORDER BY 1")]

    def heading_paths(self) -> list[HeadingPath]:
        rows = self._all("SELECT heading_path FROM sections GROUP BY 1 ORDER BY min(rowid)")
        return [tuple(json.loads(path)) for (path,) in rows]

    def labels(self) -> list[Labels]:
        rows = self._all("SELECT doc_id, title, topic, source FROM documents ORDER BY rowid")
        return [Labels(*row) for row in rows]

    def all_passages(self) -> tuple[Passage, ...]:
        return tuple(map(_passage, self._all("SELECT * FROM passages ORDER BY position")))

    def questions(self) -> tuple[FoundQuestion, ...]:
        return tuple(
            FoundQuestion(
                doc_id, source, (first, last), stem, tuple(json.loads(options)), _tuple(answer)
            )
            for doc_id, source, first, last, stem, options, answer in self._all(
                "SELECT * FROM questions ORDER BY rowid"
            )
        )

    def close(self) -> None:
        self._database.close()

    def _all(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._database.execute(sql, values).fetchall()

    def _rows(self, column: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        return self._all(f"SELECT * FROM passages WHERE {column} {_AMONG}", json.dumps([*values]))


def _tuple(value: str) -> tuple[int, ...] | None:
    loaded = json.loads(value)
    return None if loaded is None else tuple(loaded)


def _document(row: tuple[Any, ...]) -> Document:
    doc_id, title, source, first, last, as_of, topic, services, exams, references, text = row
    return Document(
        doc_id=doc_id,
        title=title,
        source=source,
        text=text,
        start=first,
        end=last,
        as_of=date.fromisoformat(as_of) if as_of else None,
        topic=topic,
        services=tuple(json.loads(services)),
        exams=tuple(json.loads(exams)),
        references=tuple(Reference(name, url) for name, url in json.loads(references)),
    )


def _section(row: tuple[Any, ...]) -> Section:
    doc_id, heading_path, first, last = row
    return Section(doc_id, tuple(json.loads(heading_path)), first, last)


def _passage(row: tuple[Any, ...]) -> Passage:
    _, passage_id, doc_id, source, path, first, last, text, kind, line, last_line, facts, head = row
    return Passage(
        passage_id=passage_id,
        doc_id=doc_id,
        source=source,
        heading_path=tuple(json.loads(path)),
        start=first,
        end=last,
        text=text,
        kind=kind,
        lines=(line, last_line),
        facts=tuple(Fact(*fact) for fact in json.loads(facts)),
        table_header=head,
    )
