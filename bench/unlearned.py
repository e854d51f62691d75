"""Claims that are scored, without those of which the models learned nearly the same words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eval.claims import Claim, own_claims
from tuning.own_notes import read_texts

TWIN = 0.7  # share of two sentences' words that is in both


def claims_of(split: str, prefix: str = "") -> list[Claim]:
    """Those of a split whose id begins so, as far as they are new to the model."""
    return unlearned([c for c in own_claims() if c.split == split and c.id.startswith(prefix)])


def unlearned(claims: Sequence[Claim]) -> list[Claim]:
    """Tells how many were left out, as a training sentence has nearly the same words."""
    learned = [_words(each.text) for each in read_texts() if each.kind in ("true", "false")]
    kept = [
        claim
        for claim in claims
        if all(_shared(_words(claim.claim), words) < TWIN for words in learned)
    ]
    print(f"{len(claims) - len(kept)} of {len(claims)} claims left out: the model learned the like")
    return kept


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9.]+", text.lower()))


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)
