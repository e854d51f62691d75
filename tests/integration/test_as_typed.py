"""A question typed as in a chat is read in the letters and words of the notes."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.quoting_bot import quoting_bot

pytestmark = pytest.mark.integration

NOTES = """# Keys

## KVS

- A KVS key costs $1 a month; a key is kept for 30 days.

## Label Manager

- Label Manager prints labels, at most 40 in a minute.
"""


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("how much is a kvs key", "how much is a KVS key"),
        ("label manger labels n keys", "Label Manager labels and keys"),
        ("LABELS OF LABEL MANAGER", "labels of Label Manager"),
        ("how long is a key kept?", "how long is a key kept?"),
    ],
)
def test_read_as_the_notes_write(tmp_path: Path, typed: str, read: str) -> None:
    assert quoting_bot(tmp_path, NOTES).searcher().query_for(typed) == read
