"""A model that knows what the notes hold elsewhere is believed, and cited there."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.quoting_bot import quoting_bot
from support.scripted_model import scripted

from ragbot.assembly import Ragbot

pytestmark = pytest.mark.integration

NOTES = """# Lamps

## Heron lamps

- A Heron lamp runs on two AA batteries.

## Egret lamps

- An Egret lamp is waterproof down to 30 metres.
"""
REPLY = "A Heron lamp runs on two AA batteries [1]. Egret lamps stay dry inside to {} metres. [1]"


@pytest.mark.parametrize(("metres", "told"), [(30, True), (40, False)])
def test_a_truth_that_was_not_retrieved_is_cited_where_it_stands(
    tmp_path: Path, metres: int, told: bool
) -> None:
    quoting = quoting_bot(tmp_path, NOTES)
    settings = quoting.settings.model_copy(update={"k": 1})
    model = scripted(REPLY.format(metres), withhold=True)
    bot = Ragbot(settings, models=(model,))
    answer = bot.ask("Which batteries does a Heron lamp need?")
    assert [s.withheld for s in answer.sentences] == [False, not told]
    places = {item.passage.passage_id: item.passage for item in answer.passages}
    spans = [
        bot.document(places[c.passage_id].doc_id).text[c.start : c.end] for c in answer.citations
    ]
    assert spans[0] == "A Heron lamp runs on two AA batteries."
    assert spans[1:] == (["An Egret lamp is waterproof down to 30 metres."] if told else [])
