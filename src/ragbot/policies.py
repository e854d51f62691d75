"""What the guardrails hold to, as `ragbot.toml` says it.

    [guardrails]
    words = ["project bluebird"]            # never asked, never answered
    grounding = 0.8                         # the least support of a sentence that is shown

    [[guardrails.topics]]
    name = "investment advice"
    description = "Advice on what to buy or sell on the stock market."
    examples = ["Which shares should I buy?"]

    [guardrails.pii]
    email = "mask"                          # in questions and answers; logs are masked anyway
    aws_secret_key = { input = "block", output = "block" }

    [guardrails.bedrock]                    # a guardrail of the service itself
    id = "gr1a2b3c"
    version = "2"

Without the file nothing is blocked, and logs are masked.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import ErrorDetails

from ragbot.errors import SettingsError
from ragbot.screening import DATA_KINDS, DataKind, fold

DEFAULT_FILE = Path("ragbot.toml")
TOPIC_THRESHOLD = 0.25

Action = Literal["block", "mask", "allow"]
Side = Literal["input", "output", "logs"]


def _telling(phrase: str) -> str:
    """A word or phrase to look for; one sign alone would be found in nearly every text."""
    seen = fold(phrase).text.strip()
    if not any(map(str.isalnum, seen)) and len(seen) < 2:
        raise ValueError(f"{phrase!r} is a single sign: give a word, or two signs or more")
    return phrase


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Phrase = Annotated[Text, AfterValidator(_telling)]
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeniedTopic:
    """A subject that is not talked about, told by examples.

    A text is about it from the score `threshold` on (see `ragbot.guardrails.topics`); a lower one
    catches more of it, and more that only sounds like it.
    """

    __pydantic_config__ = _STRICT
    name: Text
    description: Text | None = None
    examples: tuple[Text, ...] = ()
    words: tuple[Phrase, ...] = ()
    threshold: Annotated[float, Field(gt=0, le=1, strict=True)] = TOPIC_THRESHOLD

    def __post_init__(self) -> None:
        if not (self.description or self.examples or self.words):
            raise ValueError("it needs a description, examples or words")


@dataclass(frozen=True, slots=True)
class PiiPolicy:
    """What becomes of each kind of personal data on each side. "block" drops a log record."""

    input: Mapping[DataKind, Action] = field(default_factory=dict)
    output: Mapping[DataKind, Action] = field(default_factory=dict)
    logs: Mapping[DataKind, Action] = field(
        default_factory=lambda: {kind: "mask" for kind in DATA_KINDS if kind != "ip"}
    )

    def kinds(self, side: Side, action: Action) -> frozenset[DataKind]:
        policy: Mapping[DataKind, Action] = getattr(self, side)
        return frozenset(kind for kind, what in policy.items() if what == action)

    def unseen(self, side: Side) -> frozenset[DataKind]:
        """The kinds that must not be passed on as they are."""
        return self.kinds(side, "mask") | self.kinds(side, "block")


@dataclass(frozen=True, slots=True)
class BedrockGuardrail:
    """A guardrail that Bedrock itself applies; `version` is a number or DRAFT."""

    __pydantic_config__ = _STRICT
    id: Text
    version: Annotated[str, StringConstraints(pattern=r"^(?:[1-9]\d{0,7}|DRAFT)$")] = "DRAFT"


@dataclass(frozen=True, slots=True)
class Policies:
    """All of `[guardrails]`."""

    topics: tuple[DeniedTopic, ...] = ()
    words: tuple[str, ...] = ()
    pii: PiiPolicy = field(default_factory=PiiPolicy)
    grounding: float = 0.0
    bedrock: BedrockGuardrail | None = None


def read_policies(file: Path | None) -> Policies:
    """The policies of a file; without one, those of ./ragbot.toml if it is there.

    Raises:
        SettingsError: a file that is missing or wrong; names file, line and the mending step.
    """
    path = file or DEFAULT_FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        if file is None:
            return Policies()
        raise SettingsError(
            f"there is no file {file}", mend="set RAGBOT_CONFIG to an existing file, or unset it"
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} cannot be read: {error}", mend=f"make {path} UTF-8") from error
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read: {error}",
            mend=f"make {path} a file that may be read, or set RAGBOT_CONFIG to another",
        ) from error
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise _fault(path, int(line[1]) if line else text.count("\n") + 1, str(error)) from error
    try:
        written = _file().validate_python(data)
    except ValidationError as error:
        first = error.errors()[0]
        message, mend = _told(first)
        raise _fault(path, _line_of(text, first["loc"]), message, mend) from error
    return _policies(written.guardrails)


@dataclass(frozen=True, slots=True)
class _Sides:
    """What one line of `[guardrails.pii]` says; a bare "mask" leaves the logs as they are."""

    __pydantic_config__ = _STRICT
    input: Action = "allow"
    output: Action = "allow"
    logs: Action | None = None


def _both_sides(written: Any) -> Any:
    return {"input": written, "output": written} if isinstance(written, str) else written


@dataclass(frozen=True, slots=True)
class _Guardrails:
    """The table as it is written."""

    __pydantic_config__ = _STRICT
    topics: tuple[DeniedTopic, ...] = ()
    words: tuple[Phrase, ...] = ()
    grounding: Annotated[float, Field(ge=0, le=1, strict=True)] = 0.0
    pii: dict[DataKind, Annotated[_Sides, BeforeValidator(_both_sides)]] = field(
        default_factory=dict
    )
    bedrock: BedrockGuardrail | None = None


@dataclass(frozen=True, slots=True)
class _File:
    __pydantic_config__ = _STRICT
    guardrails: _Guardrails = field(default_factory=_Guardrails)


@cache
def _file() -> TypeAdapter[_File]:
    return TypeAdapter(_File)


def _policies(written: _Guardrails) -> Policies:
    logs = {kind: sides.logs for kind, sides in written.pii.items() if sides.logs is not None}
    pii = PiiPolicy(
        {kind: sides.input for kind, sides in written.pii.items()},
        {kind: sides.output for kind, sides in written.pii.items()},
        {**PiiPolicy().logs, **logs},
    )
    return Policies(written.topics, written.words, pii, written.grounding, written.bedrock)


def _fault(path: Path, line: int, message: str, mend: str | None = None) -> SettingsError:
    return SettingsError(f"{path}:{line}: {message}", mend=mend or f"correct line {line} of {path}")


_MENDS = {
    "tuple_type": 'write a list: ["...", "..."]',
    "float_type": "write a number from 0 to 1, without quotes",
    "greater_than_equal": "write a number from 0 to 1",
    "less_than_equal": "write a number from 0 to 1",
    "string_type": 'write it in quotes: "..."',
    "string_pattern_mismatch": 'write the number of a version in quotes, or "DRAFT"',
}


def _told(error: ErrorDetails) -> tuple[str, str | None]:
    """What is wrong, in the words of the file, and how to mend it."""
    names = [str(part) for part in error["loc"] if part != "[key]"]
    name = names[-1] if names else "?"
    where = _joined(names[:-1])
    known = _names_in(names[:-1])
    if error["type"] == "unexpected_keyword_argument" or error["loc"][-1:] == ("[key]",):
        near = difflib.get_close_matches(name, known, n=1)
        choice = f"did you mean {near[0]}? Else: " if near else ""
        place = f"[{where}]" if where else "the file"
        return f"{place} has no {name!r}", f"{choice}use one of: {', '.join(known)}"
    if error["type"] == "missing":
        return f"[{where}] has no {name}, and needs one", None
    if error["type"] == "dataclass_type":
        action = "block, mask, allow or " if names[-2:-1] == ["pii"] else ""
        return f"{_joined(names)} cannot be used: it has to be {action}a table", None
    reason = error["msg"].removeprefix("Value error, ").replace("tuple", "list")
    return f"{_joined(names)} cannot be used: {reason}", _MENDS.get(error["type"])


def _joined(names: Sequence[str]) -> str:
    return re.sub(r"\.(\d+)", lambda n: f", entry {int(n[1]) + 1}", ".".join(names))


def _names_in(table: Sequence[str]) -> list[str]:
    if table[-1:] == ["pii"]:
        return list(DATA_KINDS)
    owner = {"guardrails": _Guardrails, "bedrock": BedrockGuardrail, "topics": DeniedTopic}
    name = next((part for part in reversed(table) if not part.isdigit()), "")
    kind = _Sides if "pii" in table else owner.get(name, _File)
    return [each.name for each in fields(kind)]


_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]")
_STRING = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|#[^\n]*|\]")
_KEY = re.compile(r"\s*([\w.\"'-]+)\s*=")


def _line_of(text: str, place: tuple[int | str, ...]) -> int:
    """The line of the file that says the most of a place such as ("guardrails", "topics", 0)."""
    table: tuple[int | str, ...] = ()
    seen: Counter[tuple[int | str, ...]] = Counter()
    best, line_of_best = 0, 1
    for number, line in enumerate(text.split("\n"), start=1):
        if header := _HEADER.match(line):
            table = _parts(header[2])
            if header[1] == "[[":
                seen[table] += 1
                table = (*table, seen[table] - 1)
            named = table
        elif key := _KEY.match(line):
            named = (*table, *_parts(key[1]))
        else:
            continue
        pairs = zip(named, place, strict=False)
        shared = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
        if shared > best:
            best, line_of_best = shared, number
    return line_of_best + (_lines_to(place[-1], text, line_of_best) if best < len(place) else 0)


def _lines_to(entry: int | str, text: str, line: int) -> int:
    """How far below the line of a list its entry stands."""
    if isinstance(entry, str):
        return 0
    below = text.split("\n", line - 1)[-1].partition("=")[2]
    signs = (each for each in _STRING.finditer(below) if not each[0].startswith("#"))
    entries = list(takewhile(lambda each: each[0] != "]", signs))
    return below.count("\n", 0, entries[entry].start()) if entry < len(entries) else 0


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in name.split("."))
