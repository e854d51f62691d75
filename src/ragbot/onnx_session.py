"""(ONNX file) -> session of ONNX Runtime, the same figures on every processor.

Texts are read one by one, on a core each. In 8 bits a model scales what it reads by the largest
number in sight, so that of texts that go through it together each moves the figures of the others:
what had been asked before, or was ingested in the same run, would move an answer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

Text = TypeVar("Text")
Read = TypeVar("Read")

# Without VNNI (most processors before 2020) the quick kernel adds products of 8 bits in 16, and
# what does not fit is cut off: margins of the entailment model were off by up to 7. This way costs
# a tenth of the time there; with VNNI nothing is cut off, and it would take twice the time for the
# same figures (docs/decisions.md).
EXACT = ("session.x64quantprecision", "1")
VNNI = frozenset({"avx512_vnni", "avx_vnni"})
PROCESSOR = Path("/proc/cpuinfo")


def open_session(file: Path) -> Any:
    """A session that reads on the core of whoever calls it; safe to use from several threads."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    if not adds_in_32_bits():
        options.add_session_config_entry(*EXACT)
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


def one_by_one(read: Callable[[Text], Read], texts: Sequence[Text]) -> list[Read]:
    """What is read of each text, in their order."""
    if len(texts) == 1:
        return [read(texts[0])]
    return list(_threads().map(read, texts))


def cores() -> int:
    """How many we may use, which can be fewer than there are."""
    asked = hasattr(os, "sched_getaffinity")
    return (len(os.sched_getaffinity(0)) if asked else os.cpu_count()) or 1


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(cores(), thread_name_prefix="reading")


def adds_in_32_bits(processor: Path = PROCESSOR) -> bool:
    """Whether the quick kernel is known to be exact here; False where nobody tells."""
    try:
        told = processor.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    flags = next((line for line in told.splitlines() if line.startswith("flags")), "")
    return not VNNI.isdisjoint(flags.split())
