"""The bots behind the page: opened once per model, warmed up behind the first paint."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import streamlit as st

import ragbot

if TYPE_CHECKING:
    from ragbot.assembly import Ragbot


@st.cache_resource(show_spinner=False, max_entries=8)
def bot_for(model: str) -> Ragbot:
    """The bot of a model; errors are not kept, so that a mended index works at once."""
    return ragbot.open(model=model)


class WarmUp:
    """Loads the search models in the background, so that the first question need not wait, and
    behind them a local chat model, for which no question waits: the notes are quoted meanwhile."""

    def __init__(self, bot: Ragbot) -> None:
        self._searchable = threading.Event()
        self._bot = bot  # as long as it is kept, its id, by which this is found, is no other's
        threading.Thread(target=self._run, args=(bot,), daemon=True).start()

    @property
    def is_over(self) -> bool:
        return self._searchable.is_set()

    def wait(self) -> None:
        self._searchable.wait()

    def _run(self, bot: Ragbot) -> None:
        try:
            bot.warm_up()
        except ragbot.RagbotError:
            return  # the question that comes next tells it to the person
        finally:
            self._searchable.set()
        bot.warm_up_model()


def warm_up_of(bot: Ragbot) -> WarmUp:
    """The one of this bot: another model waits to be loaded, too."""
    return _warm_up(id(bot), bot)


@st.cache_resource(show_spinner=False, max_entries=8)
def _warm_up(key: int, _bot: Ragbot) -> WarmUp:  # noqa: ARG001 - Streamlit keeps it by the key
    return WarmUp(_bot)
