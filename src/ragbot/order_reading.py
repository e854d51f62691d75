"""lines -> those that give an order to whoever reads them, or dictate what is answered.

Phrases (`ragbot.screening`) hear the orders that are worded as such. What is put as an erratum, a
style rule or a quiz key ("whoever retells this says ...") is heard by the cross-encoder, trained on
for that (`tuning/`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from ragbot import weights
from ragbot.reranker import Reranker

Hears = Callable[[Collection[str]], Collection[str]]  # lines -> those that give orders
ASKED = "an order to the reader, or what is to be answered"
# Logit above which a line is one: no more harmless notes of tests/attacks are taken for orders than
# by the phrases alone.
ORDERS = 2.8
REMEMBERED = 20_000  # lines whose verdict is kept


class OrderReader(Reranker):
    """Its scores tell what gives orders; a line is read once, whatever is asked."""

    file = "orders.onnx"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._heard: dict[str, bool] = {}

    def hears(self, lines: Collection[str]) -> frozenset[str]:
        """Those of the lines that give orders."""
        if len(self._heard) > REMEMBERED:
            self._heard.clear()
        # Verdicts of this call's own: another thread may clear what is remembered meanwhile.
        heard = {line: self._heard.get(line) for line in lines}
        unread = [line for line, order in heard.items() if order is None]
        for line, logit in zip(unread, self.scores(ASKED, unread).tolist(), strict=True):
            heard[line] = self._heard[line] = logit > ORDERS
        return frozenset(line for line, order in heard.items() if order)


def open_order_reader(models_dir: Path) -> OrderReader | None:
    """The model where its weights were fetched, with those of the cross-encoder, else None."""
    folder = weights.find("reranker", models_dir)
    return None if folder is None else OrderReader(folder)
