"""Is a run better than another, or is that noise? And: has quality really fallen?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval.runs import KEY, Manifest, Record, RunError, same_questions, write_whole
from eval.statistics import ALPHA, Comparison, compare_paired

BASELINES = Path(__file__).resolve().parent / "baselines"
DIGITS = 4  # of the scores in a baseline


@dataclass(frozen=True, slots=True)
class Flip:
    """A question that one run has right and the other wrong."""

    bank: str
    id: str
    mode: str
    question: str
    a: float
    b: float


@dataclass(frozen=True, slots=True)
class ModeComparison:
    """Two runs in one mode over the questions of one bank that both asked."""

    bank: str
    mode: str
    comparison: Comparison
    flips: tuple[Flip, ...]

    @property
    def verdict(self) -> str:
        c = self.comparison
        if c.real:
            return "better" if c.difference > 0 else "worse"
        if not c.changed:
            return "the same"
        return f"noise (n = {c.n} shows differences from {c.detectable:.3f} on)"

    def to_json(self) -> dict[str, Any]:
        return {
            "bank": self.bank,
            "mode": self.mode,
            **asdict(self.comparison),
            "verdict": self.verdict,
            "flips": [asdict(flip) for flip in self.flips],
        }


def compare_runs(
    a: Sequence[Record], b: Sequence[Record], *, seed: int, split: str | None = None
) -> list[ModeComparison]:
    """Every (bank, mode) that both runs hold.

    Raises:
        RunError: the runs share no question.
    """
    groups: dict[tuple[str, str], list[tuple[Record, Record]]] = {}
    for pair in same_questions(a, b):
        record, other = pair
        scored = record.score is not None and other.score is not None
        if scored and split in (None, record.split):
            _check_same_question(record, other)
            groups.setdefault((record.bank, record.mode), []).append(pair)
    if not groups:
        raise RunError(
            "the two runs share no question in any mode",
            mend="compare runs over the same bank and split",
        )
    return [_compared(bank, mode, pairs, seed) for (bank, mode), pairs in groups.items()]


def _check_same_question(a: Record, b: Record) -> None:
    if (a.question, a.options) != (b.question, b.options):
        raise RunError(
            f"question {a.id!r} of bank {a.bank!r} is not the same in both runs",
            mend="run both over the same bank",
        )


def _compared(
    bank: str, mode: str, pairs: Sequence[tuple[Record, Record]], seed: int
) -> ModeComparison:
    a = [x.score or 0.0 for x, _ in pairs]
    b = [y.score or 0.0 for _, y in pairs]
    flips = tuple(
        Flip(bank, x.id, mode, x.question, before, after)
        for (x, _), before, after in zip(pairs, a, b, strict=True)
        if (before > 0.5) != (after > 0.5)
    )
    return ModeComparison(bank, mode, compare_paired(a, b, seed), flips)


def differing_conditions(a: Manifest, b: Manifest) -> dict[str, tuple[Any, Any]]:
    """What was not the same: name -> (in a, in b)."""
    sides = []
    for manifest in (a, b):
        code = {k: v for k, v in manifest.code.items() if k in ("version", "commit")}
        banks = {f"bank {bank.name}": bank.sha256[:12] for bank in manifest.banks}
        sides.append({**manifest.config, **code, **banks, "corpus": manifest.index.get("corpus")})
    first, second = sides
    return {
        name: (first.get(name), second.get(name))
        for name in sorted(first.keys() | second.keys())
        if first.get(name) != second.get(name)
    }


# A baseline is what the gate needs of a run, and no more: a small file that is committed.


def save_baseline(file: Path, manifest: Manifest, records: Sequence[Record]) -> None:
    scores: dict[str, dict[str, float]] = {}
    for record in records:
        if record.score is not None:
            group = scores.setdefault(f"{record.bank}/{record.mode}", {})
            group[record.id] = round(record.score, DIGITS)
    content = {
        "config": manifest.config,
        "created": manifest.created,
        "code": manifest.code,
        "corpus": manifest.index.get("corpus"),
        "banks": {bank.name: bank.sha256 for bank in manifest.banks},
        "scores": scores,
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, json.dumps(content, indent=1) + "\n")


@dataclass(frozen=True, slots=True)
class Held:
    """One (bank, mode) of a baseline against a run; `fell` where quality really went down."""

    bank: str
    mode: str
    comparison: Comparison
    lost: tuple[str, ...]  # ids whose score fell, the farthest first

    @property
    def fell(self) -> bool:
        c = self.comparison
        return c.difference < 0 and (c.real or (c.high < 0 and c.p < 2 * ALPHA))


def load_baseline(file: Path) -> dict[str, Any]:
    """Raises RunError where the file is no baseline."""
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(found.get("scores"), dict) or not isinstance(found.get("config"), dict):
            raise ValueError("it holds no scores")
    except (OSError, ValueError) as error:
        raise RunError(
            f"{file} is no baseline: {error}", mend="python -m eval gate --save"
        ) from error
    return found


def hold_to(baseline: Mapping[str, Any], records: Sequence[Record], *, seed: int) -> list[Held]:
    """Hold a run to a baseline, question by question.

    A question of the baseline that the run has not, or has without a score, counts as wrong.

    Raises:
        RunError: the bank was changed since, so that the questions are other ones.
    """
    # Rounded as the baseline is: 2/3 does not fall to .6667.
    now: dict[KEY, float] = {record.key: round(record.score or 0.0, DIGITS) for record in records}
    held = []
    for group, scores in baseline["scores"].items():
        bank, mode = group.rsplit("/", 1)
        ids = list(scores)
        before = [scores[id_] for id_ in ids]
        after = [now.get((bank, id_, mode), 0.0) for id_ in ids]
        falls = sorted(zip(before, after, ids, strict=True), key=lambda fall: fall[1] - fall[0])
        lost = tuple(id_ for x, y, id_ in falls if y < x)
        held.append(Held(bank, mode, compare_paired(before, after, seed), lost))
    return held
