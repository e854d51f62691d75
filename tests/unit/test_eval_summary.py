"""The figures of a run: over every question that was asked, never over the survivors."""

from __future__ import annotations

from typing import Any

from eval.report_text import FREE_ROWS, headline
from eval.runs import Manifest, Record
from eval.summary import summarize

CRASHED: dict[str, Any] = {"error": "RuntimeError: it broke", "score": 0.0}
REFUSED: dict[str, Any] = {
    "score": 0.0,
    "verdicts": {"abstained": True, "correct": False, "judged_correct": False},
}
RIGHT: dict[str, Any] = {
    "score": 1.0,
    "verdicts": {
        "abstained": False,
        "correct": True,
        "judged_correct": True,
        "citation_recall": 1.0,
    },
}


def records(kind: str, *rows: tuple[dict[str, Any], int]) -> list[Record]:
    every = [row for row, times in rows for _ in range(times)]
    common = {"bank": "b", "mode": "open_book", "split": "test", "kind": kind, "question": "?"}
    return [Record(**common, id=f"{kind}-{i}", **row) for i, row in enumerate(every)]


def summarized(records: list[Record]) -> dict[str, Any]:
    manifest = Manifest(
        created="2026-11-30", config={"model": "m"}, banks=[], index={}, code={}, machine={}
    )
    return summarize(manifest, records)


def free(records: list[Record]) -> dict[str, Any]:
    found: dict[str, Any] = summarized(records)["free"]["open_book"]["all"]
    return found


def test_crashes_and_refusals_are_wrong_to_the_judge_as_to_the_rule() -> None:
    found = free(records("lookup", (CRASHED, 50), (REFUSED, 40), (RIGHT, 10)))
    assert (found["correct"]["value"], found["correct"]["n"]) == (0.1, 100)
    assert (found["judged_correct"]["value"], found["judged_correct"]["n"]) == (0.1, 100)
    # Nobody judged what was refused: there is nothing to agree on.
    assert found["judge_agreement"]["n"] == 10


def test_a_reply_of_the_judge_that_is_not_read_is_wrong_and_no_disagreement() -> None:
    unread = {**RIGHT, "verdicts": RIGHT["verdicts"] | {"judged_correct": None}}
    found = free(records("lookup", (unread, 1), (RIGHT, 3)))
    assert found["judged_correct"]["value"] == 0.75
    assert (found["judge_agreement"]["value"], found["judge_agreement"]["n"]) == (1, 3)


def test_without_a_judge_there_is_no_figure_of_it() -> None:
    plain = {"score": 1.0, "verdicts": {"abstained": False, "correct": True}}
    assert "judged_correct" not in free(records("lookup", (plain, 2), (CRASHED, 1)))


def test_a_crash_counts_against_both_shares_of_refusals() -> None:
    answerable = free(records("lookup", (CRASHED, 50), (REFUSED, 40), (RIGHT, 10)))
    assert answerable["over_refused_of_answerable"]["value"] == 0.9
    gaps = free(records("near", (CRASHED, 1), (REFUSED, 3)))
    assert gaps["refused_of_unanswerable"]["value"] == 0.75
    assert "crashed" in FREE_ROWS["over_refused_of_answerable"]


def test_what_is_of_the_answered_ones_alone_says_so() -> None:
    found = free(records("lookup", (CRASHED, 1), (REFUSED, 1), (RIGHT, 2)))
    assert found["citation_recall"]["n"] == 2
    for row in ("citation_recall", "citation_precision", "supported", "gold_cited"):
        assert "of those" in FREE_ROWS[row]


def test_what_cannot_be_scored_is_no_zero() -> None:
    bare: dict[str, Any] = {"score": None, "verdicts": {"abstained": False, "supported": 1.0}}
    summary = summarized(records("practice", (bare, 3)) + records("lookup", (RIGHT, 1)))
    found = summary["free"]["open_book"]
    assert (found["all"]["handled_right"]["value"], found["all"]["handled_right"]["n"]) == (1, 1)
    assert (found["all"]["correct"]["value"], found["all"]["correct"]["n"]) == (1, 1)
    assert found["all"]["over_refused_of_answerable"]["n"] == 4
    assert list(found["by_kind"]) == ["lookup"]
    assert "nothing was scored" in headline(summarized(records("practice", (bare, 3))))
