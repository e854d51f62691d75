"""How near must a question come to a denied topic? The threshold, chosen on dev, scored on test.

    python -m bench topics

Seven topics of tests/attacks/topics.jsonl, each with a description and three examples. Caught: the
questions on the topic. False alarms: the look-alikes of the same file, and the natural and
unanswerable questions of the bank, each held against every topic. With the words of the topic and
without.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.output import save
from eval.banks import load_bank, split_of
from eval.statistics import wilson
from ragbot.embedding import open_embedder
from ragbot.guardrails.topics import DeniedTopics
from ragbot.policies import TOPIC_THRESHOLD, DeniedTopic
from ragbot.settings import load_settings
from ragbot.store import open_index

_ABOUT = (__doc__ or "").split("\n")[0]
_FILE = Path(__file__).parents[1] / "tests" / "attacks" / "topics.jsonl"
_THRESHOLDS = (0.15, 0.2, 0.25, 0.3, 0.35)


def main(arguments: Sequence[str]) -> int:
    argparse.ArgumentParser(prog="bench topics", description=_ABOUT).parse_args(arguments)
    settings = load_settings()
    embedder = open_embedder(settings.models_dir)
    titles = open_index(settings.index_dir, embedder=embedder.fingerprint).titles()
    told = [json.loads(line) for line in _FILE.read_text(encoding="utf-8").splitlines()]
    banks = [q for bank in ("natural", "unanswerable") for q in load_bank(bank).questions]
    rows: list[dict[str, Any]] = []
    for split in ("dev", "test"):
        others = [q.question for q in banks if q.split == split]
        for words in (True, False):
            for threshold in _THRESHOLDS if split == "dev" else (TOPIC_THRESHOLD,):
                caught: list[bool] = []
                false: list[bool] = []
                for each in told:
                    topic = DeniedTopic(
                        name=each["name"],
                        description=each["description"],
                        examples=tuple(each["examples"]),
                        words=tuple(each["words"]) if words else (),
                        threshold=threshold,
                    )
                    denied = DeniedTopics([topic], embedder, lambda: titles)
                    on = [q for q in each["on"] if split_of(q) == split]
                    off = [q for q in each["near"] if split_of(q) == split] + others
                    caught += [denied.denies(q) is not None for q in on]
                    false += [denied.denies(q) is not None for q in off]
                rows.append(
                    {
                        "split": split,
                        "words": words,
                        "threshold": threshold,
                        "caught": _told(caught),
                        "false alarms": _told(false),
                    }
                )
                print("  ".join(f"{name} {value}" for name, value in rows[-1].items()), flush=True)
    save("topics", rows)
    return 0


def _told(hits: Sequence[bool]) -> str:
    low, high = wilson(sum(hits), len(hits))
    share = sum(hits) / len(hits)
    return f"{share:.3f} ({low:.3f}-{high:.3f}, n={len(hits)})"
