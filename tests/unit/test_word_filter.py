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
        "a p r o j e c t b l u e b i r d",
        "p–r–o–j–e–c–t  b•l•u•e•b•i•r•d",
        "p, r, o, j, e, c, t, b, l, u, e, b, i, r, d",
        "project *blue*bird",
        "**pro**ject `blue`bird",
        "the CAFE there",
        "an ass.",
        "written in C++.",
        "これは機密です",
    ],
)
def test_it_is_found_whatever_it_wears(text: str) -> None:
    assert FILTER.finds(text)


@pytest.mark.parametrize(
    "text", ["bluebird", "a class", "p r o j e c t", "a s s", "passage", "cafeteria", "project"]
)
def test_whole_words_only(text: str) -> None:
    assert not FILTER.finds(text)


SIGNS = WordFilter(["C++", "C#", ".NET", "R&D", "C/O Desk"])


@pytest.mark.parametrize(
    "text", ["C++17", "in C#, mostly", "Ｃ＋＋", "a .NET app", "r & d", "R&D.", "c-o desk"]
)
def test_signs_that_belong_to_a_word_are_looked_for(text: str) -> None:
    assert SIGNS.finds(text)


@pytest.mark.parametrize(
    "text", ["Option C is right.", "C # 3", "example.net", "the net", "r d", "CR&D"]
)
def test_the_letters_alone_are_another_word(text: str) -> None:
    assert not SIGNS.finds(text)


def test_without_words_nothing_is_found() -> None:
    assert not WordFilter([]).finds("anything")
