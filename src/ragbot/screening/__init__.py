"""Text -> what is found in it: personal data, orders, hidden characters, forbidden words.

It only looks; what follows from a finding is decided in `ragbot.guardrails`.
"""

from ragbot.screening.disclosure import LeakDetector, asks_about_the_chatbot
from ragbot.screening.folding import Folded, fold, without_hidden
from ragbot.screening.order_phrases import FLAGS, Flag
from ragbot.screening.orders import (
    MEANINGS,
    decoded,
    flags_of,
    gives_orders,
    is_lure,
    orders_in,
    without_orders,
)
from ragbot.screening.personal_data import DATA_KINDS, DataKind, masked, personal_data_in
from ragbot.screening.words import WordFilter

__all__ = [
    "DATA_KINDS",
    "FLAGS",
    "MEANINGS",
    "DataKind",
    "Flag",
    "Folded",
    "LeakDetector",
    "WordFilter",
    "asks_about_the_chatbot",
    "decoded",
    "flags_of",
    "fold",
    "gives_orders",
    "is_lure",
    "masked",
    "orders_in",
    "personal_data_in",
    "without_hidden",
    "without_orders",
]
