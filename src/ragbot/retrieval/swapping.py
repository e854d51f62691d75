"""`and X?`: the question before, asked of X.

"What does the ECS control plane cost?"  "and the one of EKS?"   the EKS control plane
"How long is data kept in CloudTrail?"   "and in Config?"        in Config
"how often can I rotate customer managed KMS keys?"  "the AWS managed ones?"  AWS managed KMS keys
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragbot.retrieval.names import Names, Piece, Word, is_plural, words_in
from ragbot.retrieval.subjects import Earlier, nominal

ARTICLE = re.compile(r"^(?:the|an?)\s+", re.IGNORECASE)
PREPOSED = re.compile(
    r"^(?P<by>of|for|from|in|on|with|to|by|at|per|after|under|during|against|without)\s+"
    r"(?P<noun>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ANOTHERS = re.compile(r"^(?:the\s+)?(?:ones?|that|those)\s+(?:of|for|in|from|with)\s+", re.I)
_ONE_THAT = re.compile(r"(?:the|an?) ones? (?:that|which|who)\b", re.IGNORECASE)
ONES = re.compile(r"^(?:the\s+)?(?P<how>\S+(?:\s\S+)?)\s+ones?$", re.IGNORECASE)


def without_preposition(text: str) -> str:
    """`of EKS` is EKS."""
    preposed = PREPOSED.match(text)
    return preposed["noun"] if preposed else text


def swapped(noun: str, last: Earlier, names: Names) -> str:
    """The question before, with the noun in the place of what it was asked of."""
    asked = last.question
    slot = last.slot
    preposed = PREPOSED.match(noun)
    place = None
    if preposed:
        place = behind(preposed["by"], asked, names)
        of_something_else = (
            preposed["by"].lower() in {"of", "for"}
            or names.know_one_in(noun)
            or (slot is not None and asked[slot.end :].startswith(": "))  # it was put in front
        )
        if place is None and not of_something_else:
            return f"{asked.rstrip(' ?')} {noun}?"  # in MB/s
        slot = place or slot
        noun = preposed["noun"]
    pieces = names.pieces(asked)
    if place is None and last.compares:
        is_thing = names.know_one_in(noun) or is_written_as_name(noun, first_too=False)
        place = _in_comparison(pieces, last, things=is_thing)
        if place is None and not is_thing and not ONES.match(noun):
            return f"{asked.rstrip(' ?')} {preposed[0] if preposed else f'in {noun}'}?"
        slot = place or slot
    if slot is None and not pieces:
        return f"{asked} {noun}?"
    if slot is None or not (place or slot.is_named or is_alike(noun, slot)):
        slot = pieces[-1]  # "and PII?" after "what do guardrails do against fraud?"
    if preposed and asked.strip(" ?") == asked[slot.start : slot.end]:
        return f"{asked.rstrip(' ?')} {preposed[0]}?"  # words as they are typed into a search box
    another = _ANOTHERS.match(noun)
    if another:
        noun = noun[another.end() :]
    ones = ONES.match(noun)
    if ones:
        how = ARTICLE.sub("", ones["how"])
        noun = how if names.know_one_in(how) else f"{how} {slot.words[-1].text}"
        described = nominal(asked, slot)
        if slot.core[0] in described[1:]:  # customer managed KMS keys
            kept = asked[slot.core[0].start : slot.end]
            return f"{asked[: described[0].start]}{how} {kept}{asked[slot.end :]}"
    article = ARTICLE.match(noun)
    noun = names.completed(noun if preposed else ARTICLE.sub("", noun))
    start, end = _exchanged(asked, slot, noun, names)
    before, brought = words_in(asked[:start])[-1:], words_in(noun)[:1]
    if before and brought and before[0].key == brought[0].key:
        start = before[0].start  # severity A in the place of severity B
    if _ONE_THAT.match(noun):
        start, end = slot.start, slot.end
    lead = re.search(r"\b(?:the|an?)\s+$", asked[:start], re.IGNORECASE)
    if article and lead:  # it brings its own
        start = lead.start()
        noun = noun if noun.startswith(article[0]) else f"{article[0]}{noun}"
    # "the Data rota" takes the place of Platform in "the Platform rota", and brings its own.
    again = re.match(rf" {re.escape(noun.split()[-1])}\b", asked[end:], re.IGNORECASE)
    return f"{asked[:start]}{noun}{asked[end + (again.end() if again else 0) :]}"


def _in_comparison(pieces: Sequence[Piece], last: Earlier, *, things: bool) -> Piece | None:
    """The last of the things compared, or else the last that they are compared by."""
    if things and re.search(r"\bthan\b", last.question, re.IGNORECASE):
        return None  # "is X faster than Y?" is asked of X
    compared = {word.key for option in last.options for word in words_in(option)}
    if not things:
        compared |= {"difference", "comparison"}
    found = [p for p in pieces if things == all(word.key in compared for word in p.words)]
    return found[-1] if found else None


def behind(preposition: str, asked: str, names: Names) -> Piece | None:
    """The piece that the same preposition stands before."""
    for piece in names.pieces(asked):
        before = re.search(r"(\w+)\s+(?:(?:the|an?)\s+)?$", asked[: piece.start])
        if before and before[1].lower() == preposition.lower():
            return piece
    return None


def _exchanged(asked: str, slot: Piece, noun: str, names: Names) -> tuple[int, int]:
    """The characters that the noun takes the place of: "EBS io1" stays EBS for "gp3"."""
    core = slot.core
    words = words_in(noun)
    keys = {word.key for word in words}
    if names.know_one_in(noun) and not names.know(noun) and not words[-1].is_written_as_name():
        return slot.start, slot.end  # a CloudTrail event in the place of a CloudWatch metric
    if is_alike(noun, slot) and slot.known == slot.words[-1:]:  # soft water, hard water
        return slot.words[-min(len(words), len(slot.words))].start, slot.end
    head = slot.words[-1]
    if len(slot.words) > 1 and not slot.known and is_plural(head.low) and _is_kind(words, names):
        return slot.start, slot.words[-2].end  # standard ones in the place of express workflows
    described = nominal(asked, slot)
    if names.know(noun) and slot.known and slot.known[0] in described[1:]:
        return described[0].start, slot.end  # what manages KMS keys does not manage CloudHSM
    if names.know(noun) and not slot.known and core[-1] == slot.words[-1]:
        return slot.start, slot.end  # EventBridge in the place of express Workflows
    names_it = names.know_one_in(noun) or keys & {word.key for word in slot.known}
    if slot.known and not names_it and core[-1] != slot.known[-1]:
        core = core[core.index(slot.known[-1]) + 1 :]
    return core[0].start, core[-1].end


def _is_kind(words: Sequence[Word], names: Names) -> bool:
    """No thing of its own beside a plural, but which of them: "rye", after "wheat loaves"."""
    if len(words) != 1 or names.know_one_in(words[0].text):
        return False
    return words[0].text.islower() and words[0].text.isalpha() and not is_plural(words[0].low)


def is_alike(noun: str, slot: Piece) -> bool:
    """Whether both end in one word: a page blob and an append blob."""
    words = words_in(noun)
    return bool(words) and words[-1].key == slot.words[-1].key


def is_written_as_name(noun: str, *, first_too: bool) -> bool:
    """By capitals or figures; `first_too`: a capital at the very beginning counts."""
    words = words_in(ARTICLE.sub("", noun))
    capital = first_too and bool(words) and words[0].text[0].isupper()
    return capital or any(word.is_written_as_name() for word in words)
