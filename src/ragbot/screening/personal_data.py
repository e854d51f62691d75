"""Personal data and secrets in a text, and the text without them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from ragbot.screening import recognizers
from ragbot.screening.folding import as_drawn, fold
from ragbot.screening.recognizers import Recognizer

DataKind = Literal[
    "email", "phone", "card", "iban", "aws_key_id", "aws_secret_key", "aws_account", "private_key",
    "token", "ip",
]  # fmt: skip
DATA_KINDS: tuple[DataKind, ...] = get_args(DataKind)

_FOLDED: dict[DataKind, Recognizer] = {
    "email": recognizers.emails,
    "iban": recognizers.ibans,
    "card": recognizers.cards,
    "aws_account": recognizers.aws_accounts,
    "phone": recognizers.phones,
    "ip": recognizers.ip_addresses,
}
_CAPITALS: dict[DataKind, Recognizer] = {
    "private_key": recognizers.private_keys,
    "token": recognizers.tokens,
    "aws_secret_key": recognizers.aws_secret_keys,
    "aws_key_id": recognizers.aws_key_ids,
}


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What kind of it stands at `text[start:end]`; the text itself is not repeated."""

    kind: DataKind
    start: int
    end: int

    @property
    def mask(self) -> str:
        return f"[{self.kind.replace('_', ' ')}]"


def personal_data_in(text: str, kinds: Iterable[DataKind] = DATA_KINDS) -> list[PersonalData]:
    """Findings of these kinds in their order; none overlaps another, the surer kind wins."""
    wanted = set(kinds)
    if not wanted:
        return []
    found = [
        PersonalData(kind, *read.original(*span))
        for read, by_kind in ((as_drawn(text), _CAPITALS), (fold(text), _FOLDED))
        for kind, recognize in by_kind.items()
        for span in recognize(read.text)
    ]
    # All kinds are looked for, so that an account id that is to stay is no phone number.
    kept: list[PersonalData] = []
    for each in found:
        if not any(each.start < other.end and other.start < each.end for other in kept):
            kept.append(each)
    return sorted((each for each in kept if each.kind in wanted), key=lambda each: each.start)


def masked(text: str, kinds: Iterable[DataKind] = DATA_KINDS) -> str:
    """The text with `[email]` in place of an address, and so on."""
    parts = []
    last = 0
    for each in personal_data_in(text, kinds):
        parts += [text[last : each.start], each.mask]
        last = each.end
    return "".join((*parts, text[last:])) if last else text
