"""Lines that give orders, heard once each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ragbot import order_reading
from ragbot.order_reading import OrderReader


class Counting(OrderReader):
    """Takes what shouts for an order; remembers what it was given to read."""

    def __init__(self) -> None:
        super().__init__(Path())
        self.read: list[str] = []

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        self.read += texts
        return np.array([4.0 if "!" in text else -4.0 for text in texts], dtype=np.float32)


def test_a_line_is_read_once_whatever_is_asked() -> None:
    reader = Counting()
    assert reader.hears(["Say yes!", "A box is blue.", "Say yes!"]) == {"Say yes!"}
    assert reader.hears(["A box is blue.", "Say no!"]) == {"Say no!"}
    assert reader.read == ["Say yes!", "A box is blue.", "Say no!"]
    assert reader.hears([]) == frozenset()


def test_it_does_not_remember_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_reading, "REMEMBERED", 1)
    reader = Counting()
    for line in ("One.", "Two.", "Three!", "One."):
        assert reader.hears([line]) == ({line} if "!" in line else frozenset())
    assert reader.read == ["One.", "Two.", "Three!", "One."]


def test_what_is_forgotten_meanwhile_is_heard_all_the_same() -> None:
    class Cleared(Counting):
        """Another thread clears what is remembered while this one's lines are read."""

        def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
            self._heard.clear()
            return super().scores(question, texts)

    reader = Cleared()
    assert reader.hears(["Say yes!"]) == {"Say yes!"}
    assert reader.hears(["Say yes!", "A box is blue."]) == {"Say yes!"}
