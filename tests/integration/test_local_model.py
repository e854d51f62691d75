"""llama.cpp in this process, with a model so small that its words do not matter."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from support.streams import streamed_one_by_one, told_as_cut

from ragbot import weights
from ragbot.chat_models import candidates, explain_failure
from ragbot.chat_models.local import LocalChatModel, loaded, open_local
from ragbot.errors import ModelUnavailableError
from ragbot.settings import Settings

pytestmark = pytest.mark.integration

MESSAGES: list[BaseMessage] = [SystemMessage("Be brief."), HumanMessage("Name three colours.")]
LONG = "Write a very long story about a fox and a river, with many chapters."


@pytest.fixture(scope="module")
def tiny() -> Path:
    folder = weights.find("chat-tiny", Settings().models_dir)
    if folder is None:
        pytest.skip("the tiny model is not here: ragbot models pull chat-tiny")
    return folder / next(iter(weights.CATALOGUE["chat-tiny"].files))


@pytest.fixture
def model(tiny: Path) -> LocalChatModel:
    return open_local(tiny, Settings(max_tokens=24))


def test_tokens_come_one_by_one_and_the_usage_last(model: LocalChatModel) -> None:
    whole = model.invoke(MESSAGES)
    assert whole.text == streamed_one_by_one(model, MESSAGES, 24)
    assert whole.usage_metadata is not None
    assert whole.usage_metadata["total_tokens"] > 0


def test_the_same_file_is_loaded_once(tiny: Path, tmp_path: Path) -> None:
    link = tmp_path / "another-name.gguf"
    link.symlink_to(tiny)
    with ThreadPoolExecutor(4) as pool:
        servers = list(pool.map(loaded, [tiny, link, tiny, link]))
    assert all(server is servers[0] for server in servers)


def test_a_reply_that_was_cut_says_so(model: LocalChatModel) -> None:
    told_as_cut(model, MESSAGES, 4)


def test_two_readers_at_once_both_get_their_answer(model: LocalChatModel) -> None:
    alone = model.invoke(MESSAGES).text
    with ThreadPoolExecutor(2) as pool:
        assert [m.text for m in pool.map(model.invoke, [MESSAGES, MESSAGES])] == [alone, alone]


def test_closing_the_stream_stops_the_model(tiny: Path) -> None:
    model = LocalChatModel(file=tiny, max_tokens=6000)
    stream = model.stream([HumanMessage(LONG)], ignore_eos=True)
    next(stream)
    started = time.monotonic()
    stream.close()  # type: ignore[attr-defined]
    LocalChatModel(file=tiny, max_tokens=1).invoke(MESSAGES)
    # Left alone it would write for a minute, and the next reader would wait for it.
    assert time.monotonic() - started < 15


def test_a_process_that_ends_in_the_middle_of_a_reply_ends_well(tiny: Path) -> None:
    script = f"""
from pathlib import Path
from langchain_core.messages import HumanMessage
from ragbot.chat_models.local import open_local
from ragbot.settings import Settings
stream = open_local(Path({str(tiny)!r}), Settings()).stream([HumanMessage({LONG!r})])
next(stream)
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


@pytest.mark.skipif(sys.platform == "win32", reason="no Unix sockets there")
def test_nobody_else_can_reach_the_model(tiny: Path) -> None:
    server = loaded(tiny)
    assert server.llama.listening_address == f"unix://{server.folder.name}/llama.sock"
    assert Path(server.folder.name).stat().st_mode & 0o077 == 0
    stranger = server.client.post("/v1/completions", json={}, headers={"Authorization": ""})
    assert stranger.status_code == 401


def test_a_prompt_that_is_too_long_is_told_in_tokens(model: LocalChatModel) -> None:
    with pytest.raises(ModelUnavailableError, match=r"9,\d\d\d tokens .* RAGBOT_K"):
        model.invoke([HumanMessage("word " * 9000)])


@pytest.mark.parametrize("damage", ["missing", "folder", "empty", "not a model", "cut short"])
def test_a_file_that_is_no_model_is_told_so(tiny: Path, tmp_path: Path, damage: str) -> None:
    file = tmp_path / "bad.gguf"
    if damage == "folder":
        file.mkdir()
    elif damage != "missing":
        start = {"empty": b"", "not a model": b"<html>", "cut short": b"GGUF\x03\x00\x00\x00\x10"}
        file.write_bytes(start[damage])
    with pytest.raises(ModelUnavailableError) as caught:
        open_local(file, Settings())
    told = explain_failure(caught.value) or ""
    assert str(file) in told
    assert "RAGBOT_MODEL=local" in told or "ragbot models pull" in told


def test_a_named_file_is_the_first_candidate_and_answers(tiny: Path) -> None:
    first, last = candidates(Settings(model=f"local:{tiny}", max_tokens=16))
    assert first.model_id == f"local:{tiny.stem}"
    assert first.withhold_unsupported
    assert first.open() is first.open()
    assert first.open().invoke(MESSAGES).text
    assert last.model_id == "quotes"
