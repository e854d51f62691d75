"""Question -> evidence, or the finding that there is none.

query -> RetrievedPassage[] (fusion) -> Evidence[] -> enough? (answerability)
"""

from ragbot.retrieval.answerability import Finding, judge_evidence
from ragbot.retrieval.fusion import Retriever, worth_reading
from ragbot.retrieval.queries import standalone_query

__all__ = ["Finding", "Retriever", "judge_evidence", "standalone_query", "worth_reading"]
