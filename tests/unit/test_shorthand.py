"""Shorthand of a chat is written out, but for what the notes have themselves."""

from __future__ import annotations

import pytest

from ragbot.retrieval.shorthand import written_out


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("storage default n max", "storage default and max"),
        ("diff btwn gp2 n gp3", "difference between gp2 and gp3"),
        ("wat happens w/o a lid", "what happens without a lid"),
        ("whats the max in hrs?", "what's the max in hours?"),
        ("n boxes", "n boxes"),  # a number of them
        ("is n-1 = n?", "is n-1 = n?"),
        ("the N of DIFF", "the N of DIFF"),
        ("/var/msg and msg.py", "/var/msg and msg.py"),
        ("a note's thru-hole", "a note's thru-hole"),
    ],
)
def test_written_out(typed: str, meant: str) -> None:
    assert written_out(typed, lambda word: False) == meant


def test_what_the_notes_have_is_theirs() -> None:
    assert written_out("n and msg of u", {"n", "msg"}.__contains__) == "n and msg of you"
