"""The training itself: AdamW over the examples of each pass, in batches of like lengths."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import torch
from tokenizers import Tokenizer

from tuning.examples import Example

WARM_UP, SMOOTHING, DECAY = 0.06, 0.05, 0.01
BATCH = 16
# Without instructions for it, halves of floats are computed thirty times slower than floats.
HALF = torch.cpu._is_avx512_bf16_supported()
POOL = 20 * BATCH  # examples among which those of like length are put together


def train(module: Any, encoded: Encoding, passes: Sequence[Sequence[Example]], rate: float) -> None:
    """Train in place on the examples of each pass; the loss is told now and then."""
    torch.manual_seed(0)
    steps = sum(len(each) // BATCH for each in passes)
    learning = [p for p in module.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for p in learning if p.ndim > 1], "weight_decay": DECAY},
            {"params": [p for p in learning if p.ndim == 1], "weight_decay": 0.0},
        ],
        lr=rate,
        fused=True,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min(1.0, (step + 1) / (WARM_UP * steps)) * max(0.0, (steps - step) / steps),
    )
    module.train()
    losses: list[float] = []
    begun = time.monotonic()
    for number, each in enumerate(passes, start=1):
        for batch in batches(each, Random(number)):
            follows = torch.tensor([0 if e.follows else 1 for e in batch])  # the file's first class
            with torch.autocast("cpu", torch.bfloat16, enabled=HALF):
                logits = module(**encoded(batch)).logits
            if logits.shape[1] == 1:  # that it does not follow weighs nothing
                logits = torch.nn.functional.pad(logits, (0, 1))
            loss = torch.nn.functional.cross_entropy(
                logits.float(), follows, label_smoothing=SMOOTHING
            )
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(learning, 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            losses.append(loss.item())
            if len(losses) % 200 == 0:
                mean = sum(losses[-200:]) / 200
                spent = (time.monotonic() - begun) / 60
                print(f"pass {number}: {len(losses)}/{steps}, loss {mean:.3f}, {spent:.1f} min")
    module.eval()


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a model is shown examples: which text stands first, and what is cut off of both."""

    tokenizer: Tokenizer
    question_first: bool = False

    @classmethod
    def of(cls, file: Path, window: int, *, question_first: bool = False) -> Encoding:
        tokenizer = Tokenizer.from_file(str(file))
        strategy = "only_second" if question_first else "longest_first"
        tokenizer.enable_truncation(window, strategy=strategy)
        tokenizer.no_padding()
        return cls(tokenizer, question_first)

    def __call__(self, batch: Sequence[Example]) -> dict[str, torch.Tensor]:
        """int64 [n, longest] each."""
        pairs = [(e.premise, e.hypothesis) for e in batch]
        if self.question_first:
            pairs = [(hypothesis, premise) for premise, hypothesis in pairs]
        each = self.tokenizer.encode_batch(pairs)
        filler = self.tokenizer.token_to_id("[PAD]") or 0
        return {
            "input_ids": _padded([one.ids for one in each], filler),
            "attention_mask": _padded([one.attention_mask for one in each], 0),
            "token_type_ids": _padded([one.type_ids for one in each], 0),
        }


def _padded(rows: Sequence[list[int]], filler: int) -> torch.Tensor:
    longest = max(map(len, rows))
    return torch.tensor([row + [filler] * (longest - len(row)) for row in rows])


def batches(each: Sequence[Example], random: Random) -> Iterator[Sequence[Example]]:
    pools = [
        sorted(each[at : at + POOL], key=lambda e: len(e.premise) + len(e.hypothesis))
        for at in range(0, len(each), POOL)
    ]
    batches = [pool[at : at + BATCH] for pool in pools for at in range(0, len(pool), BATCH)]
    random.shuffle(batches)
    return (batch for batch in batches if len(batch) == BATCH)
