"""A file made of another one and a small patch: how weights that were trained on come here.

Training on moves most of the whole numbers of an int8 model by nothing, one or two. So what is
kept is the difference, byte by byte, which packs into a few megabytes where the file has ninety.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Sequence
from pathlib import Path

import numpy as np

MAGIC = b"ragbot patch 1\n"
# (start in the old file, bytes), in the new file's order; from None on, bytes that are all new
Piece = tuple[int | None, int]


def make(old: bytes, new: bytes, pieces: Sequence[Piece]) -> bytes:
    """The patch that turns `old` into `new`, which is taken to be those pieces of `old`."""
    if sum(length for _, length in pieces) != len(new):
        raise ValueError("the pieces do not make up the new file")
    head = json.dumps({"pieces": pieces}).encode()
    target, base = np.frombuffer(new, dtype=np.uint8), _laid_out(old, pieces)
    packed = lzma.compress((target - base).tobytes(), preset=6)
    return MAGIC + len(head).to_bytes(4, "big") + head + packed


def apply(patch: Path, old: bytes) -> bytes:
    """The new file. Whether it is the right one, its hash tells.

    Raises:
        ValueError: the file is no patch, or one of another file.
    """
    content = patch.read_bytes()
    if not content.startswith(MAGIC):
        raise ValueError(f"{patch.name} is no patch")
    at = len(MAGIC)
    size = int.from_bytes(content[at : at + 4], "big")
    pieces = json.loads(content[at + 4 : at + 4 + size])["pieces"]
    difference = np.frombuffer(lzma.decompress(content[at + 4 + size :]), dtype=np.uint8)
    base = _laid_out(old, pieces)
    if base.size != difference.size:
        raise ValueError(f"{patch.name} is a patch of another file")
    return (base + difference).tobytes()


def _laid_out(old: bytes, pieces: Sequence[Piece]) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """uint8 [n]: what of the old file stands where in the new one, zeros where nothing does."""
    return np.concatenate(
        [
            np.zeros(length, dtype=np.uint8)
            if start is None
            else np.frombuffer(old[start : start + length], dtype=np.uint8)
            for start, length in pieces
        ]
    )
