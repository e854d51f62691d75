"""What personal data and secrets look like, and how to tell them from figures that look alike.

Each recognizer gives (start, end) spans of a folded text: lower case, plain digits. What needs the
capitals (a secret key, a bearer token) is given the text as it is drawn.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator

Span = tuple[int, int]
Recognizer = Callable[[str], Iterator[Span]]

# "logo@2x.png" is a picture, and "git@github.com:org/repo.git" a repository.
_EMAIL = re.compile(
    r"(?<![^\W_])(?<![.+-])[a-z0-9][a-z0-9._%+'’-]{0,63}(?:@|%40)(?:[a-z0-9](?:[a-z0-9-]{0,62}\.)?){1,8}"
    r"(?<=\.)(?!(?:png|jpe?g|gif|svg|webp)\b)(?:xn--[a-z0-9-]{1,59}|[a-z]{2,24})(?![^\W_]|@)"
)
_REPOSITORY = re.compile(r"git@.+")
# `+49 30 1234567`, `0049 ...`; the forms of North America; any number behind a word for it.
# "+25 000 000" and "400-500-1000" are figures, and so is most of what is "1000000 a call"; no
# country has the code of +2147483647, the last whole number of 32 bits.
_PHONE = re.compile(
    r"(?<![^\W_])(?<![.+/=-])(?<!\d )(?P<abroad>(?:\+|00)"
    r"(?!\d{1,3}(?:[ .]\d{3})*[ .]000\b|2147483647\b)"
    r"(?:1(?:[ .()/-]{0,2}\d){10}|[2-9](?:[ .()/-]{0,2}\d){6,14}))(?![^\W_]|%|[.,]\d)"
    r"|(?<![\w.+/-])(?!\d00[-.]\d00)"
    r"(?P<american>(?:1[-. ])?(?:\([2-9]\d\d\) ?[2-9]\d\d[-. ]|[2-9]\d\d[-.][2-9]\d\d[-.])\d{4})"
    r"(?![\w.-]\d|\w)"
    r"|\b(?:phone|tel|telephone|telefon(?:nummer)?|(?:ruf|handy|mobil)nummer|fax|whatsapp"
    r"|(?:mobile|mobil|handy|cell|call|sms|dial)(?= (?:number|no|me|us)\b|[ .:#]{1,3}\(?0))\b"
    r"(?: (?:number|no|us|me|at|on|is|under))*[ .:#]{1,3}"
    r"(?P<named>\(?\d(?:[ .()/-]{0,2}\d){6,14})(?!\w)"
)
_UNBROKEN = re.compile(r"00\d+")
_OF_A_THING = re.compile(
    r"\b(?:order|invoice|ticket|case|item|part|serial|id|ref|reference)[ .:#=]{0,3}$"
)
_OF_THINGS = re.compile(
    r" (?:(?:object|byte|request|item|file|row|record|event|call|user|token|message|key)s?|sold|per"
    r"|[kmgtp]i?b)\b"
)
# With signs that figures have, too, only in the groups of a card.
_CARD = re.compile(
    r"(?<![^\W_])(?<![.-])(?:\d(?:(?:-|[ \t]{0,3})\d){12,18}"
    r"|\d{4}(?P<by>[._‐-―])(?:\d{4}(?P=by)\d{4}(?P=by)\d{4}|\d{6}(?P=by)\d{5}))(?![^\W_]|-[^\W_]|\.\d)"
)
# Who issues cards whose numbers begin so, and how long they are (ISO/IEC 7812).
_ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}|(?:6011|65\d\d|64[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}"
    r"|62\d{14,17}|(?:50|5[6-9]|67)\d{11,17}"
)
_IBAN = re.compile(
    r"(?<![^\W_])[a-z]{2}\d{2}(?:[ -]?[a-z0-9]{4}){2,7}(?:[ -]?[a-z0-9]{1,3})?(?![^\W_])"
)
_IBAN_LENGTHS = {
    "ad": 24, "ae": 23, "al": 28, "at": 20, "az": 28, "ba": 20, "be": 16, "bg": 22, "bh": 22,
    "br": 29, "by": 28, "ch": 21, "cr": 22, "cy": 28, "cz": 24, "de": 22, "dk": 18, "do": 28,
    "ee": 20, "eg": 29, "es": 24, "fi": 18, "fo": 18, "fr": 27, "gb": 22, "ge": 22, "gi": 23,
    "gl": 18, "gr": 27, "gt": 28, "hr": 21, "hu": 28, "ie": 22, "il": 23, "iq": 23, "is": 26,
    "it": 27, "jo": 30, "kw": 30, "kz": 20, "lb": 28, "lc": 32, "li": 21, "lt": 20, "lu": 20,
    "lv": 21, "ly": 25, "mc": 27, "md": 24, "me": 22, "mk": 19, "mr": 27, "mt": 31, "mu": 30,
    "nl": 18, "no": 15, "pk": 24, "pl": 28, "ps": 29, "pt": 25, "qa": 29, "ro": 24, "rs": 22,
    "sa": 24, "sc": 31, "se": 24, "si": 19, "sk": 24, "sm": 27, "st": 25, "sv": 28, "tl": 23,
    "tn": 24, "tr": 26, "ua": 29, "va": 22, "vg": 24, "xk": 20,
}  # fmt: skip
_KEY_ID = re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{12,16}(?![A-Za-z0-9])")
_SECRET = re.compile(r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
_SECRET_CONTEXT = re.compile(
    r"secret|aws_?.{0,8}key|access[ _-]?key|(?:AKIA|ASIA)[A-Z0-9]{12,16}", re.IGNORECASE
)
_ACCOUNT = re.compile(
    r"(?<=:)\d{12}(?=:)"  # of an ARN
    r"|(?<![\w.-])\d{12}(?=\.dkr\.ecr\.|\.signin\.)|(?<=\.amazonaws\.com/)\d{12}(?=/)"
    r"|(?<![\w.-])(?:\d{12}|\d{4}-\d{4}-\d{4})(?![\w-]|[.,]\d)"
)
# Also within a name: AWS_ACCOUNT_ID, aws:SourceAccount.
_ACCOUNT_CONTEXT = re.compile(r"account|acct|awslogs|\b(?:aws ?id|konto|owner)\b")
_TIME = re.compile(r"20\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d")
# "Principal": {"AWS": "..."}
_PRINCIPAL = re.compile(r"(?<![\w:])aws[\"']?\s{0,4}:[\s\"'\[]{0,8}$")
# Between two ids of a list.
_BESIDE = re.compile(r"[\s\"',;|]{1,16}(?:and|or|und|oder)?[\s\"']{0,8}")
_PRIVATE_KEY = re.compile(
    r"-{5}BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-{5}"
    r"(?:.*?-{5}END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-{5}|[A-Za-z0-9+/=\s:,-]*)",
    re.DOTALL,
)
_TOKEN = re.compile(
    r"(?<![^\W_])(?<!-)(?:eyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?"  # a JSON web token
    r"|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|hf_[A-Za-z0-9]{30,}"
    r"|npm_[A-Za-z0-9]{36,}|SG\.[\w-]{16,}\.[\w-]{16,}|pypi-AgE[\w-]{50,}"
    r"|(?<=hooks\.slack\.com/services/)[\w/]{20,}"
    r"|xox[abprs]-[\w-]{16,}|sk-(?=[\w-]{0,200}\d)[\w-]{20,}|[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|AIza[\w-]{35,}"
    r"|(?:ABSK|bedrock-api-key-)[A-Za-z0-9+/]{40,}={0,2}"  # of Bedrock
    r"|(?:IQoJ|FwoG|FQoG)[A-Za-z0-9+/%]{60,}={0,2})"  # of a session
    r"|(?i:(?<=authorization: basic ))[A-Za-z0-9+/]{8,}=*"
    r"|(?i:(?<=bearer ))\s*(?=[\w.~+/-]*\d)[\w.~+/-]{16,}=*"
)
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
_NUMBERED = re.compile(
    r"\b(?:version|release|kernel|firmware|chapter|section|clause)[ :]{1,2}$|§ ?$"
)
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])")


def emails(text: str) -> Iterator[Span]:
    for match in _EMAIL.finditer(text):
        if not (_REPOSITORY.match(match[0]) and text.startswith(":", match.end())):
            yield match.span()


def phones(text: str) -> Iterator[Span]:
    for match in _PHONE.finditer(text):
        name = match.lastgroup or ""
        digits = re.sub(r"\D", "", match[name])
        fraction = re.fullmatch(r"\+?\d+\.\d+", match[name])  # +99.999999999
        before = text[max(0, match.start() - 24) : match.start()]
        thing = _UNBROKEN.fullmatch(match[name]) and _OF_A_THING.search(before)
        if _is_count(text, match) or fraction or thing:
            continue
        if name == "named" or 8 <= len(digits) <= 17:
            yield match.span(name)


def _is_count(text: str, number: re.Match[str]) -> bool:
    """Whether it is unbroken, and round or of something."""
    broken = re.search(r"\d\D+\d", number[0])
    round_or_of = number[0].endswith("000000") or _OF_THINGS.match(text, number.end())
    return bool(round_or_of) and not broken


def cards(text: str) -> Iterator[Span]:
    for match in _CARD.finditer(text):
        # A date or a code behind the number may have been taken for the end of it.
        ends = [gap.start() for gap in re.finditer(r"[ \t]", match[0])]
        for end in (len(match[0]), *reversed(ends)):
            digits = re.sub(r"\D", "", match[0][:end])
            if _ISSUERS.fullmatch(digits) and _luhn(digits):
                yield match.start(), match.start() + end
                break


def ibans(text: str) -> Iterator[Span]:
    for match in _IBAN.finditer(text):
        # The match may have run on into the next word.
        wanted = _IBAN_LENGTHS.get(match[0][:2], 0)
        taken = 0
        for at, char in enumerate(match[0], start=match.start()):
            taken += char not in " -"
            if taken == wanted:
                iban = re.sub("[ -]", "", text[match.start() : at + 1])
                if _mod97(iban) == 1 and not text[at + 1 : at + 2].isalnum():
                    yield match.start(), at + 1
                break


def aws_key_ids(text: str) -> Iterator[Span]:
    return (match.span() for match in _KEY_ID.finditer(text))


def aws_secret_keys(text: str) -> Iterator[Span]:
    """Forty characters of base64 say nothing alone (a digest has the same length)."""
    for match in _SECRET.finditer(text):
        key = match[0]
        kinds = any(map(str.isupper, key)) + any(map(str.islower, key)) + any(map(str.isdigit, key))
        if kinds == 3 and _SECRET_CONTEXT.search(text[max(0, match.start() - 80) : match.start()]):
            yield match.span()


def aws_accounts(text: str) -> Iterator[Span]:
    last = -1  # where the id before ends
    for match in _ACCOUNT.finditer(text):
        if _is_count(text, match) or _TIME.fullmatch(match[0]):
            continue
        before = text[max(0, match.start() - 40) : match.start()]
        after = text[match.end() : match.end() + 24]
        in_arn = before.endswith(":") and after.startswith(":")
        in_name = after.startswith((".dkr", ".signin")) or before.endswith(".com/")
        named = any(_ACCOUNT_CONTEXT.search(each) for each in (before, after))
        in_list = last >= 0 and _BESIDE.fullmatch(text, last, match.start())
        if in_arn or in_name or named or in_list or _PRINCIPAL.search(before):
            last = match.end()
            yield match.span()


def private_keys(text: str) -> Iterator[Span]:
    return (match.span() for match in _PRIVATE_KEY.finditer(text))


def tokens(text: str) -> Iterator[Span]:
    return (match.span() for match in _TOKEN.finditer(text))


def ip_addresses(text: str) -> Iterator[Span]:
    for pattern in (_IPV4, _IPV6):
        for match in pattern.finditer(text):
            try:
                address = ipaddress.ip_address(match[0])
            except ValueError:
                continue
            if _NUMBERED.search(text, max(0, match.start() - 16), match.start()):
                continue
            # "abc::def" is a name of a program, though an address could have no digit.
            if not address.is_unspecified and re.search(r"\d", match[0]):
                yield match.span()


def _luhn(digits: str) -> bool:
    doubled = (int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _mod97(iban: str) -> int:
    """1 where the check digits are right (ISO 13616)."""
    return int("".join(str(int(c, 36)) for c in iban[4:] + iban[:4])) % 97
