"""The bank of claims: true and false sentences as a model may write them, for the checker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.banks import BankError, Split, split_of

CLAIMS = Path(__file__).resolve().parent / "questions" / "claims"


class Claim(BaseModel):
    """A sentence, whether the notes bear it out, and the line that decides it.

    `quote` stands verbatim in the notes: it supports the claim, or shows that it is false (of an
    invented limit it is the nearest line). `quote2` is the other fact of a claim that joins two.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    topic: str
    label: Literal["true", "false"]
    kind: str
    claim: str
    doc_id: str
    heading: str
    quote: str
    quote2: str | None = None
    question: str

    @property
    def split(self) -> Split:
        return split_of(self.id)

    @property
    def quotes(self) -> tuple[str, ...]:
        return (self.quote,) if self.quote2 is None else (self.quote, self.quote2)


def own_claims() -> tuple[Claim, ...]:
    """All claims that come with the project."""
    return tuple(claim for file in sorted(CLAIMS.glob("*.jsonl")) for claim in load_claims(file))


def load_claims(file: Path) -> tuple[Claim, ...]:
    """Raises BankError, with the line, where one cannot be read."""
    claims = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            claims.append(Claim.model_validate(json.loads(line)))
        except (ValueError, ValidationError) as error:
            raise BankError(str(error), path=file, line=number, mend="mend the line") from error
    return tuple(claims)
