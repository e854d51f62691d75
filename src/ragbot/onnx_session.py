"""(ONNX file) -> session of ONNX Runtime, the same figures on every processor."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

# Without VNNI (most processors before 2020) the quick kernel adds products of 8 bits in 16, and
# what does not fit is cut off: margins of the entailment model were off by up to 7. This way costs
# a tenth of the time there, and nothing elsewhere (docs/decisions.md).
EXACT = ("session.x64quantprecision", "1")


def open_session(file: Path, threads: int | None = None) -> Any:
    """A session on so many cores, or on all that we may use."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    options.intra_op_num_threads = threads or allowed or 1
    options.log_severity_level = 3
    options.add_session_config_entry(*EXACT)
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
