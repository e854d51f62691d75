"""The chat model in 8 bits, made of a model so small that its words do not matter, and beside
llama.cpp with the same file."""

from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from support.streams import streamed_one_by_one, told_as_cut

from ragbot import weights
from ragbot.chat_models.decoded import DecodedChatModel, loaded, open_decoded
from ragbot.chat_models.local import LocalChatModel, open_local
from ragbot.decoding import build
from ragbot.errors import ModelUnavailableError
from ragbot.onnx_session import adds_in_32_bits
from ragbot.settings import Settings

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not adds_in_32_bits(), reason="this processor has no VNNI"),
]

MESSAGES: list[BaseMessage] = [SystemMessage("Be brief."), HumanMessage("Name three colours.")]
TALK: list[BaseMessage] = [
    SystemMessage("You answer from notes."),
    HumanMessage("How long does SQS keep a message?\n\n- up to 14 days, «naïve» 漢字 256 KB"),
    AIMessage("Up to 14 days [1]."),
    HumanMessage("And how large may one be? It's 2026's limit;  two  spaces\n\n\ttab 12345.67"),
]
LONG = "Write a very long story about a fox and a river, with many chapters."


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = weights.find("chat-tiny", Settings().models_dir)
    if folder is None:
        pytest.skip("the tiny model is not here: ragbot models pull chat-tiny")
    link = tmp_path_factory.mktemp("decoded") / "tiny.gguf"
    link.symlink_to(folder / next(iter(weights.CATALOGUE["chat-tiny"].files)))
    return link


@pytest.fixture(scope="module")
def folder(file: Path) -> Path:
    return build(file)


@pytest.fixture
def model(folder: Path) -> DecodedChatModel:
    return open_decoded(folder, Settings(max_tokens=24))


@pytest.fixture
def beside(file: Path) -> LocalChatModel:
    return open_local(file, Settings(max_tokens=24))


def test_a_prompt_is_the_tokens_that_llama_cpp_makes_of_it(
    model: DecodedChatModel, beside: LocalChatModel
) -> None:
    for messages in (MESSAGES, TALK):
        ours, theirs = (each.invoke(messages).usage_metadata for each in (model, beside))
        assert ours is not None and theirs is not None
        assert ours["input_tokens"] == theirs["input_tokens"]


def test_it_expects_what_llama_cpp_expects(model: DecodedChatModel, beside: LocalChatModel) -> None:
    asked = {"logprobs": True, "top_logprobs": 20, "max_tokens": 1}
    for messages in (MESSAGES, TALK):
        ours, theirs = (
            each.invoke(messages, **asked).response_metadata["logprobs"]["content"][0]
            for each in (model, beside)
        )
        assert ours["token"] == theirs["token"]
        likely = {each["token"]: each["logprob"] for each in ours["top_logprobs"]}
        apart = [abs(likely[e["token"]] - e["logprob"]) for e in theirs["top_logprobs"][:5]]
        assert sum(apart) / 5 < 0.8  # both round, each in its own way
        assert 0.5 < sum(map(math.exp, likely.values())) <= 1 + 1e-6
        assert ours["logprob"] == ours["top_logprobs"][0]["logprob"]


def test_tokens_come_one_by_one_and_the_usage_last(model: DecodedChatModel) -> None:
    assert model.invoke(MESSAGES).text == streamed_one_by_one(model, MESSAGES, 24)


def test_it_writes_no_more_than_it_may_and_stops_where_it_shall(model: DecodedChatModel) -> None:
    text = model.invoke(MESSAGES).text
    assert text.startswith(model.invoke(MESSAGES, max_tokens=4).text)
    at = text.rindex(" ", 0, len(text) // 2)
    stop = text[at + 1 : at + 9]
    assert model.invoke(MESSAGES, stop=[stop, "never said"]).text == text[: text.index(stop)]
    assert model.invoke(MESSAGES, stop=["never said"]).text == text


def test_a_reply_that_was_cut_says_so(model: DecodedChatModel) -> None:
    told_as_cut(model, MESSAGES, 4)


def test_two_readers_at_once_both_get_their_answer(model: DecodedChatModel) -> None:
    alone = [model.invoke(each).text for each in (MESSAGES, TALK)]
    with ThreadPoolExecutor(2) as pool:
        assert [m.text for m in pool.map(model.invoke, [MESSAGES, TALK])] == alone


def test_a_reply_that_nobody_reads_on_holds_up_no_other(folder: Path) -> None:
    left = DecodedChatModel(folder=folder, max_tokens=6000).stream([HumanMessage(LONG)])
    next(left)
    started = time.monotonic()
    DecodedChatModel(folder=folder, max_tokens=1).invoke(MESSAGES)
    assert time.monotonic() - started < 15


def test_the_same_folder_is_loaded_once(folder: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(loaded, [folder] * 4))
    assert all(each is found[0] for each in found)


def test_a_prompt_that_is_too_long_is_told_in_tokens(model: DecodedChatModel) -> None:
    with pytest.raises(ModelUnavailableError, match=r"9,\d\d\d tokens .* RAGBOT_K"):
        model.invoke([HumanMessage("word " * 9000)])


def test_a_damaged_folder_names_itself_and_the_mending(folder: Path, tmp_path: Path) -> None:
    for each in folder.iterdir():
        (tmp_path / each.name).write_bytes(each.read_bytes()[:1000])
    with pytest.raises(ModelUnavailableError, match="cannot be loaded") as caught:
        open_decoded(tmp_path, Settings())
    assert str(tmp_path) in caught.value.message
    assert caught.value.mend == "ragbot models pull"
