"""A follow-up after other questions, over the names of a few services."""

from __future__ import annotations

from ragbot.retrieval.followups import readings
from ragbot.retrieval.names import Names
from ragbot.types import Turn

NAMES = Names(
    name.strip()
    for name in """
    API Gateway, Bedrock, CloudHSM, CloudTrail, Config, DocumentDB, DynamoDB, EBS, ECS, EFS, EKS,
    EventBridge, Failover Routing, Fargate, KMS, Lambda, Neptune, Nova, Parameter Store, S3,
    Secrets Manager, Shield, Step Functions, WAF, Weighted Routing""".split(",")
)


def meant(question: str, *before: str | Turn) -> str:
    """The one reading of a question after others."""
    history = [turn if isinstance(turn, Turn) else Turn(turn, "") for turn in before]
    (only,) = readings(question, history, NAMES)
    return only
