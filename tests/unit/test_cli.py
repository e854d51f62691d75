"""The `ragbot` command: what goes to which stream, exit codes, and hostile notes."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from support.boxes_and_crates import QUESTION, boxes_and_crates, ingested_meanwhile
from support.boxes_and_crates import bot as bot_over
from support.command import command
from support.talkative_bot import NOTE, RED, TalkativeBot

import ragbot
from ragbot.cli import main, terminal
from ragbot.cli.ask import answer_aloud
from ragbot.errors import ModelUnavailableError, QuestionError
from ragbot.guardrails import Guardrails
from ragbot.policies import PiiPolicy, Policies
from ragbot.types import NO_FILTERS, Answer, Blocked, Sentence

HEAVY = "chromadb torch sentence_transformers boto3 langchain_core streamlit xllamacpp numpy"


@pytest.fixture
def bot(monkeypatch: pytest.MonkeyPatch) -> TalkativeBot:
    opened = TalkativeBot()
    monkeypatch.setattr(ragbot, "open", lambda **_: opened)
    return opened


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


@pytest.mark.parametrize("near", [True, False])
def test_that_the_notes_do_not_answer_is_said_once(
    bot: TalkativeBot,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    near: bool,
) -> None:
    *_, answer = bot.stream("")
    assert isinstance(answer, Answer)
    denial = Sentence("The notes do not mention it.", (), "supported")
    lead = Sentence("What comes nearest:", (), "supported", prefix="\n\n")
    line = Sentence("A box holds 400 KB.", (1,), "supported", prefix="\n")
    told = (denial, lead, line) if near else (denial,)
    citations = answer.citations if near else ()
    topics = (("Boxes vs Crates", "Crates"),)
    denied = replace(
        answer, abstained=True, sentences=told, citations=citations, nearest_topics=topics
    )
    monkeypatch.setattr(bot, "stream", lambda *_, **__: iter((*told, denied)))
    assert main(["ask", "What does a box weigh?"]) == 0
    out, _ = capsys.readouterr()
    assert out.count("The notes do not mention it.") == 1
    assert out.count("The notes don't answer this.") == (0 if near else 1)
    assert ("What comes nearest:\nA box holds 400 KB. [1]" in out) == near
    assert "The nearest topics they hold: Crates." in out


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import contextlib, sys\n"
        "from ragbot.cli import main\n"
        "with contextlib.suppress(SystemExit): main(['--help'])\n"
        f"assert not set({HEAVY!r}.split()) & set(sys.modules), sorted(sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert shown.returncode == 0, shown.stderr
    assert all(name in shown.stdout for name in ("ask", "chat", "search", "doctor", "models"))


def test_the_answer_is_on_stdout_and_what_is_said_about_it_on_stderr(
    bot: TalkativeBot, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "How much does a box hold?"]) == 0
    out, err = capsys.readouterr()
    answer, sources = out.split("\n\n")
    assert answer == "A box holds 400 KB\N{REPLACEMENT CHARACTER}[31m. [1] It is blue." + (
        " (not supported by the notes)"
    )
    assert sources.splitlines()[:2] == ["[1] Boxes vs Crates > Boxes", "    boxes.md:1"]
    assert "“A box holds 400 KB" in sources
    assert "bedrock did not answer: no credentials" in err
    assert "answered by talkative in 1.3 s, 10 + 5 tokens" in err
    assert "withheld: 'It weighs 7 kg.' (a number)" in err
    assert "7 kg" not in out


@pytest.mark.parametrize("doc_id", ["boxes", "crates"])
def test_an_ingest_meanwhile_does_not_change_what_is_quoted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], doc_id: str
) -> None:
    settings = boxes_and_crates(tmp_path)
    asked = bot_over(settings, ingested_meanwhile(settings, doc_id))
    answer_aloud(asked, QUESTION, (), NO_FILTERS)
    assert asked.document(doc_id).text.startswith("- Lids")
    assert "“A Boxes item can be at most 400 KB.”" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["ask", "q"], ["search", "q"], ["ask", "q", "--json"]])
def test_no_escape_sequence_reaches_the_terminal(
    bot: TalkativeBot, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    assert "\x1b" not in out + err
    assert "[31m" in out


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("bell\x07 and \x9b31m", "bell\N{REPLACEMENT CHARACTER} and \N{REPLACEMENT CHARACTER}31m"),
        ("abc\u202ecba\ufeff", "abccba"),
        ("one\u2028two", "one two"),
        ("400\N{NO-BREAK SPACE}KB\t\U0001f469\u200d\U0001f4bb\n日本語",) * 2,
    ],
)
def test_only_what_steers_a_terminal_is_taken_out(text: str, shown: str) -> None:
    assert terminal.inert(text) == shown


def test_json_holds_the_whole_answer_to_the_character(
    bot: TalkativeBot, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "q", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["passages"][0]["text"] == NOTE
    assert RED in NOTE
    assert answer["passages"][0]["locator"] == {"lines": [1, 1]}
    assert answer["citations"][0]["marker"] == 1
    assert [sentence["withheld"] for sentence in answer["sentences"]] == [False, False, True]
    fell = {"model_id": "bedrock", "reason": "no credentials", "sentences": 0}
    assert answer["fell_back_from"] == [fell]
    assert answer["timings"]["total"] == 1.26


def test_json_is_json_where_the_terminal_knows_no_unicode(
    bot: TalkativeBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    monkeypatch.setattr("sys.stdout", old)
    assert main(["search", "q", "--json"]) == 0
    assert json.loads(old.buffer.getvalue())[0]["text"] == NOTE  # type: ignore[attr-defined]


def test_an_old_terminal_gets_an_answer_too(
    bot: TalkativeBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", old)
    assert main(["ask", "q"]) == 0
    assert b"A box holds 400 KB" in old.buffer.getvalue()  # type: ignore[attr-defined]


def test_a_passage_that_gives_orders_is_shown_with_a_caution(
    bot: TalkativeBot, capsys: pytest.CaptureFixture[str]
) -> None:
    bot.flags = ("override", "markup")
    assert main(["ask", "q"]) == 0
    caution = "caution: this passage tells the reader to ignore other instructions; has active HTML"
    assert " ".join(capsys.readouterr().out.split()).count(caution) == 1
    assert main(["search", "q", "-k", "1"]) == 0
    assert " ".join(capsys.readouterr().out.split()).count(caution) == 1


def test_what_was_held_back_is_told_and_no_error(
    bot: TalkativeBot, capsys: pytest.CaptureFixture[str]
) -> None:
    bot.blocked = Blocked("output", "word_filter", "it uses a word that is filtered")
    assert main(["ask", "q"]) == 0
    said = capsys.readouterr()
    assert "held back by the word filter: it uses a word that is filtered" in said.err
    assert "A box holds 400" in said.out


def test_what_must_not_be_shown_of_a_note_is_masked_in_its_quote(
    bot: TalkativeBot, capsys: pytest.CaptureFixture[str]
) -> None:
    bot.guardrails = Guardrails(Policies(pii=PiiPolicy(output={"email": "mask"})))
    bot.note = "- Ask ann@example.com for a box."
    assert main(["ask", "q"]) == 0
    said = capsys.readouterr().out
    assert "ann@" not in said
    assert "[email]" in said


def test_search_lists_passages_and_why(
    bot: TalkativeBot, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["search", "boxes", "-k", "2"]) == 0
    out = capsys.readouterr().out
    assert out.count("1. Boxes vs Crates > Boxes   (meaning #1, words #2)") == 2
    assert main(["search", "boxes", "-k", "1", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["doc_id"] == "boxes"
    assert found["why"]["dense_rank"] == 1


def test_a_dash_reads_the_question_from_standard_input(
    bot: TalkativeBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_in(monkeypatch, "a long\nscenario\n")
    assert main(["ask", "-"]) == 0
    assert bot.asked == [("a long\nscenario\n", ())]


def test_a_conversation_remembers_what_was_said(
    bot: TalkativeBot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, "first?\n\n  second?\n/quit\nnever asked\n")
    assert main(["chat"]) == 0
    assert [question for question, _ in bot.asked] == ["first?", "second?"]
    (turn,) = bot.asked[1][1]
    assert (turn.question, turn.answer) == ("first?", "A box holds 400 KB. [1] It is blue.")
    assert capsys.readouterr().out.count("[1] Boxes vs Crates > Boxes") == 2


def test_what_was_searched_for_is_told_where_it_is_not_what_was_typed(
    bot: TalkativeBot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "how much does a box hold"]) == 0
    assert "searched for" not in capsys.readouterr().err
    bot.reworded = f"How much does a box{RED} hold?"
    type_in(monkeypatch, "how much does it hold\nand now?\n")
    assert main(["chat"]) == 0
    told = capsys.readouterr().err
    assert told.count("searched for: How much does a box\N{REPLACEMENT CHARACTER}[31m hold?") == 2
    (turn,) = bot.asked[-1][1]
    assert (turn.query, turn.about) == (bot.reworded, (("Boxes vs Crates", "Boxes"),))
    assert main(["ask", "q", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["query"] == bot.reworded


def test_a_stopped_answer_does_not_end_the_conversation(
    bot: TalkativeBot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bot.failure = KeyboardInterrupt
    type_in(monkeypatch, "first?\nsecond?\n")
    assert main(["chat"]) == 0
    assert bot.asked == [("first?", ()), ("second?", ())]
    assert capsys.readouterr().err.count("(stopped)") == 2


def test_an_error_does_not_end_the_conversation_and_is_in_its_exit_code(
    bot: TalkativeBot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bot.failure = QuestionError("too long", mend="shorten it")
    type_in(monkeypatch, "first?\nsecond?\n")
    assert main(["chat"]) == 1
    assert len(bot.asked) == 2
    assert capsys.readouterr().err.count("error: too long\n  to mend it: shorten it\n") == 2


def test_an_error_names_what_mends_it(
    bot: TalkativeBot, capsys: pytest.CaptureFixture[str]
) -> None:
    bot.failure = ModelUnavailableError("no weights", mend="ragbot models pull")
    assert main(["ask", "q"]) == 1
    assert capsys.readouterr().err == "error: no weights\n  to mend it: ragbot models pull\n"


def test_ctrl_c_has_its_exit_code(bot: TalkativeBot) -> None:
    bot.failure = KeyboardInterrupt
    assert main(["ask", "q"]) == 130


@pytest.mark.parametrize(("raises", "code"), [("raise KeyboardInterrupt", 130), ("return 0", 0)])
def test_a_thread_that_still_searches_is_left_as_it_is(raises: str, code: int) -> None:
    script = (
        "import atexit, sys, threading, time\n"
        "from ragbot import cli\n"
        "from ragbot.cli import ask\n"
        "def run(options):\n"
        "    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "    sys.stdout.write('half an answer')\n"
        f"    {raises}\n"
        "ask.run = run\n"
        "atexit.register(print, ', tidied up')\n"
        "cli.main()\n"
        "print('Python ends it')"
    )
    ended = subprocess.run([sys.executable, "-c", script, "ask", "q"], capture_output=True)
    assert (ended.returncode, ended.stderr) == (code, b"\n" if code else b"")
    assert ended.stdout == b"half an answer, tidied up\n"


def test_nothing_in_an_error_steers_the_terminal(
    bot: TalkativeBot, capsys: pytest.CaptureFixture[str]
) -> None:
    bot.failure = QuestionError("no such topic", mend="one of: evil\x1b]0;pwned\a topic")
    assert main(["ask", "q"]) == 1
    err = capsys.readouterr().err
    assert "evil" in err and "\x1b" not in err and "\a" not in err


@pytest.mark.parametrize(
    ("run", "code", "told"),
    [
        ("ask - <&-", 0, ""),
        ("chat <&-", 0, ""),
        ("search q >&-", 0, ""),
        ("search q 2>&-", 0, ""),
        ("search q >/dev/full", 1, "error: [Errno 28] No space left on device"),
        ("ask q >/dev/full", 1, "error: [Errno 28] No space left on device"),
    ],
)
def test_a_stream_that_is_closed_or_full(tmp_path: Path, run: str, code: int, told: str) -> None:
    script = tmp_path / "talkative.py"
    script.write_text(
        "import sys, ragbot\n"
        "from ragbot.cli import main\n"
        "from support.talkative_bot import TalkativeBot\n"
        "ragbot.open = lambda **_: TalkativeBot()\n"
        "sys.exit(main())"
    )
    ended = subprocess.run(
        ["bash", "-c", f"{sys.executable} {script} {run}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert "Traceback" not in ended.stderr and "Exception" not in ended.stderr
    assert ended.returncode == code, ended.stderr
    assert ended.stderr.startswith(told)


@pytest.mark.parametrize(
    "arguments", [[], ["answer"], ["ask"], ["search", "q", "-k", "0"], ["search", "q", "-k", "x"]]
)
def test_wrong_usage_has_its_exit_code(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


def test_the_version_is_the_package_s(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("ragbot 0.")


def test_without_an_index_the_command_that_makes_one_is_named(tmp_path: Path) -> None:
    asked = command("ask", "q", RAGBOT_HOME=str(tmp_path), RAGBOT_MODEL="quotes")
    assert asked.returncode == 1
    assert asked.stdout == ""
    assert f"to mend it: python -m ingest --index {tmp_path / 'index'}" in asked.stderr
    assert "Traceback" not in asked.stderr


def test_a_misspelt_variable_is_refused_with_the_right_one() -> None:
    asked = command("models", RAGBOT_MODLE="quotes")
    assert asked.returncode == 1
    assert "did you mean RAGBOT_MODEL?" in asked.stderr


def test_a_reader_who_has_had_enough_is_left_in_peace(tmp_path: Path) -> None:
    script = f"{sys.executable} -m ragbot doctor --json | head -c 1; exit ${{PIPESTATUS[0]}}"
    ended = subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        text=True,
        env=os.environ | {"RAGBOT_HOME": str(tmp_path)},
    )
    assert ended.stdout == "["
    assert ended.stderr == ""
