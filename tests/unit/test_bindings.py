"""The right words in the wrong pairs, turned round, or claimed too widely."""

from __future__ import annotations

import pytest

from ragbot.citations.bindings import (
    compares,
    misbound_figure,
    parted_figures,
    swapped_name,
    told_of_another,
    turned_comparison,
)
from ragbot.citations.opposites import in_axes, turned_word
from ragbot.citations.overclaims import overclaiming_word
from ragbot.citations.respective import one_by_one

TIERS = "The Blue tier stores 5 GB, and the Red tier stores up to 90 GB."
DRIVERS = "Labels are printed by the inkjet driver on Boxes and a laser plotter on Crates."


@pytest.mark.parametrize(
    ("claim", "wrong"),
    [
        ("The Red tier stores 5 GB.", "5 GB"),
        ("The Blue tier stores up to 90 GB.", "90 GB"),
        ("The Red tier stores at most 90 GB.", None),
        ("The Blue tier holds 5 GB.", None),
    ],
)
def test_a_figure_belongs_to_the_words_beside_it(claim: str, wrong: str | None) -> None:
    found = misbound_figure(claim, TIERS)
    assert (found.text if found else None) == wrong


def test_the_other_end_of_a_range_is_no_rival() -> None:
    note = "Cranes v2 are engines that grow at once between 0.5 and 256 GB."
    claim = "Cranes v2 can grow in an instant from half a GB up to 256 GB."
    assert misbound_figure(claim, note) is None


def test_names_that_changed_places_are_noticed() -> None:
    names = ["Boxes", "Crates"]
    swapped = "Labels are printed by the inkjet driver on Crates and a laser plotter on Boxes."
    assert swapped_name(swapped, DRIVERS, names) in names
    assert swapped_name(DRIVERS, DRIVERS, names) is None
    turned = "A laser plotter prints the labels on Crates and the inkjet driver those on Boxes."
    assert swapped_name(turned, DRIVERS, names) is None


@pytest.mark.parametrize(
    ("claim", "compared"),
    [
        ("A Box is larger than a Crate.", True),
        ("Boxes have a lower fee per month than Crates.", True),
        ("The blue label takes precedence over the red one.", True),
        ("A Box holds more than 15 labels.", False),
        ("A container is replaced rather than repaired.", False),
        ("It is shipped after ten minutes rather than at once.", False),
        ("The server runs on labels other than Crates.", False),
    ],
)
def test_what_sets_one_thing_above_another(claim: str, compared: bool) -> None:
    assert compares(claim) == compared


def test_a_comparison_has_a_direction() -> None:
    notes = "IP-based routing is more precise than geolocation routing, as it needs no estimate."
    assert turned_comparison("Geolocation routing is more precise than IP-based routing.", notes)
    assert not turned_comparison("IP-based routing is more precise than geolocation.", notes)
    assert not turned_comparison("Geolocation routing is precise.", notes)


@pytest.mark.parametrize(
    ("claim", "notes", "turned"),
    [
        ("The disk is encrypted.", "The disk is left unencrypted.", True),
        ("The disk is not encrypted.", "The disk is unencrypted.", False),
        ("Boxes is dearer by 70%.", "Boxes is discounted by 70%.", True),
        ("A rule takes at least 5 targets.", "A rule takes up to 5 targets.", True),
        ("A rule takes no more than 5 targets.", "A rule takes up to 5 targets.", False),
        ("The filter is stateful.", "The filter is stateless.", True),
        # Of different matters: nothing is turned round.
        ("Storage gets cheaper.", "Requests to the moon are expensive.", False),
    ],
)
def test_opposites(claim: str, notes: str, turned: bool) -> None:
    assert (turned_word(claim, notes) is not None) == turned


def test_one_end_of_an_axis_is_one_word() -> None:
    assert in_axes("at most 5") == in_axes("up to 5") == in_axes("no more than 5")
    assert in_axes("not encrypted").split()[-1] == in_axes("unencrypted")


@pytest.mark.parametrize(
    ("claim", "notes", "word"),
    [
        ("Only Boxes has labels.", "Boxes has labels.", "Only"),
        ("Labels are always printed.", "Labels are printed by default.", "always"),
        ("Every box has a label.", "Most boxes have labels.", "Every"),
        ("Boxes alone are labelled, only they are.", "Labels are for boxes exclusively.", None),
        ("Not every box is labelled.", "Most boxes have labels.", None),
        ("All boxes have labels.", "Each box has a label.", None),
    ],
)
def test_what_claims_too_much(claim: str, notes: str, word: str | None) -> None:
    assert overclaiming_word(claim, notes) == word


