"""Question banks: files -> validated questions.

Our own banks lie in `eval/questions/`; any other file can be brought. A bank is JSON Lines
or CSV. What it must have: `id`, `question`; with `options`, also `answer`. `kind` decides what
is right: a question without one is held to be answerable. A fault is an error that names the
file and the line; a bank with a fault is not scored in part.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ragbot.errors import CorpusError

QUESTIONS = Path(__file__).resolve().parent / "questions"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DEV_SHARE = 0.4
Split = Literal["dev", "test"]
NOT_IN_THE_NOTES = ("near", "far")  # kinds of question that must be refused
FALSE_PREMISE = "false_premise"  # must be refused or, better, corrected
PRACTICE = "practice"  # of a question that tells no kind
# A kind that is not known might mean that the question must be refused: it is never guessed.
KINDS = frozenset((*NOT_IN_THE_NOTES, FALSE_PREMISE, PRACTICE)) | {
    *("lookup", "paraphrase", "comparison", "list", "when_to_choose", "two_sheets", "sloppy"),
    *("why", "pronoun", "ellipsis", "other", "chain", "answer", "subject_change"),
}


class BankError(CorpusError):
    """A question bank that cannot be scored; names the file and the line."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Pointer(_Strict):
    """Where in the notes a needed fact stands; an alternative says the same elsewhere."""

    doc_id: str
    heading: str
    quote: str = Field(min_length=1)
    alternatives: tuple[Pointer, ...] = ()

    def places(self) -> tuple[Pointer, ...]:
        return (self, *self.alternatives)


class Nugget(_Strict):
    """A fact that a right answer must state, with the spellings that count."""

    name: str
    accepted: tuple[str, ...] = Field(min_length=1)


class EarlierTurn(_Strict):
    """A question that came before; with `answer` where the next one leans on what that said."""

    question: str
    answer: str | None = None


class Question(BaseModel):
    """A question of any bank; with `options` it is multiple choice.

    Keys that are not ours (a foreign bank's licence, source, exam) are left aside.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = Field(min_length=1)
    question: str = Field(min_length=1)
    options: tuple[str, ...] = ()
    answer: tuple[int, ...] = ()  # 0-based places of the right options
    topic: str | None = None
    kind: str = PRACTICE
    explanation: str | None = None
    evidence: tuple[Pointer, ...] = ()
    nuggets: tuple[Nugget, ...] = ()
    history: tuple[EarlierTurn, ...] = ()
    standalone: str | None = None
    line: int = 0  # in its file, from 1

    @property
    def split(self) -> Split:
        return split_of(self.id)

    @property
    def is_choice(self) -> bool:
        return bool(self.options)

    @property
    def eligible(self) -> bool:
        """Its answer can be told right or wrong: by its key, by must-have facts, or as refused."""
        return self.is_choice or bool(self.nuggets) or self.kind in NOT_IN_THE_NOTES

    @property
    def answerable(self) -> bool:
        return self.kind not in (*NOT_IN_THE_NOTES, FALSE_PREMISE)


@dataclass(frozen=True, slots=True)
class Bank:
    """A validated bank; `sha256` is of its file's bytes."""

    name: str
    file: Path
    sha256: str
    questions: tuple[Question, ...]


def split_of(question_id: str) -> Split:
    """dev (for tuning) or test (for scoring only), by the id alone and for ever."""
    digest = hashlib.sha256(question_id.encode()).digest()
    return "dev" if int.from_bytes(digest[:8]) / 2**64 < DEV_SHARE else "test"


def own_banks() -> tuple[str, ...]:
    """Names of the banks that come with the project."""
    return tuple(sorted(file.stem for file in QUESTIONS.glob("*.jsonl")))


def load_bank(name_or_file: str | Path) -> Bank:
    """A bank by the name of one of ours, or by its file.

    Raises:
        BankError: there is no such bank, or its file has a fault.
    """
    file = Path(name_or_file)
    if not file.suffix and (QUESTIONS / f"{name_or_file}.jsonl").is_file():
        file = QUESTIONS / f"{name_or_file}.jsonl"
    try:
        content = file.read_bytes()
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise BankError(
            f"the bank cannot be read: {reason}",
            path=file,
            mend=f"name a .jsonl or .csv file, or one of: {', '.join(own_banks())}",
        ) from error
    rows = _csv_rows(file, text) if file.suffix.lower() == ".csv" else _json_rows(file, text)
    questions = tuple(_question(file, line, row) for line, row in rows)
    if not questions:
        raise BankError("there is no question in it", path=file, mend="put one JSON object a line")
    _check_ids(file, questions)
    return Bank(file.stem, file, hashlib.sha256(content).hexdigest(), questions)


def load_banks(names_or_files: Sequence[str | Path]) -> list[Bank]:
    """Several banks for one run, which tells their questions apart by the bank's name.

    Raises:
        BankError: as `load_bank`, or two of them have one name.
    """
    found: dict[str, Bank] = {}
    for bank in map(load_bank, names_or_files):
        if bank.name in found:
            raise BankError(
                f"{bank.name!r} is the name of two banks: {found[bank.name].file} too",
                path=bank.file,
                mend="rename one of the files, or name it once",
            )
        found[bank.name] = bank
    return list(found.values())


