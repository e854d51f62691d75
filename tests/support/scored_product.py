"""A product small enough to check by eye, and a bank for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from support.boxes_and_crates import QUESTION, boxes_and_crates
from support.scripted_model import scripted
from support.word_lengths import WordLengths

from eval.asking import Asking
from eval.gold import Gold
from eval.product import Product
from eval.scorer import FEATURES, FittedWeights, Weights
from ragbot.assembly import Ragbot
from ragbot.chat_models import Candidate
from ragbot.retrieval import Readers, Retriever
from ragbot.settings import Settings
from ragbot.store import open_index

EVEN = Weights((1.0,) * len(FEATURES), (1.0,) * len(FEATURES))

SIZE = {
    "id": "size",
    "question": QUESTION,
    "options": ["400 KB", "16 MB", "4 GB"],
    "answer": [0],
    "evidence": [
        {"doc_id": "boxes", "heading": "Boxes", "quote": "A Boxes item can be at most 400 KB."}
    ],
}
ROTATION = {
    "id": "rotation",
    "question": "Which of them rotates its labels automatically?",
    "options": ["Crates", "Boxes"],
    "answer": [1],
    "evidence": [
        {"doc_id": "boxes", "heading": "Boxes", "quote": "Boxes rotates its labels automatically."}
    ],
}
FREE = {
    "id": "free",
    "kind": "lookup",
    "question": QUESTION,
    "evidence": SIZE["evidence"],
    "nuggets": [{"name": "400 KB", "accepted": ["400 KB", "400 kilobytes"]}],
}
GAP = {"id": "gap", "kind": "near", "question": "What does a Boxes item weigh?"}


def product(folder: Path, *models: Candidate) -> Product:
    """Over two passages, Boxes and Crates; without a model, `quotes` answers."""
    settings = Settings(home=folder, models_dir=folder / "models", k=2)
    if not settings.index_dir.exists():
        boxes_and_crates(folder)
    embedder = WordLengths()
    answering = models or (scripted(),)
    bot = Ragbot(settings, models=answering, embedder=embedder)
    retriever = Retriever(open_index(settings.index_dir), embedder)
    return Product(bot, retriever, answering, embedder, Readers())


def asking(product: Product, *, rotations: int | None = None, seed: int = 0) -> Asking:
    weights = FittedWeights(EVEN, (EVEN,), ())
    return Asking(product, Gold(product.index), weights, rotations, seed)


def bank_file(folder: Path, rows: Sequence[dict[str, Any]], name: str = "small") -> Path:
    file = folder / f"{name}.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file
