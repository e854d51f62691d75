"""Amazon Bedrock through its Converse API and the real boto3 client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ragbot.chat_models import aws
from ragbot.errors import ModelUnavailableError
from ragbot.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

RETRIES = 3


def open_bedrock(model: str, settings: Settings) -> BaseChatModel:
    """A chat model for a model id, an inference profile or an ARN.

    The endpoint is boto3's own business: AWS_ENDPOINT_URL_BEDROCK_RUNTIME is respected.

    Raises:
        ModelUnavailableError: no region is set anywhere.
    """
    if aws.region() is None:
        # Left to the library, this becomes a validation error about credentials.
        raise ModelUnavailableError("no AWS region is set", mend="export AWS_REGION=us-east-1")
    from botocore.config import Config
    from langchain_aws import ChatBedrockConverse

    more: dict[str, Any] = {}
    if model.startswith("arn:"):
        more["provider"] = _provider_of(model)
    return ChatBedrockConverse(
        model=model,
        region_name=aws.region(),
        temperature=0,
        max_tokens=settings.max_tokens,
        # Ids that the library does not know would silently lose streaming.
        disable_streaming=False,
        config=Config(
            connect_timeout=5,
            read_timeout=settings.timeout,
            retries={"mode": "standard", "total_max_attempts": RETRIES},
        ),
        **more,
    )


def _provider_of(arn: str) -> str:
    """The provider's name in an ARN of a model or profile; amazon where it has none."""
    name = arn.rsplit("/", 1)[-1]
    parts = name.split(".")
    if parts[0] in ("us", "eu", "apac", "global", "us-gov") and len(parts) > 1:
        return parts[1]
    return parts[0] if len(parts) > 1 else "amazon"
