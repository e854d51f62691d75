"""A decoder of four layers with random weights, as a GGUF file, and what it computes in floats."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

LAYERS, WIDTH, HEADS, KV_HEADS, INNER = 4, 64, 4, 2, 96
HEAD = WIDTH // HEADS
EPSILON, BASE = 1e-6, 10_000.0
Weights = dict[str, NDArray[np.float32]]


def random_weights(*, tied: bool, biased: bool) -> Weights:
    random = np.random.default_rng(7)

    def matrix(outputs: int, inputs: int) -> NDArray[np.float32]:
        return (random.standard_normal((outputs, inputs)) / inputs**0.5).astype(np.float32)

    words = len(_tokens())
    found: Weights = {"token_embd.weight": matrix(words, WIDTH) * 8}
    found["output_norm.weight"] = np.ones(WIDTH, dtype=np.float32)
    if not tied:
        found["output.weight"] = matrix(words, WIDTH)
    for layer in range(LAYERS):
        name = f"blk.{layer}"
        narrow = KV_HEADS * HEAD
        shapes = {
            "attn_q": (WIDTH, WIDTH),
            "attn_k": (narrow, WIDTH),
            "attn_v": (narrow, WIDTH),
            "attn_output": (WIDTH, WIDTH),
            "ffn_gate": (INNER, WIDTH),
            "ffn_up": (INNER, WIDTH),
            "ffn_down": (WIDTH, INNER),
        }
        for part, shape in shapes.items():
            found[f"{name}.{part}.weight"] = matrix(*shape)
            if biased and part in ("attn_q", "attn_k", "attn_v"):
                found[f"{name}.{part}.bias"] = random.standard_normal(shape[0]).astype(np.float32)
        for norm in ("attn_norm", "ffn_norm"):
            found[f"{name}.{norm}.weight"] = 1 + matrix(1, WIDTH)[0]
    return found


def write_gguf(file: Path, weights: Weights, family: str) -> Path:
    """`family` is "qwen2" or "llama", or one that nobody knows."""
    from gguf import GGUFWriter, TokenType

    writer = GGUFWriter(file, family)
    writer.add_block_count(LAYERS)
    writer.add_embedding_length(WIDTH)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_feed_forward_length(INNER)
    writer.add_layer_norm_rms_eps(EPSILON)
    writer.add_rope_freq_base(BASE)
    tokens = _tokens()
    writer.add_tokenizer_pre("qwen2" if family == "qwen2" else "smollm")
    writer.add_token_list(tokens)
    kinds = [TokenType.CONTROL if token.startswith("<|") else TokenType.NORMAL for token in tokens]
    writer.add_token_types(kinds)
    writer.add_token_merges(["t h", "th e"])
    writer.add_eos_token_id(tokens.index("<|im_end|>"))
    for name, tensor in weights.items():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


def exact_logits(weights: Weights, ids: list[int], *, interleaved: bool) -> NDArray[np.float64]:
    """float64 [tokens]: what the decoder expects after the ids, computed in floats."""
    value = weights["token_embd.weight"][ids].astype(np.float64)
    for layer in range(LAYERS):
        name = f"blk.{layer}"
        normed = _norm(value, weights[f"{name}.attn_norm.weight"])
        query, key, held = (_linear(weights, f"{name}.attn_{part}", normed) for part in "qkv")
        query = _turned(query.reshape(len(ids), HEADS, HEAD), interleaved)
        key = _turned(key.reshape(len(ids), KV_HEADS, HEAD), interleaved)
        held = held.reshape(len(ids), KV_HEADS, HEAD)
        seen = np.zeros((len(ids), HEADS, HEAD))
        for head in range(HEADS):
            group = head // (HEADS // KV_HEADS)
            scores = query[:, head] @ key[:, group].T / HEAD**0.5
            scores[np.triu_indices(len(ids), 1)] = -np.inf
            shares = np.exp(scores - scores.max(axis=1, keepdims=True))
            seen[:, head] = shares / shares.sum(axis=1, keepdims=True) @ held[:, group]
        value = value + _linear(weights, f"{name}.attn_output", seen.reshape(len(ids), WIDTH))
        normed = _norm(value, weights[f"{name}.ffn_norm.weight"])
        gate = _linear(weights, f"{name}.ffn_gate", normed)
        wide = gate / (1 + np.exp(-gate)) * _linear(weights, f"{name}.ffn_up", normed)
        value = value + _linear(weights, f"{name}.ffn_down", wide)
    out = weights.get("output.weight", weights["token_embd.weight"])
    last: NDArray[np.float64] = _norm(value, weights["output_norm.weight"])[-1] @ out.T
    return last


def _tokens() -> list[str]:
    from tokenizers.pre_tokenizers import ByteLevel

    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    return [*special, *sorted(ByteLevel.alphabet()), "th", "the"]


def _norm(value: NDArray[np.float64], scale: NDArray[np.float32]) -> NDArray[np.float64]:
    size = np.sqrt((value**2).mean(axis=-1, keepdims=True) + EPSILON)
    return np.asarray(value / size * scale)


def _linear(weights: Weights, name: str, value: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(value @ weights[f"{name}.weight"].T + weights.get(f"{name}.bias", 0))


def _turned(value: NDArray[np.float64], interleaved: bool) -> NDArray[np.float64]:
    """Rotary positions (Su et al. 2021) of [n, heads, HEAD]."""
    angles = np.outer(np.arange(len(value)), BASE ** -(np.arange(0, HEAD, 2) / HEAD))[:, None]
    first = slice(0, None, 2) if interleaved else slice(0, HEAD // 2)
    second = slice(1, None, 2) if interleaved else slice(HEAD // 2, None)
    turned = np.empty_like(value)
    turned[..., first] = value[..., first] * np.cos(angles) - value[..., second] * np.sin(angles)
    turned[..., second] = value[..., second] * np.cos(angles) + value[..., first] * np.sin(angles)
    return turned
