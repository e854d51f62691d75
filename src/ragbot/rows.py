"""Cells of a table row -> a sentence, and back: which cells a sentence puts."""

from __future__ import annotations

from collections.abc import Sequence

from ragbot.evidence import EvidenceSentence
from ragbot.plain_text import as_sentence
from ragbot.types import Fact, Passage


def row_as_sentence(cells: Sequence[EvidenceSentence]) -> str:
    """Cells of one row, which all carry their fact: "DynamoDB's latency: 5 ms." where its columns
    are what is compared, "Lambda - Timeout: 15 minutes." where they are features of one thing."""
    facts = [cell.fact for cell in cells if cell.fact is not None]
    subject, feature, value = facts[0].subject, facts[0].feature, facts[0].value
    passage = cells[0].passage
    if _is_on(subject, passage):
        if len(passage.facts) == 1:  # the head of the only column says no more than "Value"
            return as_sentence(f"{subject}: {value}")
        return as_sentence(f"{subject} - {'; '.join(map(_of_column, facts))}")
    if len(facts) == 1:
        return as_sentence(f"{_of_subject(facts[0])}: {value}")
    return as_sentence(f"{feature}: {'; '.join(f'{f.subject} {f.value}' for f in facts)}")


def cells_in(claim: str, sentences: Sequence[EvidenceSentence]) -> tuple[EvidenceSentence, ...]:
    """The cells of one row whose sentence the claim is, to the letter; empty where it is none."""
    cells = [each for each in sentences if each.fact and _may_hold(claim, each.fact)]
    return tuple(cells) if cells and row_as_sentence(cells) == as_sentence(claim) else ()


def _may_hold(claim: str, fact: Fact) -> bool:
    subject, value = fact.subject, fact.value
    clauses = [f"{subject} {value}", f"{subject}: {value}"]
    clauses.append(f"{_of_subject(fact)}: {value}")
    if claim.startswith(f"{subject} - "):
        clauses.append(_of_column(fact))
    told = f" {as_sentence(claim)}"
    ends = ((as_sentence(clause)[:-1], end) for clause in clauses for end in ";.")
    return any(f" {clause}{end}" in told for clause, end in ends)


def _is_on(subject: str, passage: Passage) -> bool:
    """Whether the row is on the subject, and each column on a feature of it."""
    *_, row = passage.text.splitlines()  # the first of a table comes with its head
    named = row.lstrip(" |").startswith(subject) or f"| {subject} |" in row
    return bool(subject) and named and {f.subject for f in passage.facts} == {subject}


def _of_column(fact: Fact) -> str:
    return (
        f"{fact.feature}: {fact.value}" if fact.feature else fact.value
    )  # not every head is named


def _of_subject(fact: Fact) -> str:
    return f"{_owning(fact.subject)} {_small(fact.feature)}" if fact.subject else fact.feature


def _owning(subject: str) -> str:
    return subject + ("'" if subject.endswith("s") else "'s")


def _small(feature: str) -> str:
    """Within a sentence, unless it is a name: "Latency" -> "latency", but "DataSync agent"."""
    first, *_ = feature.split() or [""]
    return feature[0].lower() + feature[1:] if first[1:].islower() else feature
