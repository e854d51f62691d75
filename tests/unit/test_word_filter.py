"""Words that must not be said, and words that only contain them."""

from __future__ import annotations

import pytest

from ragbot.screening import WordFilter

FILTER = WordFilter(["Project Bluebird", "café", "ass", "C++", "機密"])


@pytest.mark.parametrize(
    "text",
    [
        "What is project bluebird?",
        "PROJECT\nBLUEBIRD",
        "project-bluebird",
        "project blue\u200bbird",
        "ｐｒｏｊｅｃｔ bluebird",
        "prоject bluеbird",  # Cyrillic о and е
        "project b l u e b i r d",
        "the CAFE there",
        "an ass.",
        "written in C++.",
        "これは機密です",
    ],
)
def test_it_is_found_whatever_it_wears(text: str) -> None:
    assert FILTER.finds(text)


@pytest.mark.parametrize("text", ["bluebird", "a class", "passage", "cafeteria", "project"])
def test_whole_words_only(text: str) -> None:
    assert not FILTER.finds(text)


def test_without_words_nothing_is_found() -> None:
    assert not WordFilter([]).finds("anything")
