"""Personal data and secrets: found in any form, and no figure of the sheets taken for one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragbot.screening import DATA_KINDS, DataKind, masked, personal_data_in

CORPUS = Path(__file__).parents[2] / "corpus"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
BEGIN = "-----BEGIN RSA PRIVATE KEY-----"

FOUND: list[tuple[DataKind, str, str]] = [
    ("email", "mail jane.doe+x@example.co.uk now", "mail [email] now"),
    ("email", "ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ", "[email]"),
    ("email", "ja\u200bne@example.com.", "[email]."),
    ("email", "_build-team@example.com_", "_[email]_"),
    ("email", "bob@example.com-old", "[email]-old"),
    ("email", "?user=bob%40example.com&x", "?user=[email]&x"),
    ("email", "o'brien@example.com", "[email]"),
    ("email", "bob@xn--e1afmkfd.xn--p1ai", "[email]"),
    ("phone", "1-800-555-0199", "[phone]"),
    ("phone", "Telefonnummer: 030 1234567", "Telefonnummer: [phone]"),
    ("phone", "Handy 0170 1234567", "Handy [phone]"),
    ("card", "4111-1111-1111-1111-", "[card]-"),
    ("card", "4111  1111\t1111  1111", "[card]"),
    ("card", "٤١١١ ١١١١ ١١١١ ١١١١", "[card]"),
    ("iban", "DE89-3704-0044-0532-0130-00", "[iban]"),
    ("aws_account", "AWSLogs/123456789012/", "AWSLogs/[aws account]/"),
    ("aws_account", "Owner: 123456789012", "Owner: [aws account]"),
    ("token", f"npm_{'aB3' * 12}", "[token]"),
    ("token", f"SG.{'aB3' * 7}.{'aB3' * 14}", "[token]"),
    ("token", f"https://hooks.slack.com/services/{'T0A1/' * 5}x", "https://hooks.slack.com/services/[token]"),
    ("token", "Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic [token]"),
    ("token", f"AIza{'Sy_b1' * 7}vw", "[token]"),
    ("phone", "+49 30 1234567", "[phone]"),
    ("phone", "call +1 (555) 123-4567.", "call [phone]."),
    ("phone", "_+49 30 1234567_", "_[phone]_"),
    ("phone", "+491712345678 or 00491712345678", "[phone] or [phone]"),
    ("phone", "(415) 555-2671", "[phone]"),
    ("phone", "(415) 555 2671", "[phone]"),
    ("phone", "Call me at 415 555 2671", "Call me at [phone]"),
    ("phone", "mobile 0171 2345678", "mobile [phone]"),
    ("phone", "0044 20 7946 0958", "[phone]"),
    ("phone", "Tel: 030 1234567", "Tel: [phone]"),
    ("card", "4111 1111 1111 1111", "[card]"),
    ("card", "3782-822463-10005", "[card]"),
    ("card", "4111 1111 1111 1111 12/27", "[card] 12/27"),
    ("card", "4111 1111 1111 1111 123", "[card] 123"),
    ("card", "_4111111111111111_", "_[card]_"),
    ("card", "4111–1111–1111–1111", "[card]"),
    ("card", "4111.1111.1111.1111", "[card]"),
    ("card", "4111_1111_1111_1111", "[card]"),
    ("card", "3782.822463.10005", "[card]"),
    ("iban", "_DE89370400440532013000_", "_[iban]_"),
    ("iban", "to DE89 3704 0044 0532 0130 00 please", "to [iban] please"),
    ("iban", "gb82west12345698765432", "[iban]"),
    ("aws_key_id", "AKIAIOSFODNN7EXAMPLE", "[aws key id]"),
    ("aws_key_id", "key=ASIAIOSFODNN7EXAMPLE;", "key=[aws key id];"),
    ("aws_key_id", "AKIA\u200bIOSFODNN7EXAMPLE", "[aws key id]"),
    ("aws_key_id", "an ＡＫＩＡＩＯＳＦＯＤＮＮ７ＥＸＡＭＰＬＥ here", "an [aws key id] here"),
    ("aws_key_id", "AKIAIOSFODNNXEXAMPLE", "[aws key id]"),  # has no digit
    ("aws_secret_key", f"secret: {SECRET[:9]}\u200b{SECRET[9:]}.", "secret: [aws secret key]."),
    ("aws_secret_key", f"aws_secret = {SECRET}", "aws_secret = [aws secret key]"),
    ("aws_secret_key", f"AWS_SECRET_ACCESS_KEY={SECRET}", "AWS_SECRET_ACCESS_KEY=[aws secret key]"),
    ("aws_secret_key", f"Access key: {SECRET}", "Access key: [aws secret key]"),
    ("aws_account", "arn:aws:iam::123456789012:role/x", "arn:aws:iam::[aws account]:role/x"),
    ("aws_account", "our account is 1234-5678-9012", "our account is [aws account]"),
    ("aws_account", "123456789012.dkr.ecr.eu-west-1", "[aws account].dkr.ecr.eu-west-1"),
    ("aws_account", "AWS_ACCOUNT_ID=123456789012", "AWS_ACCOUNT_ID=[aws account]"),
    ("aws_account", '"aws:SourceAccount": "123456789012"', '"aws:SourceAccount": "[aws account]"'),
    ("aws_account", '{"AWS": "123456789012"}', '{"AWS": "[aws account]"}'),
    ("aws_account", "https://123456789012.signin.aws.", "https://[aws account].signin.aws."),
    (
        "aws_account",
        "accounts: 123456789012, 210987654321, 345678901234 and 456789012345",
        "accounts: [aws account], [aws account], [aws account] and [aws account]",
    ),
    ("private_key", f"{BEGIN}\nMIIE\n-----END RSA PRIVATE KEY-----", "[private key]"),
    ("private_key", "-----BEGIN PRIVATE KEY-----\nMIIEpAIB", "[private key]"),
    ("token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-def_ghi", "[token]"),
    ("token", "Authorization: Bearer abcDEF123456ghiJKL7890", "Authorization: Bearer [token]"),
    ("token", "AUTHORIZATION: BEARER abcDEF123456ghiJKL7890", "AUTHORIZATION: BEARER [token]"),
    ("token", f"my token is hf_{'abcdefg' * 5}", "my token is [token]"),
    ("token", f"_ghp_{'aB3' * 12}_", "_[token]_"),
    ("token", f"ABSK{'QmVkcm9j' * 16}==", "[token]"),
    ("token", f"bedrock-api-key-{'YmVkcm9j' * 16}", "[token]"),
    ("token", f"glpat-{'xY7-' * 5}", "[token]"),
    ("token", f"key=AIza{'Sy_b1' * 7}", "key=[token]"),
    ("token", f"sk_live_{'4eC39HqL' * 3}", "[token]"),
    ("token", f"AWS_SESSION_TOKEN=IQoJ{'b3JpZ2lu' * 12}==", "AWS_SESSION_TOKEN=[token]"),
    ("ip", "host 10.0.0.17 or 2001:db8::1", "host [ip] or [ip]"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "expected"), FOUND)
def test_each_kind_is_found_and_masked(kind: DataKind, text: str, expected: str) -> None:
    assert {each.kind for each in personal_data_in(text)} == {kind}
    assert masked(text) == expected
    others = [each for each in DATA_KINDS if each != kind]
    assert masked(text, others) == text


@pytest.mark.parametrize(
    "text",
    [
        "400 KB, 99.999999999%, +99.999999999 and 5,000,000 requests",
        "as of 2024-11-01 12:30, ports 443 and 8443",
        "4111 1111 1111 1112",  # the check digit is wrong
        "1234 5678 9012 3452",  # right, but nobody issues such a card
        "DE89 3704 0044 0532 0130 01",
        f"the digest {'a1B2' * 10}",  # forty characters, and no word of a secret
        "secret 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",  # a SHA-1 digest
        "123456789012 requests",
        "256 512 1024",
        "400-500-1000",
        "each call: 1000000 tokens",
        "SMS: 20 000 000 messages",
        "+100 000 000 requests, +25 000 000 more and +12 500 000 bytes",
        "the policy bedrock-api-key-for-all-the-developers-of-the-team",
        "user@host and @mention and a@b",
        "999.1.2.3, 1.2.3 and 12:30:45",
        "550e8400-e29b-41d4-a716-446655440000",
        "-----BEGIN CERTIFICATE-----",
        "The bearer of good news",
        "Each account may store 100000000000 objects.",
        "logo@2x.png and git@github.com:org/repo.git",
        "-2147483648 to +2147483647",
        "order 00234567890",
        "sk-learn-pipeline-something-long-here",
        "abc::def",
        "4.111111111111111",
        "The account has 123456789012 objects",
        "account limit of 549755813888 bytes",
        "account created at 202401011230",
        "version 1.2.3.4, Kernel 5.10.0.1 and section 4.3.2.1",
        "WhatsApp 2000000000 users, phone: 2000000 sold",
        "growth of +4000000000 per year",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert masked(text) == text


def test_nothing_in_the_sheets_is_personal() -> None:
    for sheet in sorted(CORPUS.glob("*.md")):
        assert personal_data_in(sheet.read_text(encoding="utf-8")) == []


def test_an_account_that_may_be_shown_is_no_telephone_number() -> None:
    assert masked("call account 123456789012", ["phone"]) == "call account 123456789012"


@given(st.integers(10**14, 10**15 - 1))
def test_a_card_needs_its_check_digit(number: int) -> None:
    """Of ten numbers that differ in the last digit, exactly one is a card."""
    stem = f"4{number:015d}"[:15]
    assert sum(masked(f"{stem}{digit}", ["card"]) == "[card]" for digit in range(10)) == 1


@given(st.text(alphabet="AKI0123456789@.-+ abc:/=", max_size=60))
def test_masking_twice_changes_nothing(text: str) -> None:
    assert masked(masked(text)) == masked(text)
