"""Measures of a ranking, by ir_measures (MacAvaney et al. 2022), which wraps trec_eval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

NAMES = ("R@1", "R@5", "nDCG@10", "RR@10")
Judgments = Mapping[str, Mapping[str, int]]  # query id -> document id -> relevance
Rankings = Mapping[str, Sequence[str]]  # query id -> document ids, best first


def measured(
    judgments: Judgments, rankings: Rankings, names: Iterable[str] = NAMES
) -> dict[str, dict[str, float]]:
    """Each measure of each judged query; one without a ranking has 0, none is left out."""
    import ir_measures

    by_name = {name: ir_measures.parse_measure(name) for name in names}
    run = {
        query: {item: 1.0 / place for place, item in enumerate(ranking, start=1)}
        for query, ranking in rankings.items()
        if ranking
    }
    told = {str(measure): name for name, measure in by_name.items()}
    found = {query: dict.fromkeys(by_name, 0.0) for query in judgments}
    for metric in ir_measures.iter_calc(list(by_name.values()), judgments, run):
        found[metric.query_id][told[str(metric.measure)]] = float(metric.value)
    return found
