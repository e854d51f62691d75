"""Multiple choice through a tool: the reply is tool input of a schema, and nothing is parsed.

The schema names the letters that are really shown, one field for each letter that is wanted: the
flattest form, because families differ in what else of JSON Schema they keep to. What breaks it
is unreadable, never guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from eval.banks import LETTERS, Question
from eval.choices import Choice, Order
from eval.wrapping import innermost

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import ToolCall

TOOL = "answer"
TOKENS = 256  # of the reply: families wrap tool input in some dozens of tokens of their own


def forced_choice(model: BaseChatModel) -> str | None:
    """The strongest `tool_choice` that the model's family takes; None where it takes no tool.

    Families differ: Nova and Claude can be held to this tool, Mistral and DeepSeek to any tool,
    Llama may still answer in words.
    """
    known: Sequence[str] = getattr(innermost(model), "supports_tool_choice_values", None) or ()
    strongest = next((way for way in ("tool", "any", "auto") if way in known), None)
    return TOOL if strongest == "tool" else strongest


def answer_tool(question: Question, order: Order) -> dict[str, Any]:
    """The tool as Converse takes it."""
    letters = list(LETTERS[: len(order)])
    fields = _fields(question)
    each = {
        "type": "string",
        "enum": letters,
        "description": "The letter of a right option.",
    }
    schema = {"type": "object", "properties": dict.fromkeys(fields, each), "required": fields}
    return {
        "toolSpec": {
            "name": TOOL,
            "description": "Hands in the answer to the multiple-choice question.",
            "inputSchema": {"json": schema},
        }
    }


def read_tool(calls: Sequence[ToolCall], question: Question, order: Order) -> Choice:
    """What was handed in; unreadable where it is not exactly what the schema asks for."""
    if len(calls) != 1 or calls[0]["name"] != TOOL:
        return Choice(None)
    given, fields = calls[0]["args"], _fields(question)
    shown = LETTERS[: len(order)]
    if set(given) != set(fields) or not all(_is_letter(given[name], shown) for name in fields):
        return Choice(None)
    options = {order[LETTERS.index(given[name])] for name in fields}
    return Choice(tuple(sorted(options)) if len(options) == len(fields) else None)


def _fields(question: Question) -> list[str]:
    wanted = len(question.answer)
    return ["letter"] if wanted == 1 else [f"letter_{n}" for n in range(1, wanted + 1)]


def _is_letter(value: object, shown: str) -> bool:
    return isinstance(value, str) and len(value) == 1 and value in shown
