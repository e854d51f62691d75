"""Each sentence of a reply on its way to the page: held back, masked, or let through."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ragbot.citations import CheckedSentence, DraftSentence
from ragbot.evidence import Evidence
from ragbot.guardrails.topics import DeniedTopics
from ragbot.policies import Policies
from ragbot.prompts import SYSTEM
from ragbot.screening import LeakDetector, WordFilter, fold, masked, personal_data_in
from ragbot.screening.addresses import ADDRESS
from ragbot.screening.folding import UNSPACED
from ragbot.store.lexical import words_of
from ragbot.types import Blocked, BlockedBy, Passage, Sentence

HELD_BACK = "[held back]"
_MASKED = "the notes do not say so"  # of a sentence with masked data, which the reason may quote
_KEY_BEGINS = re.compile(r"-{5}BEGIN [A-Z0-9 ]*PRIVATE KEY")
_KEY_ENDS = re.compile(r"-{5}END [A-Z0-9 ]*PRIVATE KEY")
TAIL = 80  # characters of what was shown that the next sentence is read with
_ENDED = re.compile(r"[.!?…][\"'”’)\]*_]*$")
LEAST_LETTERS = 5  # of a word that is no glue, in scripts of which the glue is not known
_FOREIGN = re.compile(r"(?:(?=[^\x00-\u024f])[^\W_]|[\u0900-\u0dff])+")
# The page makes links of nothing, but a terminal may, and people copy.
_LINK = re.compile(
    r"\b(?:https?|ftp|file|data|javascript|vbscript|mailto):\S+|(?<![\w:/])//[\w-]+\.\S+"
    r"|\]\(\s*[^)\s]+\)?"
    r"|<\s*(?:a|img|script|iframe|svg|object|embed|link|form|style|meta|base|video|audio)\b[^>]*>?",
    re.IGNORECASE,
)
_ADDRESSES = (_LINK, ADDRESS)


class ReplyGuard:
    """Watches one reply; each sentence passes `held_back` as a draft and `passed` once checked.

    `blocked` is the first thing that a policy held back. `ended` is True once the reply has
    begun to tell the system text: nothing more of it is to be read.
    """

    def __init__(
        self,
        policies: Policies,
        words: WordFilter,
        topics: DeniedTopics | None,
        evidence: Sequence[Evidence],
        orders: Iterable[str] = (),
    ) -> None:
        self.blocked: Blocked | None = None
        self.ended = False
        self._policies = policies
        self._words, self._topics = words, topics
        self._leak = LeakDetector(SYSTEM)
        self._known = fold("\n".join(item.passage.body for item in evidence)).text
        told = "\n".join(item.passage.indexed_text for item in evidence)
        # Who obeys an order uses words that nothing else has put into his mouth.
        self._ordered = {word for text in orders for word in _words_of(text)} - _words_of(told)
        self._learned = {item.passage.passage_id for item in evidence}
        self._in_key = False
        self._open = ""  # the end of the last sentence, where it has none of its own

    def learn(self, passage: Passage) -> None:
        """A passage that was looked up for a sentence, and bears it out, is evidence as well."""
        if passage.passage_id not in self._learned:
            self._learned.add(passage.passage_id)
            self._known += "\n" + fold(passage.body).text
            self._ordered -= _words_of(passage.indexed_text)

    def held_back(self, draft: DraftSentence) -> CheckedSentence | None:
        """The sentence without its text where it must not be shown, else None."""
        text = draft.text
        if self._leak.leaks(text):
            self.ended = True
            why = "the reply began to tell its instructions"
            return self._blocks(draft, "prompt_disclosure", why)
        joined = [self._open + gap + text for gap in ("", " ")] if self._open else []
        if any(map(self._words.finds, (text, *joined))):
            return self._blocks(draft, "word_filter", "it uses a word that is filtered")
        if self._topics is not None and (topic := self._topics.denies(text)) is not None:
            return self._blocks(draft, "denied_topic", f"it is about {topic.name}")
        if kinds := self._blocked_data(text) or self._data_across(joined):
            return self._blocks(draft, "pii", f"it has personal data: {kinds}")
        if self._ordered.intersection(_words_of(text)):
            reason = "it says what a text tried to order"
            return _withheld(self._masked(text), reason, draft.prefix)
        if self._leads_away(text):
            plain = text
            for pattern in _ADDRESSES:
                plain = pattern.sub("[address]", plain)
            said = self._masked(plain) if plain != text else HELD_BACK
            return _withheld(said, "it leads to an address that the notes don't have", draft.prefix)
        return None

    def passed(self, checked: CheckedSentence) -> CheckedSentence:
        """The checked sentence, masked; withheld where the notes support it too little."""
        least = self._policies.grounding
        supports = [citation.support for citation in checked.citations]
        claims = bool(supports) or checked.sentence.verdict == "unsupported"
        if claims and min(supports, default=0.0) < least:
            reason = f"the notes support it less than {least:g}"
            self._note("grounding", reason)
            text = self._masked(checked.sentence.text)
            return _withheld(text, reason, checked.sentence.prefix)
        sentence = checked.sentence
        if not sentence.withheld:
            self._open = "" if _ENDED.search(sentence.text) else sentence.text[-TAIL:]
        text = self._masked(sentence.text)
        # A reason quotes the notes, or a part of what is masked, which is not known for it alone.
        why = None if sentence.reason is None else self._masked(sentence.reason)
        if text != sentence.text and sentence.verdict != "supported":
            why = _MASKED
        if (text, why) == (sentence.text, sentence.reason):
            return checked
        return replace(
            checked,
            sentence=replace(sentence, text=text, reason=why),
            citations=tuple(replace(each, claim=text) for each in checked.citations),
        )

    def _blocked_data(self, text: str) -> str:
        kinds = self._policies.pii.kinds("output", "block")
        found = {each.kind for each in personal_data_in(text, kinds)}
        if "private_key" in kinds and self._continues_key(text):
            found.add("private_key")
        return _named(found)

    def _data_across(self, joined: Iterable[str]) -> str:
        """What begins in the sentence before; the half that stands there can't be masked."""
        kinds = self._policies.pii.unseen("output") - {"private_key"}  # see _continues_key
        at = len(self._open)
        found = (each for text in joined for each in personal_data_in(text, kinds))
        return _named({each.kind for each in found if each.start < at < each.end})

    def _masked(self, text: str) -> str:
        kinds = self._policies.pii.kinds("output", "mask")
        if "private_key" in kinds and self._continues_key(text):
            return "[private key]"
        return masked(text, kinds)

    def _continues_key(self, text: str) -> bool:
        """A key has many lines, and each is a sentence of its own."""
        inside = self._in_key
        if inside or _KEY_BEGINS.search(text):
            self._in_key = not _KEY_ENDS.search(text)
        return inside

    def _leads_away(self, text: str) -> bool:
        # What is masked leads nowhere.
        folded = fold(masked(text, self._policies.pii.kinds("output", "mask"))).text
        found = (match[0] for pattern in _ADDRESSES for match in pattern.finditer(folded))
        return any(address.rstrip(".,;:!?)*_`\"'") not in self._known for address in found)

    def _blocks(self, draft: DraftSentence, policy: BlockedBy, reason: str) -> CheckedSentence:
        self._note(policy, reason)
        return _withheld(HELD_BACK, reason, draft.prefix)

    def _note(self, policy: BlockedBy, reason: str) -> None:
        if self.blocked is None:
            self.blocked = Blocked("output", policy, reason)


def _named(kinds: Iterable[str]) -> str:
    return ", ".join(sorted(kinds)).replace("_", " ")


def _words_of(text: str) -> set[str]:
    """The words of a text in any script, those that tell something; threes of letters where a
    script has no spaces. The words of the index are Latin alone."""
    words = set(words_of(text))
    if text.isascii():
        return words
    for word in _FOREIGN.findall(fold(text).text):
        if UNSPACED.search(word):
            words.update(word[at : at + 3] for at in range(len(word) - 2))
        elif len(word) >= LEAST_LETTERS:
            words.add(word)
    return words


def _withheld(text: str, reason: str, prefix: str) -> CheckedSentence:
    return CheckedSentence(
        Sentence(text, (), "unsupported", reason, withheld=True, prefix=prefix), ()
    )
