from __future__ import annotations

import pytest

from ragbot.retrieval.spelling import Spelling, with_names_mended

NOTES = Spelling({"streams": 4, "lambda": 9, "encryption": 3, "api": 5, "gateway": 5}.items())


def known(word: str) -> bool:
    return word.lower() in {"what", "are", "the", "a", "host", "streams", "lambda"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("what are stremas", "what are streams"),  # two letters swapped
        ("the lamda", "the lambda"),  # one missing
        ("encripton", "encryption"),  # two slips in a long word
        ("the apigateway", "the api gateway"),  # two words run together
        ("what are streams", "what are streams"),
        ("a host", "a host"),  # a word of its own
        ("kamda", "kamda"),  # the first letter is seldom wrong
        ("s3://stremas.txt i-stremas1", "s3://stremas.txt i-stremas1"),  # names, not words
        ("stremas!", "streams!"),
        ("waht are streams", "what are streams"),
        ("how mutch", "how much"),
        ("whcih lambda", "which lambda"),
        ("how whot", "how whot"),
        ("LAmbda LamdbA ApiGateway SAML NVMe", "LAmbda lambda ApiGateway SAML NVMe"),
        ("StraemMs", "StraemMs"),  # two slips in a name
    ],
)
def test_mends_what_is_near_to_a_word_of_the_notes(typed: str, meant: str) -> None:
    assert NOTES.mended(typed, known) == meant


def test_what_the_notes_write_with_a_hyphen_is_no_slip() -> None:
    spelling = Spelling({"wiki": 9, "wi": 4, "fi": 4}.items())
    assert spelling.mended("guest wifi", {"guest"}.__contains__) == "guest wi fi"


def test_more_than_one_of_a_known_word_is_no_slip() -> None:
    spelling = Spelling({"handles": 4, "audits": 2, "glass": 3}.items())
    words = {"Handler", "auditor", "glas"}
    assert spelling.mended("Handlers of auditors", words.__contains__) == "Handlers of auditors"
    assert spelling.mended("handlrs", words.__contains__) == "handles"
    assert spelling.mended("glasss", words.__contains__) == "glass"


def test_of_two_near_words_the_one_that_the_notes_use_more() -> None:
    spelling = Spelling({"table": 2, "cable": 7, "tables": 9}.items())
    assert spelling.mended("tabel", lambda word: False) == "table"  # one slip, not two
    assert spelling.mended("tablas", lambda word: False) == "tables"


def test_no_stop_word_is_meant_and_no_name_in_capitals_is_a_slip() -> None:
    spelling = Spelling({"that": 9, "kube": 2, "let": 3, "same": 4, "name": 4, "line": 2}.items())
    assert spelling.mended("thaw the kubelet", {"the"}.__contains__) == "thaw the kubelet"
    assert spelling.mended("SAML on NVMe", {"on"}.__contains__) == "SAML on NVMe"
    assert spelling.mended("the liine", {"the"}.__contains__) == "the line"


@pytest.mark.parametrize(
    ("note", "word"),
    [
        ("hyperkalemia", "hypokalemia"),
        ("hypotonic", "hypertonic"),
        ("intermolecular", "intramolecular"),
        ("abduction", "adduction"),
        ("ethane", "ethene"),
        ("chlorate", "chlorite"),
    ],
)
def test_a_word_with_another_beginning_or_ending_is_no_slip(note: str, word: str) -> None:
    assert Spelling({note: 3}.items()).mended(word, "the".__eq__) == word


def test_somebody_is_called_as_he_is_called() -> None:
    spelling = Spelling({"jansen": 3}.items())
    assert spelling.mended("the phone of Mr. Janssen", "the phone of".__contains__).endswith(
        "Janssen"
    )
    assert spelling.mended("the phone of janssen", "the phone of".__contains__).endswith("jansen")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("secret manger price", "secret manager price"),  # a manger is a word, too
        ("the manger", "the manger"),
        ("secret danger", "secret danger"),  # the first letter is seldom wrong
        ("secret managing", "secret managing"),
        ("standard queue, standart queues", "standard queue, standard queues"),
        ("gate way 2", "gate way 2"),  # a figure is no slip
        ("session manger", "session manger"),  # of which no note tells
        ("secret manter of the manor", "secret manter of the manor"),  # the notes have such a word
    ],
)
def test_a_word_that_alone_keeps_others_from_being_a_name(typed: str, meant: str) -> None:
    names = [("gate", "way", "1"), ("secret", "manager"), ("standard", "queue")]
    assert with_names_mended(typed, names, {"manter"}.__contains__) == meant
