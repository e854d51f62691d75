"""What a guardrail of the AWS account did, read from the trace that comes with a reply.

The trace repeats what was matched, which may be the very secret that must not be shown. Only what
the account's owner wrote (the name of a topic or of a pattern) and the service's own kinds are
read here, and the figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ragbot.screening import without_hidden
from ragbot.types import Blocked

_LONGEST_NAME = 80  # characters
_SILENT = "it did not tell what it met"


def intervention(trace: Mapping[str, Any], *, answered: bool) -> Blocked | None:
    """What was blocked; None where text was only masked, so that the reply goes on as usual.

    Args:
        trace: botocore's GuardrailTraceAssessment; empty where none came.
        answered: whether the model wrote anything, which tells the side where the trace doesn't.
    """
    asked = list(trace.get("inputAssessment", {}).values())
    told = [each for listed in trace.get("outputAssessments", {}).values() for each in listed]
    if met := _met(asked):
        return Blocked("input", "bedrock", f"the question, with what goes with it, met {met}")
    if met := _met(told):
        return Blocked("output", "bedrock", f"the answer met {met}")
    if any(_masks(each) for each in (*asked, *told)) and not _says_blocked(trace):
        return None
    return Blocked("output" if answered else "input", "bedrock", _SILENT)


def _met(assessments: list[Mapping[str, Any]]) -> str:
    return ", ".join(dict.fromkeys(name for each in assessments for name in _blocking(each)))


def _blocking(assessment: Mapping[str, Any]) -> Iterator[str]:
    """The policies that blocked, as a person knows them from the console."""
    for topic in _acted(assessment, "topicPolicy", "topics"):
        yield f"the denied topic {_plain(topic['name'])}"
    for kind in _acted(assessment, "contentPolicy", "filters"):
        yield f"the content filter ({_words(kind['type'])})"
    for _ in _acted(assessment, "wordPolicy", "customWords"):
        yield "the word filter"
    for listed in _acted(assessment, "wordPolicy", "managedWordLists"):
        yield f"the word list ({_words(listed['type'])})"
    for found in _acted(assessment, "sensitiveInformationPolicy", "piiEntities"):
        yield f"the filter of personal data ({_words(found['type'])})"
    for pattern in _acted(assessment, "sensitiveInformationPolicy", "regexes"):
        yield f"the pattern {_plain(pattern.get('name', '')) or 'without a name'}"
    for check in _acted(assessment, "contextualGroundingPolicy", "filters"):
        score, least = check["score"], check["threshold"]
        yield f"the {_words(check['type'])} check ({score:.2f}, where {least:.2f} is the least)"


def _acted(
    assessment: Mapping[str, Any], policy: str, members: str, action: str = "BLOCKED"
) -> Iterator[Mapping[str, Any]]:
    for each in assessment.get(policy, {}).get(members, ()):
        if each.get("action") == action:
            yield each


def _masks(assessment: Mapping[str, Any]) -> bool:
    policy = "sensitiveInformationPolicy"
    return any(
        True
        for members in ("piiEntities", "regexes")
        for _ in _acted(assessment, policy, members, "ANONYMIZED")
    )


def _says_blocked(trace: Mapping[str, Any]) -> bool:
    """A policy that is not known here has no entry above, but the reason is told in words."""
    return "block" in str(trace.get("actionReason", "")).lower()


def _words(kind: str) -> str:
    return kind.lower().replace("_", " ")


def _plain(name: str) -> str:
    return " ".join(without_hidden(name).split())[:_LONGEST_NAME]
