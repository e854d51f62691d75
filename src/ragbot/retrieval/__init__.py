"""Question -> evidence, or the finding that there is none.

query -> RetrievedPassage[] (fusion) -> Evidence[] -> enough? (answerability)
"""

from ragbot.retrieval.answerability import Finding, judge_evidence
from ragbot.retrieval.fusion import Retriever, flagged, worth_reading

__all__ = ["Finding", "Retriever", "flagged", "judge_evidence", "worth_reading"]
