"""Notes written to disk and read back through the whole ingest, but for the index."""

from __future__ import annotations

from pathlib import Path

from ingest.pipeline import Ingested, ingest_sources, read_sources


def ingested(folder: Path, name: str, text: str) -> Ingested:
    (folder / name).write_text(text, encoding="utf-8")
    return ingest_sources(read_sources([folder / name]))


def assert_offsets(result: Ingested) -> None:
    """Every passage is exactly what stands at its characters and lines in the file."""
    documents = {document.doc_id: document for document in result.contents.documents}
    for passage in result.contents.passages:
        text = documents[passage.doc_id].text
        assert text[passage.start : passage.end] == passage.text
        first, last = passage.lines
        assert passage.text.strip() in "\n".join(text.split("\n")[first - 1 : last])
