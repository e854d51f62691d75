"""Records -> the figures of a run, each with its n and interval.

The denominator is always the questions that were asked: a crash, an unread letter or a missing
result counts as wrong, never as absent. Left out is what nothing could score: a score of None.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

import numpy as np

from eval.banks import FALSE_PREMISE, NOT_IN_THE_NOTES
from eval.judge import kappa
from eval.runs import Manifest, Mode, Record
from eval.statistics import Proportion, bootstrap, compare_paired, proportion

Plain = dict[str, Any]
CONTESTANTS: tuple[Mode, ...] = ("no_model", "closed_book", "open_book", "combined", "oracle")
SPLITS = ("test", "dev")
BINS = 10  # of the calibration curve
MEASURES = ("R@1", "R@5", "nDCG@10", "RR@10")
VERDICTS = (
    "nugget_recall",
    "cited_nuggets",
    "correct",
    "citation_recall",
    "citation_precision",
    "supported",
    "gold_cited",
)


def summarize(manifest: Manifest, records: Sequence[Record]) -> Plain:
    """All figures of a run, as JSON."""
    seed = int(manifest.config.get("seed", 0))
    choices = [record for record in records if record.options]
    free = [record for record in records if not record.options]
    answers = [record for record in free if record.mode != "retrieval"]
    found: Plain = {
        "run": {
            "model": manifest.config.get("model"),
            "created": manifest.created,
            "finished": manifest.finished,
            "elapsed_seconds": manifest.elapsed,
            "spent": manifest.spent.model_dump() if manifest.spent else None,
            "questions": len({(r.bank, r.id) for r in records}),
            "errors": sum(record.error is not None for record in records),
        },
        "choices": _by_mode(choices, CONTESTANTS, _choice),
        "shortcuts": _shortcuts(choices),
        "free": _by_mode(answers, ("closed_book", "open_book", "oracle"), _free),
        "retrieval": _retrieval([r for r in records if r.mode == "retrieval"]),
        "blame": {"choices": blame(choices), "free": blame(answers)},
        "calibration": _calibration(choices),
        "spent": _spent(records, seed),
    }
    found["alarms"] = alarms(records, found, seed)
    return found


def _by_mode(
    records: Sequence[Record], modes: Sequence[Mode], of: Callable[[Sequence[Record]], Plain]
) -> Plain:
    found: Plain = {}
    for mode in modes:
        own = [record for record in records if record.mode == mode]
        if own:
            found[mode] = {
                "all": of(own),
                **{s: of(part) for s in SPLITS if (part := [r for r in own if r.split == s])},
                "by_topic": _groups(own, lambda r: r.topic or "none"),
                "by_kind": _groups(own, lambda r: r.kind),
            }
    return found


def _groups(records: Sequence[Record], name: Callable[[Record], str]) -> Plain:
    groups: dict[str, list[float]] = defaultdict(list)
    for record in records:
        if record.score is not None:
            groups[name(record)].append(record.score)
    return {key: _plain(proportion(scores)) for key, scores in sorted(groups.items())}


def _plain(value: Proportion | None) -> Plain | None:
    return None if value is None else {k: round(v, 4) for k, v in asdict(value).items()}


def _accuracy(records: Iterable[Record]) -> Plain | None:
    return _plain(proportion([r.score for r in records if r.score is not None]))


def _choice(records: Sequence[Record]) -> Plain:
    """Accuracy averaged over the orders, and how much the order matters."""
    asked = [each for record in records for each in record.asked]
    several = [record for record in records if len(record.asked) > 1]
    by_place: dict[int, list[bool]] = defaultdict(list)
    for record in records:
        for each in record.asked:
            if each.order and len(record.answer) == 1:
                by_place[each.order.index(record.answer[0])].append(each.right)
    return {
        "accuracy": _accuracy(records),
        "orders": len(asked),
        "order_sensitive": _plain(
            proportion([float(len({a.right for a in r.asked}) > 1) for r in several])
        ),
        "accuracy_by_place_of_the_right_option": {
            chr(ord("A") + place): _plain(proportion([float(right) for right in rights]))
            for place, rights in sorted(by_place.items())
        },
        "unread": sum(each.chosen is None for each in asked),
        "read": dict(Counter(each.read for each in asked if each.read)),
        "errors": sum(record.error is not None for record in records),
    }


def _shortcuts(records: Sequence[Record]) -> Plain:
    found: Plain = {}
    held = [record for record in records if record.shortcuts]
    for split in ("all", *SPLITS):
        part = [r for r in held if split in ("all", r.split)]
        names = dict.fromkeys(name for record in part for name in record.shortcuts)
        found[split] = {
            name: _plain(proportion([r.shortcuts.get(name, 0.0) for r in part])) for name in names
        }
    return found


def _free(records: Sequence[Record]) -> Plain:
    answerable = [r for r in records if r.kind not in (*NOT_IN_THE_NOTES, FALSE_PREMISE)]
    gaps = [r for r in records if r.kind in NOT_IN_THE_NOTES]
    premises = [r for r in records if r.kind == FALSE_PREMISE]

    scored = [r for r in answerable if r.score is not None]

    def share(records: Sequence[Record], *any_of: str, crashed: bool = False) -> Plain | None:
        values = [crashed if r.error else any(map(r.verdicts.get, any_of)) for r in records]
        return _plain(proportion(list(map(float, values))))

    found: Plain = {
        "handled_right": _accuracy(records),
        "refused_of_unanswerable": share(gaps, "abstained"),
        "over_refused_of_answerable": share(answerable, "abstained", crashed=True),
        "false_premises_corrected": share(premises, "corrected"),
        "false_premises_refused": share(premises, "abstained"),
        "false_premises_contradicted": share(premises, "corrected", "nearest_tells"),
        "refused_beside_the_answer": share(answerable, "nearest_tells"),
    }
    for verdict in VERDICTS:
        # Citation measures are of what was cited: an answer that was refused has none. The
        # facts of a refused answer are missing, so there it counts as 0.
        of_all = verdict in ("nugget_recall", "cited_nuggets", "correct")
        values = [r.verdicts.get(verdict) for r in (scored if of_all else answerable)]
        scores = [float(v or 0.0) for v in values if of_all or v is not None]
        found[verdict] = _plain(proportion(scores))
    return found | _judged(scored)


def _judged(records: Sequence[Record]) -> Plain:
    """The judge model's figure, and how far it agrees with the offline measure where it ruled:
    on what was refused, nobody asked it."""
    if not any("judged_correct" in r.verdicts for r in records):
        return {}
    ruled = [
        r.verdicts
        for r in records
        if r.verdicts.get("judged_correct") is not None and not r.verdicts.get("abstained")
    ]
    judged = [bool(verdicts["judged_correct"]) for verdicts in ruled]
    offline = [bool(verdicts.get("correct")) for verdicts in ruled]
    agreed = [float(j == o) for j, o in zip(judged, offline, strict=True)]
    every = [float(r.verdicts.get("judged_correct") or 0.0) for r in records]
    return {
        "judged_correct": _plain(proportion(every)),
        "judge_agreement": _plain(proportion(agreed)),
        "judge_kappa": kappa(judged, offline),
    }


def _retrieval(records: Sequence[Record]) -> Plain:
    found: Plain = {}
    for split in ("all", *SPLITS):
        part = [r for r in records if split in ("all", r.split)]
        if part:
            found[split] = _measures(part)
    found["by_kind"] = {
        kind: _measures([r for r in records if r.kind == kind])
        for kind in sorted({r.kind for r in records})
    }
    return found


def _measures(records: Sequence[Record]) -> Plain:
    return {
        name: _plain(proportion([float(r.verdicts.get(name) or 0.0) for r in records]))
        for name in MEASURES
    }


BLAME = (
    "right",
    "retrieval: the evidence was not shown, and with it the answer is right",
    "both: the evidence was not shown, and with it the answer is wrong too",
    "model, misled: the evidence was shown among others; alone it gives the right answer",
    "model: wrong even with the evidence alone",
)


def blame(records: Sequence[Record]) -> Plain:
    """Each open-book answer and, where it is wrong, whose fault that is; needs the oracle's
    records and a bank with evidence."""
    oracle = {(r.bank, r.id): r for r in records if r.mode == "oracle"}
    counts = dict.fromkeys(BLAME, 0)
    of: dict[str, str] = {}
    for record in records:
        told = oracle.get((record.bank, record.id))
        if record.mode == "open_book" and record.score is not None and told is not None:
            verdict = BLAME[_blamed(record, told)]
            counts[verdict] += 1
            of[f"{record.bank}/{record.id}"] = verdict
    return {"counts": counts, "of": of} if of else {}


def _blamed(record: Record, oracle: Record) -> int:
    if (record.score or 0.0) > 0.5:
        return 0
    answerable = (oracle.score or 0.0) > 0.5
    if (record.evidence_found or 0.0) < 1.0:
        return 1 if answerable else 2
    return 3 if answerable else 4


def _calibration(records: Sequence[Record]) -> Plain:
    """Of each mode: how often an option with a probability in a bin is the right one."""
    found: Plain = {}
    for mode in CONTESTANTS:
        told, right = [], []
        for record in records:
            for each in record.asked:
                if record.mode == mode and each.probabilities and len(record.answer) == 1:
                    told.append(max(each.probabilities))
                    right.append(float(each.right))
        if told:
            place = np.minimum((np.asarray(told) * BINS).astype(int), BINS - 1)
            bins = [
                {
                    "told": round(float(np.mean(np.asarray(told)[place == b])), 4),
                    "right": round(float(np.mean(np.asarray(right)[place == b])), 4),
                    "n": int(np.sum(place == b)),
                }
                for b in range(BINS)
                if np.any(place == b)
            ]
            gap = sum(b["n"] * abs(b["told"] - b["right"]) for b in bins) / len(told)
            found[mode] = {"bins": bins, "expected_calibration_error": round(gap, 4)}
    return found


def _spent(records: Sequence[Record], seed: int) -> Plain:
    """Tokens, milliseconds and dollars, of each mode; cached replies with their first time."""
    found: Plain = {}
    for mode in ("closed_book", "open_book", "oracle"):
        asked = [each for r in records if r.mode == mode for each in r.asked]
        if not asked:
            continue
        ms = [each.ms for each in asked]
        calls = [*asked, *(each for r in records if r.mode == mode for each in r.also)]
        costs = [each.cost for each in calls]
        mean = bootstrap(ms, seed)
        found[mode] = {
            "calls": len(asked),
            "cached": sum(each.cached for each in asked),
            "ms": {
                "median": round(median(ms), 1),
                "p95": round(float(np.percentile(ms, 95)), 1),
                "mean": round(mean.value, 1) if mean else None,
                "mean_95": [round(mean.low, 1), round(mean.high, 1)] if mean else None,
            },
            "input_tokens": sum(each.input_tokens for each in calls),
            "output_tokens": sum(each.output_tokens for each in calls),
            "cache_read_tokens": sum(each.cache_read_tokens for each in calls),
            "cache_write_tokens": sum(each.cache_write_tokens for each in calls),
            "usd": None if None in costs else round(sum(c for c in costs if c is not None), 6),
        }
    return found


def alarms(records: Sequence[Record], summary: Plain, seed: int) -> list[str]:
    """What makes the run's own figures doubtful, in words."""
    told: list[str] = []
    choices = [record for record in records if record.options]
    scores = {
        mode: {(r.bank, r.id): r.score or 0.0 for r in choices if r.mode == mode}
        for mode in ("no_model", "closed_book", "open_book", "oracle")
    }
    chance = {(r.bank, r.id): r.shortcuts["random"] for r in choices if r.shortcuts}
    told += _key_alarm(scores["oracle"] or scores["open_book"] or scores["no_model"], chance, seed)
    best = scores["open_book"] or scores["no_model"]
    for name in dict.fromkeys(n for r in choices for n in r.shortcuts):
        of = {(r.bank, r.id): r.shortcuts.get(name, 0.0) for r in choices if r.shortcuts}
        both = [key for key in best if key in of]
        if name != "random" and both:
            shortcut = sum(of[key] for key in both) / len(both)
            own = sum(best[key] for key in both) / len(both)
            if shortcut >= own:
                told.append(
                    f"the shortcut '{name}' scores {shortcut:.3f} and the product {own:.3f}: "
                    "the bank gives its answers away, or the product does not answer"
                )
    told += _no_gain(scores["closed_book"], scores["open_book"], seed)
    test = summary["retrieval"].get("all", {}).get("R@5")
    if test and test["high"] < 0.5:
        told.append(
            f"retrieval finds the evidence in {test['value']:.3f} of the questions: "
            "it is broken, or the bank belongs to another index"
        )
    errors = sum(record.error is not None for record in records)
    if errors:
        told.append(f"{errors} of {len(records)} records are crashes; they count as wrong")
    unread = sum(a.chosen is None for r in choices for a in r.asked)
    if unread:
        told.append(f"{unread} replies could not be read as a choice; they count as wrong")
    return told


def _key_alarm(
    best: dict[tuple[str, str], float], chance: dict[tuple[str, str], float], seed: int
) -> list[str]:
    both = [key for key in best if key in chance]
    if len(both) < 10:
        return []
    compared = compare_paired([chance[k] for k in both], [best[k] for k in both], seed)
    if compared.low > 0:
        return []
    return [
        f"the best informed contestant is not above chance ({compared.b:.3f} against "
        f"{compared.a:.3f}): the answer key may be wrong"
    ]


def _no_gain(
    closed: dict[tuple[str, str], float], opened: dict[tuple[str, str], float], seed: int
) -> list[str]:
    both = [key for key in closed if key in opened]
    if not both:
        return []
    compared = compare_paired([closed[k] for k in both], [opened[k] for k in both], seed)
    if compared.low > 0:
        return []
    return [
        f"open book is not better than closed book beyond noise (by {compared.difference:+.3f}, "
        f"{compared.low:+.3f} to {compared.high:+.3f}): the notes are not what earns the score"
    ]
