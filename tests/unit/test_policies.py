"""`ragbot.toml`: what it says, and how a slip in it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragbot.errors import SettingsError
from ragbot.policies import TOPIC_THRESHOLD, BedrockGuardrail, Policies, read_policies
from ragbot.screening import DATA_KINDS
from ragbot.settings import load_settings

WHOLE = """
[guardrails]
words = ["project bluebird"]
grounding = 0.8

[[guardrails.topics]]
name = "investment advice"
examples = ["Which shares should I buy?"]

[[guardrails.topics]]
name = "politics"
words = ["election"]
threshold = 0.4

[guardrails.pii]
email = "mask"
phone = { input = "block" }
token = { logs = "block" }
ip = { logs = "mask" }

[guardrails.bedrock]
id = "gr-1a2b3c"
version = "2"
"""


def read(folder: Path, text: str) -> Policies:
    file = folder / "ragbot.toml"
    file.write_text(text, encoding="utf-8")
    return read_policies(file)


def test_a_whole_file(tmp_path: Path) -> None:
    policies = read(tmp_path, WHOLE)
    assert policies.words == ("project bluebird",)
    assert policies.grounding == 0.8
    assert [topic.threshold for topic in policies.topics] == [TOPIC_THRESHOLD, 0.4]
    assert policies.pii.kinds("input", "block") == {"phone"}
    assert policies.pii.kinds("output", "mask") == {"email"}
    assert policies.pii.kinds("logs", "block") == {"token"}
    assert policies.bedrock == BedrockGuardrail("gr-1a2b3c", "2")


def test_a_bare_action_is_for_questions_and_answers_and_logs_stay_masked(tmp_path: Path) -> None:
    pii = read(tmp_path, '[guardrails.pii]\nemail = "allow"\n').pii
    assert pii.kinds("input", "allow") == pii.kinds("output", "allow") == {"email"}
    assert "email" in pii.kinds("logs", "mask")


def test_without_a_file_logs_are_masked_and_nothing_is_blocked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    policies = load_settings().guardrails
    assert policies == Policies()
    assert policies.pii.kinds("logs", "mask") == set(DATA_KINDS) - {"ip"}
    assert not policies.pii.input and not policies.pii.output


def test_the_file_is_looked_for_here_or_where_the_variable_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ragbot.toml").write_text('[guardrails]\nwords = ["here"]\n')
    assert load_settings().guardrails.words == ("here",)
    Path("other.toml").write_text('[guardrails]\nwords = ["there"]\n')
    monkeypatch.setenv("RAGBOT_CONFIG", "other.toml")
    assert load_settings().guardrails.words == ("there",)
    monkeypatch.setenv("RAGBOT_CONFIG", "none.toml")
    with pytest.raises(SettingsError, match=r"no file none\.toml") as told:
        load_settings()
    assert "RAGBOT_CONFIG" in str(told.value.mend)


@pytest.mark.parametrize(
    ("text", "line", "message", "mend"),
    [
        ("[guardrail]\n", 1, "has no 'guardrail'", "did you mean guardrails?"),
        ('[guardrails]\n\nwrods = ["a"]', 3, "[guardrails] has no 'wrods'", "did you mean words?"),
        ("[guardrails]\ngrounding = 2", 2, "guardrails.grounding", "from 0 to 1"),
        ("[guardrails]\ngrounding = true", 2, "valid number", "from 0 to 1"),
        ('[guardrails]\ngrounding = "0.8"', 2, "valid number", "without quotes"),
        (
            '[[guardrails.topics]]\nname = "a"\nwords = ["x"]\nthreshold = true',
            4,
            "valid number",
            "from 0 to 1",
        ),
        ("guardrails = 3", 1, "guardrails cannot be used: it has to be a table", "line 1"),
        ("[guardrails]\nbedrock = 3", 2, "bedrock cannot be used: it has to be a table", "line 2"),
        ("[guardrails.pii]\nemail = true", 2, "to be block, mask, allow or a table", "line 2"),
        ("[guardrails]\ntopics = [3]", 2, "topics, entry 1 cannot be used: it has to be", "line 2"),
        ('[guardrails]\nwords = "a"', 2, "valid list", 'write a list: ["'),
        ('[guardrails]\nwords = [\n"a", # "b"\n"x]",\n"+"]', 5, "words, entry 3", "line 5"),
        ("[guardrails]\nwords = [\n3]", 2, "valid string", 'in quotes: "'),
        ('[guardrails]\nwords = ["  "]', 2, "at least 1 character", "line 2"),
        ('[guardrails]\nwords = ["."]', 2, "a single sign", "line 2"),
        ('[guardrails]\nwords = ["C++", "\u200b"]', 2, "a single sign", "line 2"),
        ('[[guardrails.topics]]\nname = "a"\nwords = ["?"]', 3, "a single sign", "line 3"),
        (
            '[[guardrails.topics]]\nname = "a"\nwords = ["x"]\n[[guardrails.topics]]\nname = "b"',
            4,
            "needs a description, examples or words",
            "line 4",
        ),
        (
            '[[guardrails.topics]]\nname = "a"\nwords = ["x"]\ntreshold = 0.5',
            4,
            "has no 'treshold'",
            "did you mean threshold?",
        ),
        ('[guardrails.pii]\nemial = "mask"', 2, "has no 'emial'", "did you mean email?"),
        ('[guardrails.pii]\nemail = "hide"', 2, "'block', 'mask' or 'allow'", "line 2"),
        ('[guardrails.pii]\nemail = { inptu = "mask" }', 2, "'inptu'", "did you mean input?"),
        ('[guardrails.bedrock]\nversion = "2"', 1, "has no id", "line 1"),
        ('[guardrails.bedrock]\nid = "x"\nversion = "v2"', 3, "version", 'or "DRAFT"'),
        ("[guardrails\n", 1, "Expected ']'", "line 1"),
        ('[guardrails]\nwords = ["a"]\nwords = ["b"]', 3, "overwrite", "line 3"),
    ],
)
def test_a_fault_names_file_line_and_what_mends_it(
    tmp_path: Path, text: str, line: int, message: str, mend: str
) -> None:
    with pytest.raises(SettingsError) as told:
        read(tmp_path, text)
    assert told.value.message.startswith(f"{tmp_path / 'ragbot.toml'}:{line}: ")
    assert message in told.value.message
    assert mend in str(told.value.mend)


def test_the_example_in_the_docs_is_one(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "guardrails.md").read_text(encoding="utf-8")
    policies = read(tmp_path, page.split("```toml\n")[1].split("```")[0])
    assert policies.topics[0].threshold == TOPIC_THRESHOLD
    assert policies.bedrock is not None
    for kind in DATA_KINDS:
        assert f"`{kind}`" in page


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "ragbot.toml"
    file.write_text(WHOLE, encoding="utf-8-sig")
    assert read_policies(file).grounding == 0.8


def test_a_whole_number_is_a_share_too(tmp_path: Path) -> None:
    assert read(tmp_path, "[guardrails]\ngrounding = 1").grounding == 1.0


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "ragbot.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="cannot be read") as told:
        read_policies(file)
    assert "UTF-8" in str(told.value.mend)


def test_a_folder_is_not_to_be_made_utf_8(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read") as told:
        read_policies(tmp_path)
    assert "UTF-8" not in str(told.value.mend)


def test_two_signs_are_a_word_to_look_for(tmp_path: Path) -> None:
    assert read(tmp_path, '[guardrails]\nwords = ["->", "C"]').words == ("->", "C")
