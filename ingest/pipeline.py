"""Source files -> contents of a generation, with what a person should know about them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from ingest.coverage import coverage_of
from ingest.markdown import read_markdown
from ingest.outline import Outline, Warning, slug
from ingest.passages import passages_of
from ingest.pasted import read_pasted
from ingest.questions import leaked_question
from ingest.reading import MEND, SourceText, name_of, read_source, source_files
from ragbot.errors import CorpusError
from ragbot.store import Contents
from ragbot.types import FoundQuestion, Passage

CHUNKING = "10"  # raise it when the same source would give other passages or sentences


@dataclass(frozen=True, slots=True)
class Ingested:
    """What was read; `coverage` is the share of content lines in exactly one passage."""

    contents: Contents
    coverage: float
    warnings: tuple[Warning, ...]


def read_sources(paths: Sequence[Path]) -> list[SourceText]:
    """Empty ones among them where a folder holds them, as that of a note-taking program does.

    Raises:
        CorpusError: for the first file that cannot be read.
    """
    files = source_files(paths)
    return [read_source(path, may_be_empty=path not in paths) for path in files]


def fingerprint_of(sources: Sequence[SourceText], embedder: str) -> str:
    """Equal for equal sources, chunking and embedder; an index with it is up to date."""
    parts = [CHUNKING, embedder, *(f"{source.name}\0{source.sha256}" for source in sources)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def ingest_sources(sources: Sequence[SourceText], unread: Sequence[Path] = ()) -> Ingested:
    """Parse, cut into passages, and check what was cut; of the files `unread` it is told.

    Raises:
        CorpusError: nothing to index, an `as_of` that is no date, or a practice question that
            would be found as evidence.
    """
    filled = [source for source in sources if source.text.strip()]
    outlines = _outlines(filled)
    passages: list[Passage] = []
    warnings = [Warning(each.name, 1, "is empty") for each in sources if each not in filled]
    warnings += [Warning(name_of(file), 1, f"is left out: {MEND}") for file in unread]
    content = covered = 0.0
    for outline in outlines:
        own = passages_of(outline)
        coverage = coverage_of(outline, own)
        content += coverage.content
        covered += coverage.share * coverage.content
        name = outline.document.source
        warned = [*outline.warnings]
        warned += [Warning(name, x.number, "is in no passage") for x in coverage.missed]
        warned += [Warning(name, x.number, "is in several passages") for x in coverage.doubled]
        if not own:
            line = outline.document.text.count("\n", 0, outline.document.start) + 1
            warned.append(Warning(name, line, f"{outline.document.title!r} has no content"))
        warnings += [replace(each, line=outline.in_file(each.line)) for each in warned]
        passages += [replace(each, lines=_in_file(each.lines, outline)) for each in own]
    questions = [
        replace(question, lines=_in_file(question.lines, outline))
        for outline in outlines
        for question in outline.questions
    ]
    _refuse_leaks(passages, questions)
    if not passages:
        raise CorpusError(
            "there is nothing to index in these files",
            path=", ".join(source.name for source in sources[:3]),
            mend="name files or folders with notes in them",
        )
    return Ingested(
        Contents(
            documents=[outline.document for outline in outlines],
            sections=[section for outline in outlines for section in outline.sections],
            passages=passages,
            questions=questions,
        ),
        coverage=covered / content if content else 1.0,
        warnings=tuple(warnings),
    )


def _in_file(lines: tuple[int, int], outline: Outline) -> tuple[int, int]:
    first, last = map(outline.in_file, lines)
    return min(first, last), max(first, last)


def _outlines(sources: Sequence[SourceText]) -> list[Outline]:
    new_id = _id_giver()
    outlines: list[Outline] = []
    for source in sources:
        if source.is_markdown:
            outlines.append(read_markdown(source, new_id(slug(source.path.stem))))
        else:
            outlines += read_pasted(source, new_id)
    return outlines


def _id_giver() -> Callable[[str], str]:
    taken: set[str] = set()

    def new_id(wanted: str) -> str:
        names = (wanted if n == 1 else f"{wanted}-{n}" for n in count(1))
        name = next(name for name in names if name not in taken)
        taken.add(name)
        return name

    return new_id


def _refuse_leaks(passages: Sequence[Passage], questions: Sequence[FoundQuestion]) -> None:
    leak = leaked_question([passage.text for passage in passages], questions)
    if leak is not None:
        passage, question = passages[leak[0]], leak[1]
        raise CorpusError(
            f"the practice question {question.stem[:60]!r} would be found as evidence",
            path=passage.source,
            line=passage.lines[0],
            mend="move it under a heading 'Practice Questions', or out of the notes",
        )
