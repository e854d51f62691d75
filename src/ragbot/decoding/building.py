"""GGUF file -> the folder that a `Decoder` opens: made and checked on this machine, once."""

from __future__ import annotations

import dataclasses
import errno
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
from filelock import FileLock

from ragbot.decoding.decoder import CONTEXT, SHAPE, TOKENIZER, Decoder
from ragbot.decoding.gguf_file import GgufFile
from ragbot.decoding.graph import GRAPH, TENSORS, write_graph
from ragbot.errors import ModelUnavailableError
from ragbot.onnx_session import adds_in_32_bits

RECIPE = "int8-1"  # changes with the graph or its quantization
STAMP = "made.json"
# A sentence that any model of English finds likelier, word by word, than one that computes
# nonsense: that one would give a token of 50,000 a log-probability of -11.
PROBE = "Once upon a time there was a king who lived in a castle with his wife and two children."
LIKELY = -5.0


def built_folder(gguf: Path) -> Path | None:
    """What was made of the file, where it is here, whole, and of use on this processor.

    Where nobody knows that products of 8 bits are added without a loss it is of none.
    """
    folder = _place(gguf)
    try:
        made = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        whole = made == _state(gguf, folder)
    except (OSError, ValueError):
        return None
    return folder if whole and adds_in_32_bits() else None


def build(gguf: Path) -> Path:
    """The folder, made now (a minute for 1.5 billion weights) where it is not there yet.

    Raises:
        ModelUnavailableError: the model is of another kind, the processor adds products of 8 bits
            with a loss, there is no space, the folder cannot be written, or what was made
            writes nonsense here.
    """
    if not adds_in_32_bits():
        raise ModelUnavailableError("this processor has no VNNI: llama.cpp is as quick there")
    folder = _place(gguf)
    try:
        with FileLock(folder.with_name(f"{folder.name}.lock")):
            if built_folder(gguf) is None:
                _make(gguf, folder)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise ModelUnavailableError(
            f"no space left for {folder}" if full else f"{folder} cannot be written ({error})",
            mend="free some space" if full else "set RAGBOT_MODELS_DIR to a writable folder",
        ) from error
    return folder


def _make(gguf: Path, folder: Path) -> None:
    source = GgufFile(gguf)
    shape = source.shape()
    with tempfile.TemporaryDirectory(dir=gguf.parent, prefix=f"{folder.name}-") as name:
        made = Path(name) / folder.name
        made.mkdir()
        write_graph(source, shape, CONTEXT, made)
        (made / SHAPE).write_text(json.dumps(dataclasses.asdict(shape)), encoding="utf-8")
        source.tokenizer().save(str(made / TOKENIZER))
        _check(made)
        (made / STAMP).write_text(json.dumps(_state(gguf, made)), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)  # of an older file, or cut short
        made.replace(folder)


def _check(folder: Path) -> None:
    decoder = Decoder(folder)
    ids = decoder.words(PROBE)
    expected = zip(decoder.follow(ids[:-1]), ids[1:], strict=True)
    found = [float(logits[token] - np.logaddexp.reduce(logits)) for logits, token in expected]
    likely = sum(found) / len(found)
    if not likely > LIKELY:
        raise ModelUnavailableError(
            f"in 8 bits the model writes nonsense here (log-probability {likely:.1f} a token)",
            mend="report it, with the processor's name; llama.cpp answers in its place",
        )


def _place(gguf: Path) -> Path:
    return gguf.with_name(f"{gguf.stem}-{RECIPE}")


def _state(gguf: Path, folder: Path) -> dict[str, int]:
    files = [gguf, *(folder / name for name in (GRAPH, TENSORS, SHAPE, TOKENIZER))]
    return {file.name: file.stat().st_size for file in files}
