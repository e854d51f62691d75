"""Text as it is read: disguises are seen through, and every character keeps its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragbot.screening import fold, without_hidden
from ragbot.screening.folding import hidden_in


@pytest.mark.parametrize(
    "disguised",
    [
        "SECRET",
        "ｓｅｃｒｅｔ",
        "s\u200be\u200bcret",
        "ѕесrеt",  # Cyrillic but for r and t
        "sécrèt",
        "se\u0301cret",
        "𝐬𝐞𝐜𝐫𝐞𝐭",
        "s-e-c-r-e-t",
        "s e c r e t",
        "".join(chr(0xE0000 + ord(c)) for c in "secret"),
    ],
)
def test_a_disguised_word_is_read(disguised: str) -> None:
    assert fold(disguised).text == "secret"


def test_words_of_other_scripts_stay_what_they_are() -> None:
    for text in ("инструкции", "プロンプト", "시스템", "تعليمات", "हिन्दी"):
        assert fold(text).text == text


def test_spelt_out_words_end_at_two_spaces() -> None:
    assert fold("i g n o r e  t h i s").text == "ignore  this"


@given(st.text(max_size=40))
def test_every_folded_character_points_into_the_original(text: str) -> None:
    folded = fold(text)
    assert len(folded.at) == len(folded.text) + 1
    assert list(folded.at) == sorted(folded.at)
    assert folded.at[-1] == len(text)


def test_a_span_of_the_folded_text_is_found_in_the_original() -> None:
    text = "say ｓｅ\u200bｃｒｅｔ now"
    start = fold(text).text.index("secret")
    first, last = fold(text).original(start, start + 6)
    assert text[first:last] == "ｓｅ\u200bｃｒｅｔ"


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f3f4 a flag\U000e0041\U000e0042",
        "\U0001f600\ufe01\ufe0c\ufe03",
        "a\u202etxt",
        "pas\u200bs\u200bw\u200bord",
        "x\U000e0041\U000e0042",
        "a\U000e0101b",
    ],
)
def test_hidden_characters_are_noticed_and_taken_out(text: str) -> None:
    assert hidden_in(text)
    assert not hidden_in(without_hidden(text))


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",
        "👨\u200d👩\u200d👧",
        "❤️",
        "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "soft\u00adhyphen",
        "Create\u200bTable",
        "\ufeffTitle",
    ],
)
def test_characters_that_a_script_needs_are_not_hidden(text: str) -> None:
    assert not hidden_in(text)


def test_what_steers_a_terminal_is_taken_out_whole() -> None:
    assert without_hidden("\x1b]8;;https://evil.example\x07click\x1b]8;;\x07 \x1b[31mred") == (
        "click red"
    )
    assert without_hidden("می\u200cخواهم\tab\n") == "می\u200cخواهم\tab\n"
