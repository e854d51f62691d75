"""The training itself: AdamW over the examples of each pass, in batches of like lengths."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import torch
from tokenizers import Tokenizer

from ragbot.entailment import WINDOW
from tuning.examples import Example

WARM_UP, SMOOTHING, DECAY = 0.06, 0.05, 0.01
BATCH = 16
# Without instructions for it, halves of floats are computed thirty times slower than floats.
HALF = torch.cpu._is_avx512_bf16_supported()
POOL = 20 * BATCH  # examples among which those of like length are put together


def train(
    module: Any, tokenizer: Tokenizer, passes: Sequence[Sequence[Example]], rate: float
) -> None:
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
            ids, mask = encoded(tokenizer, [(e.premise, e.hypothesis) for e in batch])
            follows = torch.tensor([0 if e.follows else 1 for e in batch])  # the file's first class
            with torch.autocast("cpu", torch.bfloat16, enabled=HALF):
                logits = module(input_ids=ids, attention_mask=mask).logits
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


def opened_tokenizer(file: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.enable_truncation(WINDOW)
    tokenizer.no_padding()
    return tokenizer


def encoded(
    tokenizer: Tokenizer, pairs: list[tuple[str, str]]
) -> tuple[torch.Tensor, torch.Tensor]:
    """int64 [n, longest], ids and mask."""
    each = tokenizer.encode_batch(pairs)
    longest = max(len(one.ids) for one in each)
    filler = tokenizer.token_to_id("[PAD]") or 0
    ids = [one.ids + [filler] * (longest - len(one.ids)) for one in each]
    mask = [[1] * len(one.ids) + [0] * (longest - len(one.ids)) for one in each]
    return torch.tensor(ids), torch.tensor(mask)


def batches(each: Sequence[Example], random: Random) -> Iterator[Sequence[Example]]:
    pools = [
        sorted(each[at : at + POOL], key=lambda e: len(e.premise) + len(e.hypothesis))
        for at in range(0, len(each), POOL)
    ]
    batches = [pool[at : at + BATCH] for pool in pools for at in range(0, len(pool), BATCH)]
    random.shuffle(batches)
    return (batch for batch in batches if len(batch) == BATCH)
