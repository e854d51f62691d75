"""A model that knows what the notes hold elsewhere is believed, and cited there."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.quoting_bot import quoting_bot
from support.scripted_model import scripted

from ragbot.assembly import Ragbot
from ragbot.types import LOOKED_UP

pytestmark = pytest.mark.integration

NOTES = """# Lamps

## Heron lamps

- A Heron lamp runs on two AA batteries.

## Egret lamps

- An Egret lamp is waterproof down to 30 metres.
"""
FIRST = "A Heron lamp runs on two AA batteries [1]."


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ("Egret lamps stay dry inside to 30 metres.", True),
        ("Egret lamps stay dry inside to 40 metres.", False),
        ("It is waterproof down to 30 metres.", False),  # it is not: that is the Egret lamp
    ],
)
def test_a_truth_that_was_not_retrieved_is_cited_where_it_stands(
    tmp_path: Path, second: str, told: bool
) -> None:
    quoting = quoting_bot(tmp_path, NOTES)
    settings = quoting.settings.model_copy(update={"k": 1})
    model = scripted(f"{FIRST} {second} [1]", withhold=True)
    bot = Ragbot(settings, models=(model,))
    (near,) = bot.searcher().nearest_to("An Egret lamp is waterproof.", 1)
    assert near.passage.heading_path[-1] == "Egret lamps"
    answer = bot.ask("Which batteries does a Heron lamp need?")
    assert [s.withheld for s in answer.sentences] == [False, not told]
    places = {item.passage.passage_id: item.passage for item in answer.passages}
    spans = [
        bot.document(places[c.passage_id].doc_id).text[c.start : c.end] for c in answer.citations
    ]
    assert [item.rank for item in answer.passages] == [1, LOOKED_UP][: 1 + told]
    assert spans[0] == "A Heron lamp runs on two AA batteries."
    assert spans[1:] == (["An Egret lamp is waterproof down to 30 metres."] if told else [])
