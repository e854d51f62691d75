"""Of two things that are compared, the one that the notes tell more of is not heard alone."""

import pytest
from support.small_notes import evidence, passage

from ragbot.partial import levelled


def test_each_part_has_a_best_sentence_of_the_same_worth() -> None:
    boxes = evidence(passage("- A box holds 4 KB.\n- It is blue."), relevance=True)
    crates = evidence(passage("- Jam.\n- A crate holds jam."), passage("- Jars."), relevance=True)[
        1:
    ]
    before = [max(boxes[0].scores), max(crates[0].scores)]
    assert before[0] > before[1]
    (first,), (second,) = levelled([boxes, crates])
    assert max(first.scores) == max(second.scores) == pytest.approx(before[0])
    assert first.scores == pytest.approx(boxes[0].scores)
    assert len(second.scores) == len(crates[0].scores)


def test_what_nobody_has_rated_stays_so() -> None:
    unrated = evidence(passage("- A box holds 4 KB."))
    assert levelled([unrated, []]) == [unrated, []]
