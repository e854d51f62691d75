"""Which dated notes tell how a fact has changed, and which are on something else."""

from __future__ import annotations

import pytest
from support.small_notes import evidence, passage

from ragbot.dated_notes import changes, date_of, is_dated
from ragbot.evidence import linked


@pytest.mark.parametrize(
    ("fact", "note"),
    [
        ("Swan mode: alpha, keep off.", "As of April 2025 (v1.33): swan mode is stable."),
        ("The swan flag sets the ABC plugin.", "May 2022: the ABC swan flag has gone."),
        ("A fixed gate: set `crane.gateIP`.", "`crane.gateIP` is deprecated since v1.24."),
        ("I put crane-hub on each ship.", "Nov 2025: crane-hub is being retired, no mends."),
        ("A berth costs 9 coins (since 2021).", "2024-03: a berth costs 11 coins"),
        ("A berth costs 9 coins.", "Since 1.5.2024 a berth costs 11 coins."),
        ("A berth costs 9 coins.", "From Q2 2024 a berth costs 11 coins."),
        ("A berth costs 9 coins.", "As of 1st of May 2024, a berth costs 11 coins."),
        ("A berth costs 9 coins.", "Starting in May 2024, a berth costs 11 coins."),
        ("A berth costs 9 coins.", "With effect from May 2024 a berth costs 11 coins."),
        ("A berth costs 9 coins.", "Amended 2024-05-01: a berth costs 11 coins."),
        ("A berth costs 9 coins.", "Revised in May 2024: a berth costs 11 coins."),
        ("A berth costs 9 coins.", "Erratum: a berth costs 11 coins."),
        ("A berth costs 9 coins.", "Note (May 2024): a berth costs 11 coins."),
        ("A berth costs 9 coins.", "A berth costs 11 coins since May 2024."),
        ("A berth costs 9 coins.", "A berth costs 11 coins (as of 2024-05)."),
        ("The dock fee is 9 coins.", "The dock fee was raised to 11 coins in May 2024."),
        ("The dock fee is 9 coins.", "In May 2024, the dock fee was raised to 11 coins."),
        ("The blue lamp shines for a year.", "As of May 2024: the lamp shines for two years."),
        ("Set work_mem to 4.", "work_mem was removed in v2."),
        ("Set work_mem to 4.", "work_mem has been removed."),
    ],
)
def test_a_note_changes_a_fact_from_afar(fact: str, note: str) -> None:
    assert is_dated(note)
    assert changes(note, fact)


@pytest.mark.parametrize(
    ("fact", "note"),
    [
        ("The toll fee is 11.44 (from 1 April 2024).", "From 1 April 2025 the toll fee is 12.21."),
        ("Leave is taken in one block.", "Since 6 April 2024: leave may be split into blocks."),
        ("A clerk has three months to say no.", "Update: since 2024 it is two."),
        (
            "A talk lasts up to six weeks.",
            "For claims on or after 1 May 2025 a talk lasts 12 weeks.",
        ),
        ("Boats are red.", "Correction: they are green."),
    ],
)
def test_right_below_a_fact_little_is_needed(fact: str, note: str) -> None:
    assert changes(note, fact, beside=True)


@pytest.mark.parametrize(
    ("fact", "note"),
    [
        ("The fee is 12.21 (from 1 April 2025).", "From 1 April 2024 the fee is 11.44."),
        ("A box is an object of wood.", "As of May 2026: the largest object is a crane."),
        ("Tolls are paid at the gate.", "As of May 2026: tickets for boats may be red."),
        ("The gate opened in 1914.", "1914: the gate opened"),
        ("Tolls are 4 coins.", "Since tolls are 4 coins, boats stay away."),
        ("As of May 2025: tolls are 4 coins.", "As of May 2026: tolls are 5 coins."),
        ("The harbour is old.", "The pier is deprecated."),
        ("Read: GET a boat.", "Update: PUT a boat."),
        ("The blue lamp lasts 3 years.", "As of May 2024: The red lamp lasts 3 years."),
        ("The S3 gate takes 3 boats.", "Since 2024-03 the EC2 gate takes 10 boats."),
        ("The dock fee is 3 coins.", "The lock fee is 3 coins since May 2024."),
        ("Blue - Size: 4 (since 2021)", "Red - Size: 4 (since May 2023)"),
        ("work_mem is 4 KB.", "work_mem is gone after a night."),
        ("work_mem is 4 KB.", "work_mem is removed from the pier by cranes."),
        ("The boat sank in May.", "In May 2024 a boat was painted."),
        ("Global boats reach five ports.", "Change boats - data of what has changed."),
    ],
)
def test_what_is_older_or_on_something_else_changes_nothing(fact: str, note: str) -> None:
    assert not changes(note, fact)
    assert not changes(note, fact, beside=True)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("from 3 May 2024 to June 2025", (2025, 6)),
        ("(2024-11-02)", (2024, 11)),
        ("March 1st, 2026", (2026, 3)),
        ("since 2019", (2019, 0)),
        ("20 to 99 boats", None),
    ],
)
def test_the_latest_date_of_a_line(text: str, date: tuple[int, int] | None) -> None:
    assert date_of(text) == date


def test_a_note_in_another_passage_of_the_document_is_linked_to_its_fact() -> None:
    modes = passage("- Swan mode: alpha, keep off.\n- Crane mode is quick.", "Modes")
    later = passage("- As of April 2025: swan mode is stable.", "Updates", start=300)
    first, other = linked(evidence(modes, later))
    swan, crane = first.sentences
    assert first.updates_of(swan) == other.sentences
    assert first.updates_of(crane) == other.updates_of(other.sentences[0]) == ()
