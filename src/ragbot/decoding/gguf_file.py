"""A GGUF file -> what a graph is made of: the model's shape, its tensors as floats, its tokenizer.

Two families of models are known, which are one but for a few details: Llama (Touvron et al. 2023)
and Qwen2, with ChatML turns and a tokenizer of pairs of bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragbot.errors import ModelUnavailableError

OPENS, CLOSES = "<|im_start|>", "<|im_end|>"  # a turn, in ChatML
OUTPUTS = 8192  # of a matrix that are floats at a time
SPECIAL = 3  # the type of a token that no text can be
_QWEN2 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a decoder is; `opens` and `closes` are the tokens around a turn, and each of `ends`
    ends a reply."""

    layers: int
    width: int
    heads: int
    kv_heads: int
    inner: int
    epsilon: float
    rope_base: float
    interleaved: bool  # whether the two numbers that the positions turn stand side by side
    opens: int
    closes: int
    ends: tuple[int, ...]

    @property
    def head_size(self) -> int:
        return self.width // self.heads


class GgufFile:
    """Raises ModelUnavailableError: it cannot be read, or holds another kind of model."""

    def __init__(self, file: Path) -> None:
        try:
            from gguf import GGUFReader

            self._reader = GGUFReader(file)
        except (ImportError, OSError, ValueError, IndexError, KeyError) as error:
            raise _unknown(file, str(error)) from error
        self._fields: Mapping[str, Any] = self._reader.fields
        self._tensors = {tensor.name: tensor for tensor in self._reader.tensors}
        family = self._value("general.architecture", "")
        spelled = self._value("tokenizer.ggml.pre", "")
        known = {CLOSES, OPENS} <= set(self._special())
        if family not in ("qwen2", "llama") or spelled not in ("qwen2", "smollm") or not known:
            raise _unknown(file, f"its architecture is {family!r}, its tokenizer {spelled!r}")
        self._family, self._spelled = family, spelled

    def shape(self) -> Shape:
        def told(name: str) -> Any:
            return self._value(f"{self._family}.{name}")

        special = self._special()
        ends = {special[CLOSES], self._value("tokenizer.ggml.eos_token_id")}
        ends |= {special[name] for name in ("<|endoftext|>",) if name in special}
        return Shape(
            layers=told("block_count"),
            width=told("embedding_length"),
            heads=told("attention.head_count"),
            kv_heads=told("attention.head_count_kv"),
            inner=told("feed_forward_length"),
            epsilon=told("attention.layer_norm_rms_epsilon"),
            rope_base=told("rope.freq_base"),
            interleaved=self._family == "llama",
            opens=special[OPENS],
            closes=special[CLOSES],
            ends=tuple(sorted(ends)),
        )

    def has(self, name: str) -> bool:
        return name in self._tensors

    def floats(self, name: str) -> NDArray[np.float32]:
        """A tensor, whatever it was quantized to: float32, of a matrix [outputs, inputs]."""
        return np.concatenate(list(self.parts(name)))

    def parts(self, name: str) -> Iterator[NDArray[np.float32]]:
        """The same, some outputs at a time: as floats the largest matrix alone has a gigabyte."""
        from gguf.quants import dequantize

        tensor = self._tensors[name]
        for start in range(0, len(tensor.data), OUTPUTS):
            part = dequantize(tensor.data[start : start + OUTPUTS], tensor.tensor_type)
            yield np.asarray(part, dtype=np.float32)

    def tokenizer(self) -> Any:
        """As `tokenizers` has them."""
        from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers
        from tokenizers import pre_tokenizers as before

        vocabulary = {token: at for at, token in enumerate(self._strings("tokenizer.ggml.tokens"))}
        merges = [each.partition(" ") for each in self._strings("tokenizer.ggml.merges")]
        pairs = [(one, other) for one, _, other in merges]
        tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=pairs))
        if self._spelled == "qwen2":
            tokenizer.normalizer = normalizers.NFC()
            cut: before.PreTokenizer = before.Split(Regex(_QWEN2), "isolated")
            bytewise = before.ByteLevel(add_prefix_space=False, use_regex=False)
        else:
            cut = before.Digits(individual_digits=True)
            bytewise = before.ByteLevel(add_prefix_space=False)
        tokenizer.pre_tokenizer = before.Sequence([cut, bytewise])
        tokenizer.decoder = decoders.ByteLevel()
        tokenizer.add_special_tokens(
            [AddedToken(each, special=True, normalized=False) for each in self._special()]
        )
        return tokenizer

    def _special(self) -> dict[str, int]:
        if "tokenizer.ggml.token_type" not in self._fields:
            return {}
        kinds = self._fields["tokenizer.ggml.token_type"]
        tokens = self._fields["tokenizer.ggml.tokens"]
        return {
            bytes(tokens.parts[word]).decode("utf-8"): at
            for at, (kind, word) in enumerate(zip(kinds.data, tokens.data, strict=True))
            if int(kinds.parts[kind][0]) == SPECIAL
        }

    def _strings(self, name: str) -> list[str]:
        field = self._fields[name]
        return [bytes(field.parts[at]).decode("utf-8") for at in field.data]

    def _value(self, name: str, default: Any = None) -> Any:
        field = self._fields.get(name)
        return default if field is None else field.contents()


def _unknown(file: Path, why: str) -> ModelUnavailableError:
    return ModelUnavailableError(f"{file} cannot be put into 8 bits ({why})")
