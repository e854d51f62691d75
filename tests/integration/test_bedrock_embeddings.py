"""Passages found by an embedding model of Bedrock: real boto3, real Chroma, a loopback service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.bedrock_embeddings import ENGLISH, FOURTH, TITAN, embeddings_of, vector
from support.bedrock_script import Fault, Request, Served, fault
from support.bedrock_server import BedrockServer, bedrock, no_aws
from support.word_lengths import WordLengths

from ingest.__main__ import ingest, main
from ragbot.assembly import Ragbot
from ragbot.chat_models import candidates
from ragbot.embedding import BedrockEmbedder, bedrock_embedder
from ragbot.embedding.bedrock import windows
from ragbot.errors import IndexMismatchError, ModelUnavailableError, SettingsError
from ragbot.settings import Settings, load_settings
from ragbot.store import open_index, read_manifest

pytestmark = pytest.mark.integration
__all__ = ["bedrock"]  # the fixture

QUESTION = "How much does a box hold?"


@pytest.fixture
def service(
    bedrock: BedrockServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> BedrockServer:
    """Embedding models behind the loopback server; sentences are read by the lengths of words."""
    embeddings_of(bedrock)
    monkeypatch.setattr("ragbot.embedding.prepared_embedder", lambda _: (WordLengths(), None))
    monkeypatch.setenv("RAGBOT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RAGBOT_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("RAGBOT_EMBEDDER", f"bedrock:{TITAN}")
    monkeypatch.setenv("RAGBOT_BEDROCK_PATIENCE", "2")
    monkeypatch.setattr("ingest.__main__.PATIENCE", 2.0)
    return bedrock


def notes(folder: Path, sections: int = 3) -> Path:
    file = folder / "boxes.md"
    told = [f"## Box {n}\n\n- Box {n} holds {n}00 KB at most.\n" for n in range(1, sections + 1)]
    file.write_text("# Boxes\n\n" + "\n".join(told), encoding="utf-8")
    return file


def ingested(tmp_path: Path, sections: int = 3) -> dict[str, object]:
    return ingest([notes(tmp_path, sections)], load_settings().index_dir)


def bot() -> Ragbot:
    settings = load_settings(model="quotes")
    return Ragbot(settings, models=candidates(settings), embedder=WordLengths())


def embedder(**settings: Any) -> BedrockEmbedder:
    found = bedrock_embedder(Settings(bedrock_patience=2, **settings))
    assert found is not None
    return found


def test_titan_embeds_each_passage_once_and_each_question_once(
    service: BedrockServer, tmp_path: Path
) -> None:
    told = ingested(tmp_path)
    asked = [request.body for request in service.requests]
    assert sorted(body["inputText"].split("\n")[0] for body in asked) == [
        "Boxes > Box 1",
        "Boxes > Box 2",
        "Boxes > Box 3",
    ]
    assert all((body["dimensions"], body["normalize"]) == (1024, True) for body in asked)
    words = sum(len(body["inputText"].split()) for body in asked)
    assert told["embedded_tokens"] == words
    assert told["embedded_usd"] == pytest.approx(words * 0.02 / 1e6)
    manifest = read_manifest(load_settings().index_dir)
    assert manifest is not None
    assert manifest.embedder == f"bedrock:{TITAN}/1024 + word-lengths/1"

    service.requests.clear()
    answer = bot().ask("How much does box 2 hold?")
    assert answer.text.startswith("Box 2 holds 200 KB at most. [1]")
    # No sentence, no title and no reply goes there: the question alone.
    assert [request.body["inputText"] for request in service.requests] == [
        "How much does Box 2 hold?"
    ]
    service.requests.clear()
    near = bot().searcher().nearest_to("Box 2 holds 200 KB.", 3)
    assert "Box 2" in [item.passage.heading_path[-1] for item in near]
    assert all(item.why.dense_score is None for item in near)
    assert service.requests == []  # a sentence that is looked up is told to nobody
    found = answer.passages[0]
    assert found.why.dense_score != pytest.approx(found.why.cosine, abs=0.01)
    inside = WordLengths().encode([found.passage.indexed_text, "How much does box 2 hold?"])
    assert found.why.cosine == pytest.approx(float(inside[0] @ inside[1]), abs=1e-3)


def test_what_is_embedded_is_what_is_searched(service: BedrockServer, tmp_path: Path) -> None:
    ingested(tmp_path)
    index = open_index(load_settings().index_dir)
    texts = [each.indexed_text for each in index.all_passages()]
    for place, text in enumerate(texts):
        asked = np.array(vector(text, 1024), dtype=np.float32)
        asked /= np.linalg.norm(asked)
        for found in (index.dense(asked, 3), index.by_graph(asked, 3)):
            assert dict(found)[place] == pytest.approx(1.0, abs=1e-5)


def test_cohere_reads_96_at_a_time_and_tells_questions_from_passages(
    service: BedrockServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGBOT_EMBEDDER", f"bedrock:{ENGLISH}")
    embeddings_of(service, tells_tokens=False)
    told = ingested(tmp_path, 100)
    sizes = sorted(len(request.body["texts"]) for request in service.requests)
    assert sizes == [4, 96]
    assert {r.body["input_type"] for r in service.requests} == {"search_document"}
    assert (told["embedded_tokens"], told["embedded_usd"]) == (None, None)

    service.requests.clear()
    bot().search("box 7")
    (request,) = service.requests
    assert (request.body["texts"], request.body["input_type"]) == (["box 7"], "search_query")


def test_cohere_s_fourth_gives_the_size_that_is_asked_for(service: BedrockServer) -> None:
    fourth = embedder(embedder=f"bedrock:us.{FOURTH}@eu-west-1", embedder_dimensions=512)
    assert fourth.fingerprint == f"bedrock:{FOURTH}/512"
    fourth = embedder(embedder=f"bedrock:us.{FOURTH}", embedder_dimensions=512)
    passage, question = fourth.encode_passages(["a box"])[0], fourth.encode_queries(["a box"])[0]
    assert passage.shape == (512,) and passage.dtype == np.float32
    assert passage[0] == 0 and question[0] > 0.3
    assert np.linalg.norm(question) == pytest.approx(1)
    assert fourth.tokens == 4  # told in the header
    assert service.requests[0].model_id == f"us.{FOURTH}"
    assert service.requests[0].body["output_dimension"] == 512


def test_no_part_of_a_long_text_is_invisible(service: BedrockServer) -> None:
    text = "ab " * 1_000 + "box " * 100
    for name in (TITAN, ENGLISH):
        (found,) = embedder(embedder=f"bedrock:{name}").encode_passages([text * 3])
        assert found[1] > found[2] > 0, name
    assert "".join(text[a:b] for a, b in windows(text, 700)) == text
    assert max(b - a for a, b in windows("x" * 2_000, 700)) == 700


@pytest.mark.parametrize(
    ("before", "after", "back"),
    [
        (f"bedrock:{TITAN}", "encoder", f"RAGBOT_EMBEDDER=bedrock:{TITAN} again"),
        ("encoder", f"bedrock:{TITAN}", "RAGBOT_EMBEDDER=encoder again"),
        (f"bedrock:{TITAN}", f"bedrock:{ENGLISH}", "boxes.md --index"),
    ],
)
def test_vectors_are_never_mixed(
    service: BedrockServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    before: str,
    after: str,
    back: str,
) -> None:
    monkeypatch.setenv("RAGBOT_EMBEDDER", before)
    ingested(tmp_path)
    monkeypatch.setenv("RAGBOT_EMBEDDER", after)
    with pytest.raises(IndexMismatchError) as refused:
        bot().ask(QUESTION)
    assert refused.value.mend is not None and back in refused.value.mend
    assert ingested(tmp_path)["up_to_date"] is False
    assert not bot().ask(QUESTION).abstained
    # What was paid for once is not paid for again.
    service.requests.clear()
    monkeypatch.setenv("RAGBOT_EMBEDDER", before)
    assert ingested(tmp_path)["up_to_date"] is False
    assert service.requests == []


def test_other_dimensions_are_another_embedder(
    service: BedrockServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingested(tmp_path)
    monkeypatch.setenv("RAGBOT_EMBEDDER_DIMENSIONS", "256")
    with pytest.raises(IndexMismatchError, match="/256"):
        bot().ask(QUESTION)


def test_an_ingest_that_fails_half_way_leaves_the_index_that_was_there(
    service: BedrockServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ingested(tmp_path)
    answer = service.services["invoke"]

    def half(request: Request) -> Served | Fault:
        refused = "Box 5" in request.body["inputText"]
        return (
            fault("AccessDeniedException", 403, "no 123456789012") if refused else answer(request)
        )

    service.services["invoke"] = half
    assert main([str(notes(tmp_path, 6)), "--quiet"]) == 1
    told = capsys.readouterr().err
    assert "allow bedrock:InvokeModel in IAM" in told and "123456789012" not in told
    answered = bot().ask("How much does box 2 hold?")
    assert answered.text.startswith("Box 2 holds 200 KB at most. [1]")
    service.services["invoke"] = answer
    assert ingested(tmp_path, 6)["passages"] == 6


def test_throttling_is_waited_out(service: BedrockServer, tmp_path: Path) -> None:
    service.refusals = [fault("ThrottlingException", 429), fault("ModelNotReadyException", 429)]
    assert ingested(tmp_path)["passages"] == 3
    assert len(service.requests) == 5


@pytest.mark.parametrize(
    ("refusal", "words", "mend"),
    [
        (fault("AccessDeniedException", 403), "may not use this model", "bedrock:InvokeModel in"),
        (fault("ThrottlingException", 429), "throttling this account", "quota"),
        (fault("ResourceNotFoundException", 404), "no such model", "check RAGBOT_EMBEDDER"),
        (
            fault("ValidationException", 400, "The provided model identifier is invalid."),
            "knows no model of this id",
            "check RAGBOT_EMBEDDER",
        ),
        (fault("ExpiredTokenException", 403), "credentials have expired", "aws sso login"),
        (fault("hang up"), "broke off", "try again"),
    ],
    ids=lambda value: value.code if isinstance(value, Fault) else None,
)
def test_a_refusal_comes_with_its_cure(
    service: BedrockServer, refusal: Fault, words: str, mend: str
) -> None:
    service.refusals = [refusal] * 99
    titan = bedrock_embedder(Settings(embedder=f"bedrock:{TITAN}", bedrock_patience=0.3))
    assert titan is not None
    with pytest.raises(ModelUnavailableError) as refused:
        titan.encode_queries([QUESTION])
    service.refusals.clear()
    assert TITAN in refused.value.message and words in refused.value.message
    assert refused.value.mend is not None and mend in refused.value.mend


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"embedding": [0.1] * 512, "inputTextTokenCount": 3}, "1 x 512 for 1 x 1024"),
        ({"embeddings": [[0.1] * 1024]}, "cannot read"),
        ({"embedding": ["a"] * 1024}, "cannot read"),
        ({"embedding": [float("nan")] * 1024}, "1 x 1024"),
    ],
)
def test_a_reply_that_is_no_embedding_is_not_searched_with(
    service: BedrockServer, payload: dict[str, Any], words: str
) -> None:
    service.services["invoke"] = lambda _: Served(payload)
    with pytest.raises(ModelUnavailableError, match=words):
        embedder(embedder="bedrock").encode_queries([QUESTION])


def test_without_credentials_the_question_says_so(
    service: BedrockServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingested(tmp_path)
    no_aws(monkeypatch)
    with pytest.raises(ModelUnavailableError, match="no AWS region") as refused:
        bot().ask(QUESTION)
    assert refused.value.mend == "export AWS_REGION=us-east-1"
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    with pytest.raises(ModelUnavailableError, match="no AWS credentials"):
        bot().ask(QUESTION)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"embedder": "bedrock:us.amazon.nova-pro-v1:0"}, "is no embedding model"),
        ({"embedder": "openai:text-embedding-3"}, "names no embedder"),
        ({"embedder": "minilm"}, "names no embedder"),
        ({"embedder": f"bedrock:{TITAN}", "embedder_dimensions": 300}, "gives 1024, 512, 256"),
        ({"embedder_dimensions": 256}, "only its own"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_with_what_can(
    settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(SettingsError, match=words) as refused:
        bedrock_embedder(Settings(**settings))
    assert refused.value.mend


@pytest.mark.parametrize(
    "model",
    [
        TITAN,
        f"arn:aws:bedrock:us-east-1::foundation-model/{TITAN}",
        f"arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.{FOURTH}",
    ],
)
def test_the_vectors_of_a_model_are_known_however_it_is_named(model: str) -> None:
    name = FOURTH if FOURTH in model else TITAN
    assert embedder(embedder=f"bedrock:{model}").fingerprint.startswith(f"bedrock:{name}/")
