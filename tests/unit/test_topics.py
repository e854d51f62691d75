"""Denied topics in long questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest

from ragbot.embedding import Embedder, Vectors
from ragbot.guardrails.topics import DeniedTopics
from ragbot.policies import DeniedTopic

SHARES = "Which shares should I buy?"
TOPIC = DeniedTopic(name="money", examples=(SHARES,))


class OnlyShares:
    """Knows one sentence from all others."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        said = [text.startswith("Which shares") and len(text) < 40 for text in texts]
        vectors: Vectors = np.eye(2, dtype=np.float32)[np.array(said, dtype=int)]
        return vectors


@pytest.mark.parametrize("sentences", [0, 12, 30, 120])
def test_no_number_of_sentences_hides_a_denied_one(sentences: int) -> None:
    denied = DeniedTopics([TOPIC], cast(Embedder, OnlyShares()))
    before = "".join(f"Queue number {number} feeds a bucket. " for number in range(sentences))
    assert denied.denies(before + SHARES) is TOPIC
    assert denied.denies(before + "How large is a box?") is None
