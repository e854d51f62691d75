"""Multiple choice through a tool, on a loopback Bedrock: what is asked, and what is believed."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.bedrock_script import Reply, Request, fault, reply
from support.bedrock_server import BedrockServer, bedrock
from support.scored_product import ROTATION, SIZE, asking, bank_file, product

from eval.banks import LETTERS, Question, load_bank
from eval.chooser import Chooser
from eval.ledger import Ledger, MeteredChatModel
from eval.replies import CachedChatModel, ReplyCache
from eval.report import html_report, markdown_summary
from eval.runner import ask_all, begin, chosen_questions, new_manifest, tasks_of
from eval.runs import Asked, Record, RunFolder
from eval.summary import summarize
from ragbot.chat_models import Candidate, candidates
from ragbot.chat_models.bedrock_models import RECOMMENDED
from ragbot.settings import Settings

pytestmark = pytest.mark.integration
__all__ = ["bedrock"]  # the fixture

ONE = Question(id="q", question="Which?", options=("ab", "cd", "efg"), answer=(1,))
TWO = ONE.model_copy(update={"answer": (0, 2)})
ORDER = (2, 0, 1)  # A is efg, B is ab, C is cd


def model(name: str = "us.amazon.nova-lite-v1:0", ledger: Ledger | None = None) -> Candidate:
    first = candidates(Settings(model=f"bedrock:{name}"))[0]
    counted = MeteredChatModel(
        inner=first.open(), ledger=ledger or Ledger(), model_id=name, price=first.price, longest=600
    )
    return replace(first, open=lambda: counted)


def handed_in(
    *, stop: str = "tool_use", says: str = "", name: str = "answer", **given: Any
) -> Reply:
    pieces = [says] if says else []
    return reply(*pieces, stop=stop, tool=(name, json.dumps(given)))


def test_the_letter_is_handed_in_through_a_tool_of_the_shown_options(
    bedrock: BedrockServer,
) -> None:
    bedrock.script(handed_in(letter="C"))
    asked = Chooser(model()).choose(ONE, ORDER, ())
    assert (asked.read, asked.chosen, asked.right) == ("tool", [1], True)
    assert (asked.raw, asked.input_tokens, asked.output_tokens) == ('{"letter": "C"}', 11, 7)
    assert asked.cost is not None and asked.cost > 0
    (request,) = bedrock.requests
    config = request.body["toolConfig"]
    assert config["toolChoice"] == {"tool": {"name": "answer"}}
    schema = config["tools"][0]["toolSpec"]["inputSchema"]["json"]
    assert schema["properties"]["letter"]["enum"] == ["A", "B", "C"]
    assert schema["required"] == ["letter"]


def test_where_two_are_right_two_letters_are_wanted(bedrock: BedrockServer) -> None:
    bedrock.script(handed_in(letter_1="B", letter_2="A"))
    asked = Chooser(model()).choose(TWO, ORDER, ())
    assert (asked.chosen, asked.right) == ([0, 2], True)


@pytest.mark.parametrize(
    ("question", "broken"),
    [
        (ONE, handed_in(letter="D")),  # not among the options that are shown
        (ONE, handed_in(letter="c")),
        (ONE, handed_in(letter="C. cd")),
        (ONE, handed_in(letter=["C"])),
        (ONE, handed_in(letter="")),
        (ONE, handed_in(letter="AB")),
        (ONE, handed_in(letter="C", why="it is")),
        (ONE, handed_in(answer="C")),
        (ONE, handed_in()),
        (ONE, handed_in(letter="C", name="other")),
        (ONE, handed_in(letter="C", stop="max_tokens")),
        (ONE, handed_in(letter="C", stop="guardrail_intervened")),
        (ONE, reply(tool=("answer", "no JSON"), stop="tool_use")),
        (ONE, handed_in(letter="D", says="The answer is C.")),
        (ONE, reply(stop="malformed_tool_use")),
        (TWO, handed_in(letter_1="A")),
        (TWO, handed_in(letter_1="A", letter_2="A")),
    ],
)
def test_what_breaks_the_schema_is_not_guessed(
    bedrock: BedrockServer, question: Question, broken: Reply
) -> None:
    bedrock.script(broken, handed_in(letter="A"))
    chooser = Chooser(model())
    asked = chooser.choose(question, ORDER, ())
    assert (asked.read, asked.chosen, asked.right) == ("tool", None, False)
    # It says nothing about what the model can do: the next one is asked the same way.
    assert chooser.choose(ONE, ORDER, ()).read == "tool"


def test_a_model_that_refuses_tools_is_asked_in_words_from_then_on(bedrock: BedrockServer) -> None:
    refusal = fault("ValidationException", message="This model doesn't support tool use.")
    bedrock.script(refusal, reply("C"), reply("C"))
    chooser = Chooser(model())
    both = [chooser.choose(ONE, ORDER, ()) for _ in range(2)]
    assert [(each.read, each.right) for each in both] == [("parser", True)] * 2
    assert ["toolConfig" in request.body for request in bedrock.requests] == [True, False, False]


def test_what_is_refused_without_a_tool_as_well_is_not_the_tools_fault(
    bedrock: BedrockServer,
) -> None:
    too_long = fault("ValidationException", message="Input is too long for requested model.")
    bedrock.script(too_long, too_long, handed_in(letter="C"))
    chooser = Chooser(model())
    with pytest.raises(Exception, match="too long"):
        chooser.choose(ONE, ORDER, ())
    assert chooser.choose(ONE, ORDER, ()).read == "tool"


def test_a_model_that_answers_in_words_all_the_same_is_read_by_the_parser(
    bedrock: BedrockServer,
) -> None:
    bedrock.script(reply("The answer is C."), reply("C"))
    chooser = Chooser(model("us.meta.llama3-3-70b-instruct-v1:0"))
    both = [chooser.choose(ONE, ORDER, ()) for _ in range(2)]
    assert [(each.read, each.right) for each in both] == [("parser", True)] * 2
    assert bedrock.requests[0].body["toolConfig"]["toolChoice"] == {"auto": {}}
    assert "toolConfig" not in bedrock.requests[1].body


def test_a_guardrails_words_are_no_sign_that_a_model_takes_no_tool(bedrock: BedrockServer) -> None:
    bedrock.script(reply("No.", stop="guardrail_intervened"), handed_in(letter="C"))
    chooser = Chooser(model())
    assert chooser.choose(ONE, ORDER, ()).chosen is None
    assert chooser.choose(ONE, ORDER, ()).read == "tool"


def test_a_tool_that_cannot_be_streamed_comes_in_one_piece(bedrock: BedrockServer) -> None:
    refusal = fault(
        "ValidationException", message="This model doesn't support tool use in streaming mode."
    )
    bedrock.script(refusal, handed_in(letter="C"))
    assert Chooser(model()).choose(ONE, ORDER, ()).right
    assert [each.operation for each in bedrock.requests] == ["converse-stream", "converse"]
    assert "toolConfig" in bedrock.requests[1].body


WAYS = {
    "Amazon Nova": {"tool": {"name": "answer"}},
    "Anthropic Claude": {"tool": {"name": "answer"}},
    "Meta Llama": {"auto": {}},
    "Mistral": {"any": {}},
    "DeepSeek": {"any": {}},
    "OpenAI gpt-oss": None,  # nothing is known of how they take a tool: they are asked in words
    "Qwen": None,
}


@pytest.mark.parametrize("named", RECOMMENDED, ids=lambda each: each.model)
def test_each_family_is_asked_as_it_takes_it(bedrock: BedrockServer, named: Any) -> None:
    """The real client validates the request by Bedrock's own model of it before it is sent."""
    way = WAYS[named.family]
    bedrock.script(handed_in(letter="C") if way else reply("C"))
    profile = f"{named.profiles[0]}." if named.profiles else ""
    asked = Chooser(model(profile + named.model)).choose(ONE, ORDER, ())
    assert (asked.read, asked.right) == ("tool" if way else "parser", True)
    assert bedrock.requests[0].body.get("toolConfig", {}).get("toolChoice") == way


