"""Any server that speaks OpenAI's chat API: vLLM, Ollama, llama-server, OpenAI itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pydantic import SecretStr

from ragbot.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


def open_openai(model: str, settings: Settings) -> BaseChatModel:
    """A chat model of that server; a local server wants no key, so none is asked for."""
    from langchain_openai import ChatOpenAI

    key = settings.openai_api_key or SecretStr(os.environ.get("OPENAI_API_KEY") or "none")
    return ChatOpenAI(
        model=model,
        base_url=settings.openai_base_url,
        api_key=key,
        temperature=0,
        max_completion_tokens=settings.max_tokens,
        timeout=settings.timeout,
        max_retries=2,
        stream_usage=True,
    )