@pytest.mark.parametrize(
    ("claim", "note", "names", "wrong"),
    [
        ("ECS takes 5 tasks.", "EKS takes 5 tasks, ECS 10.", ["ECS"], True),
        ("ECS takes 10 tasks.", "EKS takes 5 tasks, ECS 10.", ["ECS"], False),
        ("Lidex 25 mg is oval.", "Lidex 10 mg: white, round; 25 mg: oval.", ["Lidex"], False),
    ],
)
def test_a_figure_is_of_the_name_beside_it_where_its_clause_is_short(
    claim: str, note: str, names: list[str], wrong: bool
) -> None:
    assert (misbound_figure(claim, note, names) is not None) == wrong


OPEN = "The shop is open from 9:00 to 18:00 on weekdays and from 10:00 to 14:00 on Saturdays."


@pytest.mark.parametrize(
    ("claim", "text", "wrong"),
    [
        ("On Saturdays the shop opens at 10:00.", OPEN, None),
        ("On Saturdays the shop opens at 9:00.", OPEN, "9:00"),
        ("Take at most 4 g a day.", "Adults take 500 mg every 6 hours, at most 4 g a day.", None),
        ("It takes 4 boats on one day.", "It takes 4 boats on 2 days for 6 crates.", None),
    ],
)
def test_two_clauses_may_be_of_one_subject(claim: str, text: str, wrong: str | None) -> None:
    found = misbound_figure(claim, text)
    assert (found.text if found else None) == wrong


def test_a_bound_before_a_figure_names_nothing() -> None:
    text = "Adults take 500 mg of Febrifor every 6 hours, at most 4 g a day."
    claim = "Adults take at most 4 g of Febrifor a day."
    assert misbound_figure(claim, text, ["Febrifor"]) is None


@pytest.mark.parametrize(
    ("claim", "wrong"),
    [
        ("Bake at 250 °C for 15 minutes, then at 200 °C for 40 minutes.", None),
        ("Bake for 15 minutes at 250 °C.", None),
        ("Bake at 200 °C for 15 minutes, then at 250 °C for 40 minutes.", "200 °C"),
        ("It takes 15 minutes and 40 minutes, at 250 °C and 200 °C.", None),
    ],
)
def test_figures_of_one_clause_belong_together(claim: str, wrong: str | None) -> None:
    found = parted_figures(claim, "Bake at 250 °C for 15 minutes, then at 200 °C for 40 minutes.")
    assert (found.text if found else None) == wrong


@pytest.mark.parametrize(
    ("claim", "statements"),
    [
        (
            "Gold, tin and iron melt at 1,064 °C, 232 °C and 1,538 °C, respectively.",
            ("Gold melt at 1,064 °C.", "tin melt at 232 °C.", "iron melt at 1,538 °C."),
        ),
        (
            "Boxes and crates hold 4 and 8 KB respectively.",
            ("Boxes hold 4 KB.", "crates hold 8 KB."),
        ),
        ("Boxes and crates hold 4 and 8 KB.", ()),
        ("Boxes and crates hold 4 KB, respectively.", ()),
    ],
)
def test_what_is_told_in_turn_is_told_of_each(claim: str, statements: tuple[str, ...]) -> None:
    assert one_by_one(claim) == statements


@pytest.mark.parametrize(
    ("claim", "turned"),
    [
        ("Gold melts at a higher temperature than silver.", False),
        ("Gold melts at a lower temperature than silver.", True),
        ("Iron melts at a lower temperature than gold.", True),
        ("Silver melts at a lower temperature than iron.", False),
        ("Tin melts at a lower temperature than gold.", False),
    ],
)
def test_what_is_the_more_is_measured(claim: str, turned: bool) -> None:
    text = "Gold melts at 1,064 °C, silver at 962 °C and iron at 1,538 °C."
    assert turned_comparison(claim, text) is turned


KINDS = (
    "There are three kinds of keys: House owned keys, which are free and managed by the house; "
    "House managed keys, made automatically for a door; and tenant managed keys, under your full "
    "control."
)
TONGUES = (
    "Box speaks three languages: Old Gremlin for graphs of goods, Sparrow for linked data of "
    "shops, and openCrate for declared goods."
)


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("House managed keys: the ones under your full control", KINDS),
        ("Gremlin: questions on linked data of shops", TONGUES),
    ],
)
def test_what_the_text_says_of_the_thing_beside_it_is_told_of_another(
    claim: str, text: str
) -> None:
    assert told_of_another(claim, text) is not None


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("House managed keys: made automatically for a door", KINDS),
        ("Tenant managed keys: the ones under your full control", KINDS),
        ("House managed keys: one of three kinds", KINDS),
        ("Gremlin: for graphs of goods", TONGUES),
        ("Sparrow: questions on linked data of shops", TONGUES),
        (
            "Deep Archive: 12 to 48 hours",
            "Deep Archive is the cheapest, with a wait of 12 to 48 hours.",
        ),
        ("Gremlin is for linked data of shops", TONGUES),  # no label
        ("Cellar: linked data of shops", TONGUES),  # not in the text
    ],
)
def test_what_the_text_says_of_the_thing_itself_is_not(claim: str, text: str) -> None:
    assert told_of_another(claim, text) is None
