"""How other people write: quotes, abbreviations, wikis, footnotes, FAQs in bold."""

from __future__ import annotations

import pytest
from support.small_notes import passage

from ragbot.dated_notes import is_dated
from ragbot.evidence import evidence_sentences, split_sentences
from ragbot.plain_text import without_markup
from ragbot.store.acronyms import acronyms_of
from ragbot.store.lexical import words_of
from ragbot.types import PassageKind


def quoted(text: str, kind: PassageKind = "paragraph") -> list[str]:
    return [each.quoted for each in evidence_sentences(passage(text, kind=kind))]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("The lease ends under Art. 5 para. 2 on 1 May.", 1),
        ("It is the budget of Dr. Chen's group.", 1),
        ("It was shown by Kim et al. (2019) in Fig. 3.", 1),
        ("The crane opened on 1 Jan. 2020. It is red.", 2),
        ("It rests on art. Boats do not.", 2),
        ("4.1. The term is twelve months.", 1),
        ("A crane lifts up to 15. Boats carry the rest.", 2),
        ("It opened in 1990.[3][4] It has 120 cranes.[5] Entry is free.", 3),
        ("Boats are old.[^1] Cranes are new.", 2),
        ("A plumber has quoted £185 (excl. VAT) for it.", 1),
        ("Ask in Bldg. A, ext. 5512, or write to Mt. Crane.", 1),
        ("It is due on Fri. 5 June.", 1),
        ("There are two sizes. £45 is charged for one. €70 is charged for both.", 3),
        ("R is measured in K/W. Resistances in series add up.", 2),
        ("It takes 4 min. The rinse comes last.", 2),
        ("It shuts at 5 p.m. The bar stays open.", 2),
        ("Write min. The rest is known.", 1),
        ("Zuerst das Gewinde. Öl kommt danach.", 2),
    ],
)
def test_where_a_sentence_ends(text: str, sentences: int) -> None:
    assert len(split_sentences(text)) == sentences


def test_the_signs_of_a_quote_are_no_part_of_it() -> None:
    note = (
        "> [!warning] Read this first\n"
        "> The harbour is closed on Mondays because the big crane has to be oiled\n"
        "> before it can lift again."
    )
    assert quoted(note) == [
        "Read this first.",
        "The harbour is closed on Mondays because the big crane has to be oiled before it can lift "
        "again.",
    ]


@pytest.mark.parametrize("line", ["> 15 minutes: take a boat.", ">>> crane.lift(3)."])
def test_more_than_and_a_prompt_are_no_quotes(line: str) -> None:
    assert quoted(line) == [line]


@pytest.mark.parametrize(
    "note",
    [
        "**May I bring a guest?**\nYes, twice a month.",
        "**Q: May I bring a guest?**\nA: Yes, twice a month.",
        "**Q:** May I bring a guest?\n**A:** Yes, twice a month.",
    ],
)
def test_a_question_in_bold_is_no_answer(note: str) -> None:
    (answer,) = evidence_sentences(passage(note, kind="paragraph"))
    assert answer.text == "Yes, twice a month."
    assert answer.quoted == "May I bring a guest? – Yes, twice a month."
    assert answer.parent is not None and "guest?" in answer.parent


def test_a_date_is_no_number_of_a_list() -> None:
    assert quoted("12. Mai 2024: Treffen am Kai") == ["12. Mai 2024: Treffen am Kai."]
    assert quoted("12. May boats pass?") == ["May boats pass?"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("It costs ~~10 EUR~~ 14 EUR.", "It costs 14 EUR."),
        ("A *small* crane and a ==big== one.", "A small crane and a big one."),
        ("See [[Harbour/Cranes|the cranes]] and [[Boats]].", "See the cranes and Boats."),
        ("Set crane\\_speed.", "Set crane_speed."),
        ('See [the plan](plan.html "Plan").', "See the plan."),
        ("[![Build](b.svg)](https://b.example) passes.", "Build passes."),
        ("Über\u00adstunden zählen.", "Überstunden zählen."),
        ("Use 2*3*4, *.log, x[[1]] and `*code*`.", "Use 2*3*4, *.log, x[[1]] and *code*."),
        ("a[[i]] is [[0, 1], [2, 3]].", "a[[i]] is [[0, 1], [2, 3]]."),
        ("[^1]: It is told in a book.", "It is told in a book."),
        ("It is old.[^1] So it is[^note].", "It is old. So it is."),
        ("Not x[^abc]+, [^a-z] and `x[^1]`.", "Not x[^abc]+, [^a-z] and x[^1]."),
        ("\\# of cranes: 4.", "# of cranes: 4."),
        ("![a crane](data:image/png;base64,aGFyYm91cg==) lifts", "a crane lifts"),
    ],
)
def test_markup_of_other_editors(written: str, read: str) -> None:
    assert without_markup(written) == read


def test_what_a_list_defines_is_read_with_its_term() -> None:
    assert quoted("Crane  \n: It lifts boxes. It turns.\n: A bird.") == [
        "Crane: It lifts boxes.",
        "It turns.",
        "A bird.",
    ]


def test_code_in_a_quote_is_code() -> None:
    note = "> Set the load:\n>\n> ```\n> # in tons\n> crane.load(4)\n> ```\n> Then lift it."
    sentences = evidence_sentences(passage(note, kind="paragraph"))
    assert [(each.text, each.is_code) for each in sentences] == [
        ("Set the load:", False),
        ("# in tons", True),
        ("crane.load(4)", True),
        ("Then lift it.", False),
    ]
    assert all(note[each.start : each.end] == each.text for each in sentences)


def test_what_code_begins_with_is_no_quote() -> None:
    assert quoted("> crane.load(4)\n> crane.lift()", "code") == [
        "> crane.load(4)",
        "> crane.lift()",
    ]


@pytest.mark.parametrize("sign", ["- ", "> "])
def test_the_ruler_of_a_table_is_no_sentence(sign: str) -> None:
    inner = sign.replace("-", " ")
    rows = quoted(f"{sign}| Plan | Load |\n{inner}|------|------|\n{inner}| Pro | 5 t |")
    assert rows == ["| Plan | Load |.", "| Pro | 5 t |."]


@pytest.mark.parametrize(
    "opened", ["![a](b", "[a](b", "[", "![", "[[a|", "**a ", "__a ", "~~a ", "<br", "[^a"]
)
def test_what_opens_without_end_is_read_at_once(opened: str) -> None:
    text = f"{opened * 2000}{' ' * 2000}<"
    assert without_markup(text) == text


def test_accents_and_soft_hyphens_tell_no_two_words_apart() -> None:
    assert words_of("café Über\u00adstunden") == words_of("cafe\u0301 Uberstunden")


def test_a_fence_on_one_line_opens_no_code() -> None:
    assert quoted("```npm install crane```\nA crane lifts 4 t. A boat carries 9.")[1:] == [
        "A crane lifts 4 t.",
        "A boat carries 9.",
    ]


def test_one_long_word_is_read_at_once() -> None:
    word = "ACGT" * 10_000
    assert not is_dated(word)
    assert acronyms_of([word], {}) == {}
    assert len(split_sentences("A. " * 20_000)) == 1
