"""Amazon Bedrock through its Converse API and the real boto3 client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ragbot.aws.clients import client, home_region
from ragbot.aws.lines import line_to
from ragbot.chat_models.bedrock_models import Target, provider_of
from ragbot.chat_models.caching import cached_from
from ragbot.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


def open_bedrock(target: Target, settings: Settings) -> BaseChatModel:
    """A chat model for a model id, an inference profile or an ARN.

    Raises:
        ModelUnavailableError: no region is set anywhere.
        SettingsError: RAGBOT_BEDROCK_ENDPOINTS cannot be read.
    """
    from ragbot.chat_models.blocks import Wanted
    from ragbot.chat_models.converse import PatientConverse

    region = target.region or home_region()

    def open_runtime() -> Any:
        return client("bedrock-runtime", settings, region, read_seconds=settings.timeout)

    runtime = open_runtime()
    more: dict[str, Any] = {}
    if target.model.startswith("arn:"):
        more["provider"] = provider_of(target.model)
    named = settings.guardrails.bedrock
    if named is not None:
        more["guardrail_config"] = {
            "guardrailIdentifier": named.id,
            "guardrailVersion": named.version,
            "trace": "enabled",
        }
    chat_model = PatientConverse(
        model=target.model,
        # Our own clients: the library wraps what goes wrong in making them in a validation
        # error about credentials, whatever it was.
        client=runtime,
        bedrock_client=client("bedrock", settings, region, read_seconds=settings.timeout),
        region_name=region,
        temperature=0,
        max_tokens=settings.max_tokens,
        **more,
    )
    # The library turns streaming off for every id that it does not know.
    chat_model.disable_streaming = False
    line = line_to(f"bedrock:{target}", runtime.meta.endpoint_url, settings.bedrock_concurrency)
    wanted = Wanted(
        guarded=named is not None,
        # A guardrail does not read documents, so that passages would go past it.
        cited=settings.bedrock_citations == "native" and named is None,
        cached_from=cached_from(target.model),
    )
    chat_model.ask_over(line, settings.bedrock_patience, wanted, open_runtime)
    return chat_model
