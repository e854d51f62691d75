"""Question -> evidence, or the finding that there is none.

A `Searcher` does it: a `Retriever` over our own index, or a `KnowledgeBase` of Bedrock.

query -> RetrievedPassage[] (fusion) -> Evidence[] -> enough? (answerability)
"""

from ragbot.retrieval.answerability import Finding, judge_evidence
from ragbot.retrieval.comparisons import asked_of_each, compared_in, told_apart
from ragbot.retrieval.fusion import Retriever, flagged, worth_reading
from ragbot.retrieval.knowledge_base import KnowledgeBase, base_of
from ragbot.retrieval.readers import Readers, open_readers, unweighed
from ragbot.retrieval.searcher import Searcher

__all__ = [
    "Finding",
    "KnowledgeBase",
    "Readers",
    "Retriever",
    "Searcher",
    "asked_of_each",
    "base_of",
    "compared_in",
    "flagged",
    "judge_evidence",
    "open_readers",
    "told_apart",
    "unweighed",
    "worth_reading",
]