def _json_rows(file: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, raw in enumerate(text.split("\n"), start=1):
        if not raw.strip():
            continue
        try:
            row = json.loads(raw)
        except ValueError as error:
            raise _fault(file, line, f"it is no JSON: {error}") from error
        if not isinstance(row, dict):
            raise _fault(file, line, "it is no JSON object")
        yield line, row


_OPTION_COLUMN = re.compile(r"(?:(?:option|choice)[ _-]?)?([a-j]|\d{1,2})", re.IGNORECASE)


def _csv_rows(file: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Columns id, question, answer, and either A, B, C... (option_a, option 1), which the answer
    names, or `options` with the options joined by `|`."""
    reader = csv.DictReader(text.splitlines(keepends=True), strict=True)
    try:
        columns = [name.strip() for name in reader.fieldnames or ()]
        reader.fieldnames = columns
        optional = {name: m[1].upper() for name in columns if (m := _OPTION_COLUMN.fullmatch(name))}
        if len(set(optional.values())) < len(optional):
            raise _fault(file, 1, "two of its columns are for the same option")
        for cells in reader:
            line = reader.line_num
            if None in cells or any(value is None for value in cells.values()):
                raise _fault(file, line, f"it has not the {len(columns)} cells of the first line")
            row: dict[str, Any] = {k: v for k, v in cells.items() if k not in optional and v}
            if optional:
                filled = {label: cells[name].strip() for name, label in optional.items()}
                row["options"] = {label: text for label, text in filled.items() if text}
            elif "options" in row:
                row["options"] = [option.strip() for option in row["options"].split("|")]
            yield line, row
    except csv.Error as error:
        raise _fault(file, reader.line_num, f"it is no CSV: {error}") from error


def _question(file: Path, line: int, row: dict[str, Any]) -> Question:
    row = dict(row, line=line)
    if isinstance(row.get("id"), int):
        row["id"] = str(row["id"])
    options, labels = row.get("options"), None
    if isinstance(options, dict):
        by_label = {str(key).strip().upper(): option for key, option in options.items()}
        labels = _labels(file, line, by_label)
        row["options"] = options = [by_label[label] for label in labels]
    if options:
        if "answer" not in row:
            raise _fault(file, line, "it has options and no answer")
        row["answer"] = _answer(file, line, row["answer"], options, labels)
    elif "answer" in row:
        raise _fault(file, line, "it has an answer and no options")
    try:
        question = Question.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _fault(file, line, f"{where}: {first['msg'].lower()}") from error
    _check(file, question)
    return question


def _labels(file: Path, line: int, labels: Iterable[str]) -> list[str]:
    """In their order, which the columns of a file need not have. A gap might be an option that
    was forgotten."""
    found = sorted(labels, key=lambda label: (len(label), label))
    numbers = [[str(first + i) for i in range(len(found))] for first in (0, 1)]
    if found not in (list(LETTERS[: len(found)]), *numbers):
        told = ", ".join(found)
        raise _fault(file, line, f"its options are lettered {told}, not A, B, C... or 1, 2, 3...")
    return found


def _answer(
    file: Path, line: int, answer: Any, options: Sequence[str], labels: Sequence[str] | None
) -> list[int]:
    """0-based places, given by label ("D", ["A", "C"], "A, C") or, where no label is a number, as
    numbers."""
    if isinstance(answer, str):
        answer = list(answer) if answer.isalpha() else re.split(r"[\s,;|/&]+", answer.strip())
    if not isinstance(answer, list):
        answer = [answer]
    places = []
    for part in answer:
        letter = str(part).strip().upper()
        if labels and letter in labels:
            place = labels.index(letter)
        elif labels and (isinstance(part, str) or labels[0] != "A"):
            told = f"its answer {part!r} names none of its options {', '.join(labels)}"
            raise _fault(file, line, told)
        elif isinstance(part, int) and not isinstance(part, bool):
            place = part
        elif len(letter) == 1 and letter in LETTERS:
            place = LETTERS.index(letter)
        elif letter.isdigit():
            place = int(letter)
        else:
            raise _fault(file, line, f"its answer {part!r} is neither a letter nor an index")
        if not 0 <= place < len(options):
            raise _fault(file, line, f"its answer {part!r} is none of its {len(options)} options")
        places.append(place)
    return sorted(places)


def _check(file: Path, question: Question) -> None:
    line = question.line
    if question.kind not in KINDS:
        near = difflib.get_close_matches(question.kind, KINDS, 1)
        advice = f"did you mean {near[0]}? Else " if near else ""
        raise _fault(
            file,
            line,
            f"its kind {question.kind!r} is none of ours: {advice}leave it out, and the question "
            f"is held to be answerable; the kinds are {', '.join(sorted(KINDS))}",
        )
    if question.is_choice:
        if len(question.options) < 2:
            raise _fault(file, line, "it has fewer than two options")
        if len(question.options) > len(LETTERS):
            raise _fault(file, line, f"it has more than {len(LETTERS)} options")
        plain = [" ".join(option.split()).lower() for option in question.options]
        if not all(plain):
            raise _fault(file, line, "one of its options is empty")
        if len(set(plain)) < len(plain):
            twice = next(option for option in plain if plain.count(option) > 1)
            raise _fault(file, line, f"two of its options are the same: {twice!r}")
        if not question.answer:
            raise _fault(file, line, "its answer is empty")
        if len(set(question.answer)) < len(question.answer):
            raise _fault(file, line, "its answer names an option twice")
        if len(question.answer) == len(question.options):
            raise _fault(file, line, "all of its options are right: nothing can be chosen")
    if not question.question.strip():
        raise _fault(file, line, "its question is empty")


def _check_ids(file: Path, questions: Sequence[Question]) -> None:
    first: dict[str, int] = {}
    for question in questions:
        if question.id in first:
            raise _fault(
                file, question.line, f"its id {question.id!r} stands in line {first[question.id]}"
            )
        first[question.id] = question.line


def _fault(file: Path, line: int, message: str) -> BankError:
    return BankError(message, path=file, line=line, mend="mend the line, or take it out")
