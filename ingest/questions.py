"""Practice questions in a source: stem, options, and the key where the text gives one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.outline import Line
from ragbot.types import FoundQuestion

_ITEM = re.compile(
    r"^\s*(?:[-*•]\s+)?(?:\*\*)?(?P<sign>(?:Q(?:uestion)?\s*)?\d{1,3}|\(?[A-Ha-h])(?:[.):]|\s*-)(?:\*\*)?\s+(?P<text>\S.*)$"
)
_BOX = re.compile(r"^\s*[-*•]\s+(?:\[(?P<mark>[ xX])\]\s*)?(?P<text>\S.*)$")
_KEY = re.compile(
    r"^\s*(?:[-*•>]\s*)?(?:\*\*)?(?:correct\s+)?(?:answers?|key|solution)(?:\*\*)?\s*(?:\(s\))?\s*[:=]\s*"
    r"(?:\*\*)?\s*(?P<keys>[A-Ha-h\d](?:\s*(?:,|&|and)\s*[A-Ha-h\d])*)\b",
    re.IGNORECASE,
)


SHORTEST_LIST = 6  # words


def questions_in(lines: Sequence[Line], doc_id: str, source: str) -> list[FoundQuestion]:
    """The questions of a block, in their order.

    A stem is the outermost item; what stands deeper, or is lettered, are its options.
    """
    found: list[FoundQuestion] = []
    stem: list[str] = []
    options: list[str] = []
    marked: list[int] = []
    answer: tuple[int, ...] | None = None
    first = last = 0
    outer = min((line.indent for line in lines if _ITEM.match(line.text)), default=0)

    def finish() -> None:
        if stem and len(options) >= 2:
            key = answer or (tuple(marked) if marked else None)
            if key is not None and any(not 0 <= place < len(options) for place in key):
                key = None
            found.append(
                FoundQuestion(doc_id, source, (first, last), " ".join(stem), tuple(options), key)
            )

    for line in lines:
        if line.is_blank:
            continue
        key = _KEY.match(line.text)
        item = _ITEM.match(line.text)
        box = None if item else _BOX.match(line.text)
        if key and stem:
            answer = tuple(_place(k) for k in re.split(r"\s*(?:,|&|and)\s*", key["keys"]))
        elif item and line.indent <= outer and any(c.isdigit() for c in item["sign"]):
            finish()
            stem, options, marked, answer = [item["text"].strip()], [], [], None
            first = line.number
        elif stem and (item or box):
            if box and box["mark"] in ("x", "X"):
                marked.append(len(options))
            options.append(_clean((item or box)["text"]))  # type: ignore[index]
        elif stem and not options:
            stem.append(line.text.strip())
        elif options and line.indent > outer:
            options[-1] += " " + line.text.strip()
        last = line.number
    finish()
    return found


def _clean(option: str) -> str:
    return re.sub(r"^(\*\*|__)(.*)\1$", r"\2", option.strip())


def _place(key: str) -> int:
    return int(key) - 1 if key.isdigit() else ord(key.upper()) - ord("A")


def leaked_question(
    texts: Sequence[str], questions: Sequence[FoundQuestion]
) -> tuple[int, FoundQuestion] | None:
    """(position of the text, question) where a text carries a question's stem, or all of its
    options in a row; None where none does."""
    marks = [(_squeeze(question.stem), question) for question in questions]
    for question in questions:
        together = _squeeze(" ".join(question.options))
        # "A or B" is no list: the head of a table names the same two products.
        if len(question.options) > 2 and len(together.split()) >= SHORTEST_LIST:
            marks.append((together, question))
    for position, text in enumerate(texts):
        squeezed = _squeeze(text)
        for mark, question in marks:
            if mark and mark in squeezed:
                return position, question
    return None


def _squeeze(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
