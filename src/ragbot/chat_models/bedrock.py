"""Amazon Bedrock through its Converse API and the real boto3 client."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ragbot.chat_models import aws
from ragbot.errors import ModelUnavailableError
from ragbot.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

ATTEMPTS = 3
CONNECT_SECONDS = 5

# us.anthropic.claude-..., anthropic.claude-...: at the end of an ARN or on its own.
_PROVIDER = re.compile(r"(?:[/]|^)(?:(?:us|us-gov|eu|apac|ca|jp|au|global)\.)?([a-z0-9]+)\.[^/]+$")


def open_bedrock(model: str, settings: Settings) -> BaseChatModel:
    """A chat model for a model id, an inference profile or an ARN.

    The endpoint is boto3's own business: AWS_ENDPOINT_URL_BEDROCK_RUNTIME is respected.

    Raises:
        ModelUnavailableError: no region is set anywhere.
    """
    region = aws.region()
    if region is None:
        raise ModelUnavailableError(
            "no AWS region is set: export AWS_REGION", mend="export AWS_REGION=us-east-1"
        )
    import boto3
    from botocore.config import Config
    from langchain_aws import ChatBedrockConverse

    session = boto3.Session(region_name=region)
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=settings.timeout,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )
    more: dict[str, Any] = {}
    if model.startswith("arn:"):
        more["provider"] = provider_of(model)
    chat_model = ChatBedrockConverse(
        model=model,
        # Our own clients: the library wraps what goes wrong in making them in a validation
        # error about credentials, whatever it was.
        client=session.client("bedrock-runtime", config=config),
        bedrock_client=session.client("bedrock", config=config),
        region_name=region,
        temperature=0,
        max_tokens=settings.max_tokens,
        **more,
    )
    # The library turns streaming off for every id that it does not know.
    chat_model.disable_streaming = False
    return chat_model


def provider_of(model: str) -> str:
    """The provider named in a model id or ARN; amazon where it names none."""
    found = _PROVIDER.search(model)
    return found.group(1) if found else "amazon"
