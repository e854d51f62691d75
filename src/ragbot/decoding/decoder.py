"""Turns of a conversation -> token ids -> one token of the reply after the other."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ragbot.decoding.gguf_file import Shape
from ragbot.decoding.graph import GRAPH, past, present
from ragbot.onnx_session import cores

CONTEXT = 8192  # tokens: eight passages, the question, three earlier turns and the reply
BATCH = 256  # tokens of a prompt that are read at a time
REMEMBERED = 3  # prompts of which what was read is kept: an answer, a rewriting and a judgement
REMEMBERED_TOKENS = 2048  # of each; 57 KB a token with 1.5 billion weights
SHAPE, TOKENIZER = "shape.json", "tokenizer.json"

Logits = NDArray[np.float32]
_Past = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Read:
    """Tokens that the model has read, and what its layers keep of them."""

    ids: tuple[int, ...]
    past: _Past

    def first(self, count: int) -> Read:
        """Of its beginning; a copy, so that the rest can be forgotten."""
        if count == len(self.ids):
            return self
        kept = {name: each[:, :, :count].copy() for name, each in self.past.items()}
        return Read(self.ids[:count], kept)


class Decoder:
    """A model in the folder that `build` has made; opened once, it may be asked by several threads.

    Replies that are asked for at once are written in turns, a token each.
    """

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self.shape = shape = Shape(**json.loads((folder / SHAPE).read_text(encoding="utf-8")))
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._opens, self._closes = shape.opens, shape.closes
        # What stands in a turn is text: it can neither end the turn nor begin another.
        self._tokenizer.encode_special_tokens = True
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = cores()
        options.log_severity_level = 3
        # Between two tokens others may want the cores.
        options.add_session_config_entry("session.force_spinning_stop", "1")
        self._session = onnxruntime.InferenceSession(
            str(folder / GRAPH), options, providers=["CPUExecutionProvider"]
        )
        layers = range(self.shape.layers)
        self._past = [name for layer in layers for name in past(layer)]
        self._present = [name for layer in layers for name in present(layer)]
        self._remembered: list[Read] = []
        self._turn = threading.Lock()

    def encode(self, turns: Sequence[tuple[str, str]]) -> list[int]:
        """(role, text) of each turn -> token ids, with the opening of the reply."""
        ids: list[int] = []
        for role, text in turns:
            ids += [self._opens, *self.words(f"{role}\n{text}"), self._closes, *self.words("\n")]
        return [*ids, self._opens, *self.words("assistant\n")]

    def words(self, text: str) -> list[int]:
        """The ids of plain text."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def decode(self, ids: Sequence[int]) -> str:
        return str(self._tokenizer.decode(list(ids), skip_special_tokens=False))

    def tokens(self, ids: Sequence[int]) -> Iterator[tuple[int, Logits]]:
        """The likeliest next token and the logits of all, float32 [tokens], again and again.

        Does not end by itself: `shape.ends` are the tokens that end a reply, and whoever asks
        counts up to CONTEXT. What the prompt shares with one read lately is not read again.
        """
        read = self._known(ids)
        for start in range(len(read.ids), len(ids), BATCH):
            logits, read = self._read(read, ids[start : start + BATCH])
        self._remember(read)
        while True:
            token = int(logits.argmax())
            yield token, logits
            logits, read = self._read(read, [token])

    def follow(self, ids: Sequence[int]) -> Iterator[Logits]:
        """What the model expects after each token, float32 [tokens]."""
        read = self._nothing()
        for each in ids:
            logits, read = self._read(read, [each])
            yield logits

    def _read(self, before: Read, ids: Sequence[int]) -> tuple[Logits, Read]:
        total = len(before.ids) + len(ids)
        asked = {
            "ids": np.array([ids], dtype=np.int64),
            "length": np.array([total - 1], dtype=np.int32),
            "total": np.array([total], dtype=np.int32),
            **before.past,
        }
        with self._turn:
            logits, *held = self._session.run(["logits", *self._present], asked)
        after = Read((*before.ids, *ids), dict(zip(self._past, held, strict=True)))
        return np.asarray(logits[0], dtype=np.float32), after

    def _known(self, ids: Sequence[int]) -> Read:
        """The longest beginning of the prompt that is remembered; its last token is read anew,
        as it is what is asked for what follows."""
        best, shared = self._nothing(), 0
        for each in tuple(self._remembered):
            count = _shared(each.ids, ids[:-1])
            if count > shared:
                best, shared = each, count
        return best.first(shared)

    def _remember(self, read: Read) -> None:
        kept = read.first(min(len(read.ids), REMEMBERED_TOKENS))
        with self._turn:
            others = [each for each in self._remembered if each.ids != kept.ids]
            self._remembered = [kept, *others][:REMEMBERED]

    def _nothing(self) -> Read:
        held = np.zeros((1, self.shape.kv_heads, 0, self.shape.head_size), dtype=np.float32)
        return Read((), dict.fromkeys(self._past, held))


def _shared(some: Sequence[int], others: Sequence[int]) -> int:
    """How many tokens both begin with."""
    pairs = enumerate(zip(some, others, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(some), len(others)))
