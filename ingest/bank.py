"""Practice questions that came with their key -> a question bank beside the index."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ragbot.types import FoundQuestion


def write_bank(file: Path, questions: Sequence[FoundQuestion]) -> None:
    """One JSON object a line, for `eval --bank`; replaced in one step, removed when empty, left
    alone where it is as it should be."""
    keyed = [question for question in questions if question.answer is not None]
    if not keyed:
        file.unlink(missing_ok=True)
        return
    rows = [
        {
            "id": f"{question.doc_id}-{number}",
            "question": question.stem,
            "options": list(question.options),
            "answer": list(question.answer or ()),
            "source": {"file": question.source, "lines": list(question.lines)},
        }
        for number, question in enumerate(keyed, start=1)
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    if file.is_file() and file.read_text(encoding="utf-8", errors="replace") == text:
        return
    fresh = file.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)
