"""Each fault of Bedrock through the real boto3 client: what is told, and who answers instead."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.bedrock_faults import FIRST, ROWS, SECOND, Row, ask_with
from support.bedrock_search_faults import SEARCH_ROWS, SearchRow, search_with

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_fault_is_told_and_another_answers(
    row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = ask_with(row, tmp_path, monkeypatch)
    told = "\n".join(seen.lines)
    assert seen.by == row.by, told
    assert row.told in told
    assert not row.waits or seen.waited
    assert all(waiting.seconds is not None for waiting in seen.waited)
    if seen.by in ("other", "quotes"):
        assert [fell.model_id for fell in seen.answer.fell_back_from]
    if seen.by != "nobody":
        text = seen.answer.text
        assert text.count(FIRST) == 1, text
        assert text.startswith(f"{FIRST}. [1]")
        assert text.count(SECOND) <= 1
        assert all(sentence.verdict == "supported" for sentence in seen.answer.sentences)
    if row.kept:
        (first, *_) = seen.answer.fell_back_from
        assert first.sentences == 1
        assert f"{SECOND}. [1]" in seen.answer.text


@pytest.mark.parametrize("row", SEARCH_ROWS, ids=lambda row: row.name)
def test_a_search_that_is_refused_is_told_with_its_cure(
    row: SearchRow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = search_with(row, tmp_path, monkeypatch)
    told = str(seen.error)
    assert all(words in told for words in row.told), told
    assert seen.error.mend
    assert "123456789012" not in told
    throttled = row.fault.startswith("throttled")
    assert (seen.requests > 1) == throttled
    waited = {each.reason for each in seen.waited}
    # On a slow machine the line keeps to the rate that throttling has taught it, too.
    assert waited - {"keeping to the account's rate"} == (
        {"Bedrock is throttling this account"} if throttled else set()
    )


def test_no_two_rows_have_one_name() -> None:
    names = [row.name for row in (*ROWS, *SEARCH_ROWS)]
    assert len(set(names)) == len(names)
