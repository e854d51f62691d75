"""(ONNX file) -> session of ONNX Runtime, the same figures on every processor."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

# Without VNNI (most processors before 2020) the quick kernel adds products of 8 bits in 16, and
# what does not fit is cut off: margins of the entailment model were off by up to 7. This way costs
# a tenth of the time there; with VNNI nothing is cut off, and it would take twice the time for the
# same figures (docs/decisions.md).
EXACT = ("session.x64quantprecision", "1")
VNNI = frozenset({"avx512_vnni", "avx_vnni"})
PROCESSOR = Path("/proc/cpuinfo")


def open_session(file: Path, threads: int | None = None) -> Any:
    """A session on so many cores, or on all that we may use."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    options.intra_op_num_threads = threads or allowed or 1
    options.log_severity_level = 3
    if not adds_in_32_bits():
        options.add_session_config_entry(*EXACT)
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


def adds_in_32_bits(processor: Path = PROCESSOR) -> bool:
    """Whether the quick kernel is known to be exact here; False where nobody tells."""
    try:
        told = processor.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    flags = next((line for line in told.splitlines() if line.startswith("flags")), "")
    return not VNNI.isdisjoint(flags.split())
