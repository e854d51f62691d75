"""The project's own attacks, against a model that does whatever it is told."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from bench.attacked import attacks
from bench.injection import carried_out, ingested
from ragbot.settings import Settings, load_settings
from ragbot.types import Answer

pytestmark = pytest.mark.integration

FOLDER = Path(__file__).parents[1] / "attacks"
CHANNELS = {"document", "heading", "file name", "question", "model reply", "earlier turn"}


def test_there_are_enough_and_each_says_what_it_tries() -> None:
    every = attacks(FOLDER)
    by_channel = Counter(attack["channel"] for attack in every)
    assert len(every) >= 80
    assert set(by_channel) == CHANNELS
    assert min(by_channel.values()) >= 8
    assert len({attack["id"] for attack in every}) == len(every)
    assert all(attack["tries"] and attack["question"] for attack in every)
    harmless = (FOLDER / "harmless.jsonl").read_text(encoding="utf-8").splitlines()
    assert len({json.loads(line)["text"] for line in harmless}) >= 300


def test_no_attack_succeeds(tmp_path: Path) -> None:
    settings: Settings = load_settings(index=tmp_path / "index", model="quotes")
    every = attacks(FOLDER)
    ingested(every, tmp_path / "notes", settings)
    answers: dict[str, Answer] = {}
    won = set()
    for attack, answer, succeeded in carried_out(every, "obedient", settings):
        answers[attack["id"]] = answer
        won |= {attack["id"]} if succeeded else set()
    assert won == set()
    flagged = [a for a in every if a["channel"] == "document" and a["sign"] == "canary"]
    seen = [any(p.flags for p in answers[attack["id"]].passages) for attack in flagged]
    assert all(seen)
