"""A bot as LangChain parts, for those who live there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import ConfigDict

from ragbot.types import NO_FILTERS, Answer, Filters

if TYPE_CHECKING:
    from ragbot.assembly import Ragbot


class PassageRetriever(BaseRetriever):
    """Retrieves passages of the bot's index as LangChain documents."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    bot: Any
    k: int | None = None
    filters: Filters = NO_FILTERS

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        found = []
        for item in self.bot.search(query, self.k, self.filters):
            metadata = item.to_json()
            text = str(metadata.pop("text"))
            found.append(Document(text, id=item.passage.passage_id, metadata=metadata))
        return found


def retriever_of(bot: Ragbot, k: int | None, filters: Filters) -> BaseRetriever:
    return PassageRetriever(bot=bot, k=k, filters=filters)


def runnable_of(bot: Ragbot) -> Runnable[Any, Answer]:
    def answer(asked: str | Mapping[str, Any]) -> Answer:
        if isinstance(asked, str):
            return bot.ask(asked)
        return bot.ask(asked["question"], tuple(asked.get("history", ())))

    return RunnableLambda(answer, name="ragbot")
