"""Trains the entailment model on and writes the patch that `ragbot models pull` applies.

    python -m tuning [--passes 3] [--base FILE]

Takes about an hour on two cores. The hash that it prints belongs into `ragbot.weights.catalogue`.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import ragbot.weights
from ragbot.weights import patches
from tuning.graph import opened, pieces_between, written
from tuning.sheets import read_sheets
from tuning.train import opened_tokenizer, train

PATCH = Path(ragbot.weights.__file__).parent / "entailment.patch"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="tuning", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--base", type=Path, required=True, help="the model.onnx as published")
    parser.add_argument("--tokenizer", type=Path, required=True, help="its tokenizer.json")
    parser.add_argument("--patch", type=Path, default=PATCH)
    options = parser.parse_args(arguments)
    base = options.base.read_bytes()
    sheets = read_sheets()
    module, grids = opened(base)
    print(f"{len(sheets)} sheets, {sum(len(sheet.lines) for sheet in sheets)} lines")
    train(module, opened_tokenizer(options.tokenizer), sheets, options.passes)
    new = written(base, module, grids)
    patch = patches.make(base, new, pieces_between(base, new))
    options.patch.write_bytes(patch)
    print(f"{options.patch}: {len(patch):,} bytes")
    print(f"the model's sha256: {hashlib.sha256(new).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
