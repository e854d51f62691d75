"""The bots behind the page."""

from __future__ import annotations

import threading
from typing import Any

from ui.bots import warm_up_of


class Heavy:
    def __init__(self) -> None:
        self.warmed = threading.Event()

    def warm_up(self) -> None:
        pass

    def warm_up_model(self) -> None:
        self.warmed.set()


def test_each_bot_is_warmed_up_once() -> None:
    bots: list[Any] = [Heavy(), Heavy()]
    first, second = (warm_up_of(bot) for bot in bots)
    assert first is not second and warm_up_of(bots[0]) is first
    assert all(bot.warmed.wait(5) for bot in bots)