# A whole run.


def best_by_tool(request: Request) -> Reply:
    """Hands in the letter of 400 KB or of Boxes, whichever is shown."""
    told = str(request.body["messages"][-1]["content"][0]["text"]).split("Question:")[1]
    found = re.search(r"^([A-Z])\. (?:400 KB|Boxes)$", told, re.MULTILINE)
    assert found is not None and "toolConfig" in request.body
    return handed_in(letter=found[1], says="I think so.")


def run(folder: Path, ledger: Ledger, cache: ReplyCache) -> tuple[RunFolder, list[Record]]:
    first = model(ledger=ledger)
    kept = CachedChatModel(inner=first.open(), replies=cache, identity="m")
    own = product(folder, replace(first, open=lambda: kept))
    bank = load_bank(bank_file(folder, [SIZE, ROTATION]))
    chosen = [(bank, chosen_questions(bank, None, None, 0))]
    name = f"run-{len(list(folder.glob('run-*')))}"
    held = begin(folder / name, new_manifest(own, chosen, {"model": own.model_id, "seed": 0}))
    work = asking(own)
    return held, ask_all(held, tasks_of(chosen, work, ["oracle"]), work, ledger=ledger)


def test_a_run_through_tools_is_counted_kept_and_reported(
    bedrock: BedrockServer, tmp_path: Path
) -> None:
    bedrock.policy = best_by_tool
    cache = ReplyCache(tmp_path / "replies.db")
    held, records = run(tmp_path, Ledger(), cache)
    calls: Sequence[Asked] = [each for record in records for each in record.asked]
    assert [record.score for record in records] == [1, 1] and len(calls) == 5
    assert {each.read for each in calls} == {"tool"}
    assert all(
        LETTERS[each.order.index(each.chosen[0])] in each.raw for each in calls if each.chosen
    )
    spent = held.manifest().spent
    assert spent is not None and (spent.input_tokens, spent.output_tokens) == (55, 35)
    assert spent.usd == pytest.approx(sum(each.cost or 0.0 for each in calls)) and spent.usd > 0
    summary = summarize(held.manifest(), records)
    assert summary["choices"]["oracle"]["all"]["read"] == {"tool": 5}
    assert "(5 by tool)" in markdown_summary(held.manifest(), summary)
    assert "read by tool as" in html_report(held.manifest(), summary, records)
    # Kept with its tool input: asked again, nothing goes out.
    again, repeated = run(tmp_path, Ledger(), cache)
    assert len(bedrock.requests) == 5 and again.manifest().spent.usd == 0  # type: ignore[union-attr]
    assert [[each.chosen for each in r.asked] for r in repeated] == [
        [each.chosen for each in r.asked] for r in records
    ]
