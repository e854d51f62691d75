"""A word that is none is looked for by itself; one that is made of a word is not one of those."""

import pytest

from ragbot.citations.invented import invented_word

KNOWN = {"item", "hold", "most", "cut", "analyze", "byte", "color", "wrap", "check", "run", "large"}


@pytest.mark.parametrize(
    ("claim", "word"),
    [
        ("An item holds at most hastrubel bytes.", "hastrubel"),
        ("An undercut item", None),
        ("it enlarges the item", None),
        ("analyse the colours of kilobytes", None),
        ("unchecked, wrapped and rerunning", None),
        ("see aws:kestrovane, s3/kestrovane.md and x_kestrovane", None),  # no words, but names
        ("item kesto", "kesto"),
        ("item kest", None),  # too short to tell
        ("An item needn't be cut and mustn’t run", None),
    ],
)
def test_invented_words(claim: str, word: str | None) -> None:
    assert invented_word(claim, KNOWN.__contains__) == word
