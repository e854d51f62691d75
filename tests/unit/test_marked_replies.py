"""The bank of marked replies holds together, and what counts as shown is on the page as a fact."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from eval.marked_replies import MarkedReply, Part, is_shown, marked_replies
from ragbot.types import Sentence

CORPUS = Path(__file__).parents[2] / "corpus"
REPLIES = [reply for split in ("dev", "test") for reply in marked_replies(split)]  # type: ignore[arg-type]


def plain(text: str) -> str:
    return " ".join(text.split())


def test_dev_and_test_share_no_question_and_no_id() -> None:
    assert len({reply.id for reply in REPLIES}) == len(REPLIES)
    dev, test = ({reply.question for reply in marked_replies(s)} for s in ("dev", "test"))
    assert dev.isdisjoint(test)


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: reply.id)
def test_a_part_is_of_its_reply_and_its_quotes_are_of_the_notes(reply: MarkedReply) -> None:
    notes = plain("\n".join(file.read_text("utf-8") for file in CORPUS.glob("*.md")))
    notes = re.sub(r"\*\*", "", notes)
    for part in reply.parts:
        assert plain(part.text) in plain(reply.reply)
        for quote in part.quotes:
            assert plain(quote).replace("**", "") in notes


PART = Part(text="It holds 4 KB.", label="true", kind="near", quotes=())


@pytest.mark.parametrize(
    ("sentences", "shown"),
    [
        ([Sentence("It holds 4 KB.", (1,), "supported")], True),
        ([Sentence("It holds", (1,), "supported"), Sentence("4 KB.", (1,), "supported")], True),
        ([Sentence("It holds 4 KB.", (), "unsupported", withheld=True)], False),
        ([Sentence("It holds 4 KB.", (), "unsupported")], False),
        ([Sentence("A box: it holds 4 KB.", (1,), "supported")], False),  # out of the notes
        ([Sentence("It holds", (1,), "supported")], False),
    ],
)
def test_shown_is_what_stands_there_as_supported(sentences: list[Sentence], shown: bool) -> None:
    assert is_shown(PART, "Boxes are red. It holds 4 KB.", tuple(sentences)) is shown
