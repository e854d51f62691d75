"""A run is a folder: what was asked under which conditions, and all that came back.

    manifest.json   config, model, index and corpus, code version, banks, seed, machine
    records.jsonl   one line for each question and mode, in the order in which they were answered
    summary.json    the figures (`eval.summary`), summary.md, report.html

Records are appended and flushed to disk one by one, so a killed run loses at most the question
that it was at; the half line that it may leave is dropped when the run is resumed.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from ragbot.errors import RagbotError

FORMAT = 1
Mode = Literal["retrieval", "no_model", "closed_book", "open_book", "oracle", "combined"]
ASKED: tuple[Mode, ...] = ("retrieval", "no_model", "closed_book", "open_book", "oracle")
Read = Literal["", "tool", "log-probabilities", "parser"]
KEY = tuple[str, str, str]  # (bank, id, mode)


class RunError(RagbotError):
    """A run folder that cannot be read, resumed or compared."""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")


class BankUsed(_File):
    name: str
    file: str
    sha256: str
    questions: int  # those that the run asks


class Spent(_File):
    """Tokens and US dollars; `unknown` tells what is not in the dollars, and why."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    usd: float | None = 0.0
    unknown: list[str] = []
    prices_of: str | None = None  # the day of the price table
    batch: bool = False  # as batch jobs, which cost half, all or part of it


class Manifest(_File):
    """The conditions of a run. `config` is all that may change a score."""

    format: int = FORMAT
    created: str  # ISO 8601, UTC
    finished: str | None = None
    config: dict[str, Any]
    banks: list[BankUsed]
    index: dict[str, Any]  # embedder, chunking and corpus fingerprint, counts
    code: dict[str, Any]  # version, hash of the source, commit, whether it was changed since
    machine: dict[str, Any]
    elapsed: float | None = None  # seconds, over the sittings that were not killed
    spent: Spent | None = None  # on calls that were made, not on replies from the cache


def differing(a: Manifest, b: Manifest) -> list[str]:
    """Which of the conditions differ under which a run may be resumed.

    Half a run by one version and half by another is a score of neither.
    """
    parts = [part for part in ("config", "banks", "index") if getattr(a, part) != getattr(b, part)]
    return parts if a.code.get("source") == b.code.get("source") else [*parts, "code"]


class Shown(_File):
    """A passage as it was retrieved, or as it was shown to the model.

    `gold` where it holds needed evidence; `marks` are (start, end) of that in `text`.
    """

    passage_id: str
    doc_id: str
    heading_path: list[str]
    text: str
    rank: int
    score: float
    gold: bool = False
    marks: list[tuple[int, int]] = []


class Asked(_File):
    """One call of a model: one order of the options, or the whole free answer."""

    order: list[int] = []
    prompt: str = ""
    raw: str = ""  # of a tool's reply, its input
    read: Read = ""  # how the letters were read; "" where there were none to read
    chosen: list[int] | None = None  # places in the bank's order; None: could not be read
    probabilities: list[float] | None = None  # of the options, in the bank's order
    right: bool = False
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    ms: float = 0.0
    cached: bool = False
    cost: float | None = None  # US dollars; None where no price is known


class Record(_File):
    """What came of one question in one mode.

    `score` in [0, 1] is what accuracy averages; 0 where the question crashed (`error`), None
    where there is nothing to score it by (`Question.eligible`).
    """

    bank: str
    id: str
    mode: Mode
    split: str
    kind: str
    topic: str | None = None
    question: str
    history: list[str] = []
    options: list[str] = []
    answer: list[int] = []
    score: float | None = None
    error: str | None = None
    query: str = ""
    retrieved: list[Shown] = []
    evidence_found: float | None = None  # share of the needed evidence among the shown
    asked: list[Asked] = []
    also: list[Asked] = []  # calls beside the answer's: earlier turns, the judge
    text: str = ""  # of a free answer, as shown
    citations: list[dict[str, Any]] = []
    verdicts: dict[str, float | bool | None] = {}
    shortcuts: dict[str, float] = {}
    model_id: str = ""
    ms: float = 0.0

    @property
    def key(self) -> KEY:
        return (self.bank, self.id, self.mode)


class RunFolder:
    """Writes and reads one run; appends are safe from several threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        return self.folder.name

    def write_manifest(self, manifest: Manifest) -> None:
        write_whole(self.folder / "manifest.json", manifest.model_dump_json(indent=1) + "\n")

    def manifest(self) -> Manifest:
        """Raises RunError where the folder holds no run of ours."""
        file = self.folder / "manifest.json"
        try:
            return Manifest.model_validate_json(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise RunError(
                f"{self.folder} holds no run ({file.name}: {error.strerror})",
                mend="name a folder that `python -m eval run` has written",
            ) from error
        except ValidationError as error:
            raise RunError(
                f"{file} is not a manifest of this version: {error.errors()[0]['msg']}",
                mend="run it anew",
            ) from error

    def append(self, record: Record) -> None:
        line = record.model_dump_json() + "\n"
        with self._lock, (self.folder / "records.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(line)
            stream.flush()
            os.fsync(stream.fileno())

    def records(self) -> list[Record]:
        """All whole records; of two with one key the later counts.

        Raises:
            RunError: a line that is no record, other than a last one that was cut off.
        """
        file = self.folder / "records.jsonl"
        if not file.is_file():
            return []
        lines = file.read_text(encoding="utf-8").split("\n")
        found: dict[KEY, Record] = {}
        for number, line in enumerate(lines, start=1):
            if not line:
                continue
            try:
                record = Record.model_validate_json(line)
            except ValidationError as error:
                if number == len(lines):
                    break  # the write was cut off; `drop_half_line` removes it on resuming
                raise RunError(
                    f"{file}:{number}: it is no record: {error.errors()[0]['msg']}",
                    mend="take the line out: the question will be asked again",
                ) from error
            found[record.key] = record
        return list(found.values())

    def drop_half_line(self) -> None:
        """Cut what a killed writer left behind the last whole line."""
        file = self.folder / "records.jsonl"
        if not file.is_file():
            return
        content = file.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            with file.open("r+b") as stream:
                stream.truncate(whole)

    def summary(self) -> dict[str, Any]:
        """Raises RunError where the run is not finished."""
        file = self.folder / "summary.json"
        if not file.is_file():
            raise RunError(
                f"{self.folder} is not finished",
                mend=f"python -m eval run --out {quote(str(self.folder))}",
            )
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return found


def write_whole(file: Path, text: str) -> None:
    """Replace a file in one step."""
    fresh = file.with_name(file.name + ".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)


def latest_run(runs: Path, *, finished: bool, like: Manifest | None = None) -> RunFolder | None:
    """The run folder that was begun last; where `like` is given, under the same conditions."""
    for folder in sorted(f for f in runs.glob("*") if (f / "manifest.json").is_file())[::-1]:
        run = RunFolder(folder)
        held = run.manifest()
        if (held.finished is not None) == finished and (like is None or not differing(held, like)):
            return run
    return None


def same_questions(a: Sequence[Record], b: Sequence[Record]) -> list[tuple[Record, Record]]:
    """Records of the same bank, question and mode, in both."""
    others = {record.key: record for record in b}
    return [(record, others[record.key]) for record in a if record.key in others]
