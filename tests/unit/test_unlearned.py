"""Which claims are left out where claims are scored."""

from __future__ import annotations

import pytest

from bench import unlearned
from eval.claims import own_claims
from tuning.own_notes import read_texts


def test_a_full_stop_tells_no_two_sentences_apart(capsys: pytest.CaptureFixture[str]) -> None:
    learned = next(each.text for each in read_texts() if each.kind == "true").rstrip(".")
    words = learned.split()
    claim = own_claims()[0].model_copy(update={"claim": " ".join([words[-1] + ".", *words[:-1]])})
    assert unlearned.unlearned([claim]) == []
    assert "1 of 1" in capsys.readouterr().out


def test_what_dev_or_an_earlier_claim_says_is_not_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(unlearned, "read_texts", lambda: ())
    dev = {claim.claim for claim in own_claims() if claim.split == "dev"}
    test = [claim.claim for claim in unlearned.claims_of("test")]
    assert len(test) > 300 and dev.isdisjoint(test) and len(set(test)) == len(test)
