"""The conversations of strangers: well formed, over the notes as they are, and kept apart."""

from __future__ import annotations

from pathlib import Path

from eval.dialogues import dialogues, is_cited
from ingest.pipeline import ingest_sources, read_sources

CORPUS = Path(__file__).parents[2] / "corpus"


def test_each_line_that_answers_stands_in_the_notes() -> None:
    contents = ingest_sources(read_sources(sorted(CORPUS.glob("*.md")))).contents
    notes = "\n".join(document.text for document in contents.documents)
    lines = [
        said.line
        for split in ("dev", "test")
        for each in dialogues(split)
        for said in each.turns
        if said.line is not None
    ]
    assert len(lines) > 300
    assert [line for line in lines if not is_cited(line, notes)] == []


def test_nobody_says_in_test_what_was_said_in_dev() -> None:
    dev, test = (
        {tuple(said.says for said in each.turns) for each in dialogues(split)}
        for split in ("dev", "test")
    )
    assert (len(dev), len(test)) == (80, 30)
    assert dev.isdisjoint(test)


def test_a_sentence_of_a_line_cites_it_and_another_line_does_not() -> None:
    line = "- A box holds 400 KB. Crates hold 16 MB."
    assert is_cited(line, "A box holds 400 KB.")
    assert not is_cited(line, "A box holds 500 KB.")
    assert not is_cited(line, "")
