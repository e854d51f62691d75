"""What other programs write above the notes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from support.notes_on_disk import ingested

from ragbot.errors import CorpusError

ANCHORS = "\n".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]" for a, b in ("ab", "bc", "cd", "de"))


def test_a_character_written_in_two_halves_is_one(tmp_path: Path) -> None:
    front = (
        'title: "Emoji \\ud83d\\ude00 notes"\ntopic: "half \\ud83d"\nservices: ["\\ud83d\\ude00"]'
    )
    result = ingested(tmp_path, "a.md", f"---\n{front}\n---\n# A\n\nText.\n")
    (document,) = result.contents.documents
    assert (document.title, document.topic) == ("Emoji 😀 notes", "half �")
    assert document.services == ("😀",)


@pytest.mark.parametrize("key", ["title", "topic", "services", "exams", "references"])
@pytest.mark.parametrize("value", ["{a: b}", "true", "[[a, b], {c: d}]", f"0x{'f' * 5000}"])
def test_what_says_nothing_is_left_out_with_a_warning(tmp_path: Path, key: str, value: str) -> None:
    result = ingested(tmp_path, "a.md", f"---\nx: y\n{key}: {value}\n---\n# A\n\nText.\n")
    (document,) = result.contents.documents
    assert document.title == "A"
    assert not (document.topic or document.services or document.exams or document.references)
    assert [(each.line, each.message) for each in result.warnings] == [
        (3, f"{key}: neither text nor number, and left out")
    ]


def test_a_list_that_holds_itself_tenfold_is_no_title(tmp_path: Path) -> None:
    front = f"a: &a [{'x, ' * 10}]\n{ANCHORS}\ntitle: *e\nservices: *e\nreferences: *e"
    result = ingested(tmp_path, "a.md", f"---\n{front}\n---\n# A\n\nText.\n")
    (document,) = result.contents.documents
    assert (document.title, document.services, document.references) == ("A", (), ())
    assert len(result.warnings) == 3


def test_numbers_and_dates_are_text(tmp_path: Path) -> None:
    result = ingested(tmp_path, "a.md", "---\ntitle: 2024-05-01\ntopic: 7\n---\n# A\n\nText.\n")
    (document,) = result.contents.documents
    assert (document.title, document.topic) == ("2024-05-01", "7")


def test_several_services_may_stand_on_one_line(tmp_path: Path) -> None:
    front = "services: Amazon S3, AWS Lambda\nexams: BOX-1,BOX-2"
    result = ingested(tmp_path, "a.md", f"---\n{front}\n---\n# A\n\nText.\n")
    (document,) = result.contents.documents
    assert document.services == ("Amazon S3", "AWS Lambda")
    assert document.exams == ("BOX-1", "BOX-2")


def test_toml_is_front_matter_too(tmp_path: Path) -> None:
    front = 'title = "Boxes"\ndate = 2024-05-01T10:00:00Z\nservices = ["S3"]\ndraft = false'
    result = ingested(tmp_path, "a.md", f"+++\n{front}\n+++\n# A\n\nText.\n")
    (document,) = result.contents.documents
    assert (document.title, document.as_of) == ("Boxes", date(2024, 5, 1))
    assert document.services == ("S3",)
    assert [p.text for p in result.contents.passages] == ["Text."]
    assert not result.warnings


def test_between_two_signs_of_toml_may_stand_a_note(tmp_path: Path) -> None:
    result = ingested(tmp_path, "a.md", "+++\nBring cash.\n+++\n\nText.\n")
    assert "Bring cash." in result.contents.passages[0].text
    (warning,) = result.warnings
    assert warning.line == 1 and "'+++' are no front matter" in warning.message


def test_an_as_of_of_toml_that_is_no_date_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"a\.md:3: as_of: 'a list' is not a date"):
        ingested(tmp_path, "a.md", '+++\ntitle = "A"\nas_of = [2024]\n+++\nText.\n')
