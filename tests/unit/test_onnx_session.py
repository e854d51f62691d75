"""Where the quick kernel of 8 bits may be trusted."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragbot.onnx_session import adds_in_32_bits

TOLD = "processor\t: 0\nmodel name\t: {name}\nflags\t\t: fpu sse4_2 avx2 {flags}\n\n"


@pytest.mark.parametrize(
    ("flags", "exact"),
    [("avx512f avx512_vnni amx_int8", True), ("avx_vnni", True), ("avx512f avx512bw", False)],
)
def test_with_vnni_nothing_is_cut_off(flags: str, exact: bool, tmp_path: Path) -> None:
    told = tmp_path / "cpuinfo"
    told.write_text(TOLD.format(name="avx_vnni by name only", flags=flags) * 2)
    assert adds_in_32_bits(told) == exact


def test_where_nobody_tells_the_slow_way_is_taken(tmp_path: Path) -> None:
    assert not adds_in_32_bits(tmp_path / "none")
    (tmp_path / "arm").write_text("processor\t: 0\nFeatures\t: fp asimd\n")
    assert not adds_in_32_bits(tmp_path / "arm")
