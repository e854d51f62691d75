"""Claims that are scored, without those of which the models learned nearly the same words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import ceil

from eval.claims import Claim, own_claims
from tuning.own_notes import read_texts

TWIN = 0.7  # share of two sentences' words that is in both


def claims_of(split: str, prefix: str = "") -> list[Claim]:
    """Those of a split whose id begins so, as far as they are new to the model, and of test to dev
    and to the claims before them."""
    claims = own_claims()
    said = {_in_order(claim.claim) for claim in claims if claim.split == "dev"}
    chosen = [c for c in claims if c.split == split and c.id.startswith(prefix)]
    if split == "test":
        new = [c for c in chosen if _is_first(c, said)]
        print(f"{len(chosen) - len(new)} of {len(chosen)} claims left out: they were said before")
        chosen = new
    return unlearned(chosen)


def _is_learned(words: frozenset[str], learned: Mapping[int, Sequence[frozenset[str]]]) -> bool:
    sizes = range(ceil(TWIN * len(words)), int(len(words) / TWIN) + 1)  # others share too little
    return any(_shared(words, each) >= TWIN for size in sizes for each in learned.get(size, ()))


def _is_first(claim: Claim, said: set[tuple[str, ...]]) -> bool:
    words = _in_order(claim.claim)
    is_first = words not in said
    said.add(words)
    return is_first


def unlearned(claims: Sequence[Claim]) -> list[Claim]:
    """Tells how many were left out, as a training sentence has nearly the same words."""
    learned: dict[int, list[frozenset[str]]] = defaultdict(list)  # by their number of words
    for each in read_texts():
        if each.kind in ("true", "false"):
            learned[len(words := _words(each.text))].append(words)
    kept = [claim for claim in claims if not _is_learned(_words(claim.claim), learned)]
    print(f"{len(claims) - len(kept)} of {len(claims)} claims left out: the model learned the like")
    return kept


def _words(text: str) -> frozenset[str]:
    return frozenset(_in_order(text))


def _in_order(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z0-9]+(?:\.[a-z0-9]+)*", text.lower()))


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)
