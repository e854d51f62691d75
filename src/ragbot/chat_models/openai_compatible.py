"""Any server that speaks OpenAI's chat API: vLLM, Ollama, llama-server, OpenAI itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from ragbot.errors import ModelUnavailableError
from ragbot.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


def missing(settings: Settings) -> str | None:
    """What is missing before a server can be asked; None where nothing is."""
    if settings.openai_base_url or settings.openai_api_key:
        return None
    if os.environ.get("OPENAI_BASE_URL") or os.environ.get("OPENAI_API_KEY"):
        return None
    return "no model server is set: set RAGBOT_OPENAI_BASE_URL, or RAGBOT_OPENAI_API_KEY for OpenAI"


def open_openai(model: str, settings: Settings) -> BaseChatModel:
    """A chat model of that server; a server of one's own needs no key.

    Raises:
        ModelUnavailableError: neither a server nor a key is set.
    """
    if (reason := missing(settings)) is not None:
        raise ModelUnavailableError(reason, mend="set RAGBOT_OPENAI_BASE_URL")
    from ragbot.chat_models.completions import CompatibleOpenAI

    more: dict[str, Any] = {}
    if settings.openai_base_url or os.environ.get("OPENAI_BASE_URL"):
        # The older name is the one that all servers other than OpenAI's know.
        more["extra_body"] = {"max_tokens": settings.max_tokens}
    else:
        more["max_completion_tokens"] = settings.max_tokens
    return CompatibleOpenAI(
        model=model,
        base_url=settings.openai_base_url,
        api_key=_key(settings),
        temperature=0,
        timeout=settings.timeout,
        max_retries=0,  # the class has its own
        stream_usage=True,
        **more,
    )


def _key(settings: Settings) -> SecretStr:
    if settings.openai_api_key is not None:
        return settings.openai_api_key
    if settings.openai_base_url:
        # OPENAI_API_KEY was given for another server than the one named here.
        return SecretStr("none")
    return SecretStr(os.environ.get("OPENAI_API_KEY") or "none")
