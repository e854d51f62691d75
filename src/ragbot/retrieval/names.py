"""The names that the notes know, and the pieces of a question that hold one.

Nothing is parsed. A question is cut at its function words and commonest verbs, and of the pieces
those count that hold a name: one that the notes know, or a word that is written like one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ragbot.store import Index
from ragbot.store.lexical import STOPWORDS

AUXILIARIES = frozenset(
    """do does did can could may might must shall should will would is are was were has have had
    isn't aren't doesn't don't can't won't""".split()
)
QUESTION_WORDS = frozenset(
    "what which who whom whose when where why how whats whos wheres whens hows".split()
)
_PREPOSITIONS = frozenset(
    """after against among around before behind below between by down during inside like near off
    onto out outside over per since than through toward under until upon via within without versus
    vs""".split()
)
_GOES_WITH = frozenset("with by for as in to at on from of".split())
# In the forms in which they stand behind "does X" and "is X".
VERBS = frozenset(
    """allow allowed apply ask asked attach become begin bring call called change changed charge
    charged choose come compare compared cost costs cover create created define describe differ
    differs explain fail find fit fits follow get give given gives go goes handle handles happen
    happens have help helps hold holds include included includes keep keeps kept last lasts look
    lose loses made make makes manages mean means meant measure need needs offer offered offers
    pay priced provide provides reach reaches replaces require required requires return returned
    returns run runs said save saves say says see send serve share show shows start stop stops
    suit suits support supported supports take takes tells think thinks told try use used uses
    using work works worth write""".split()
)
_JUDGMENTS = frozenset(
    "best better cheaper cheapest different faster free good longer other shorter slower".split()
)
_SEPARATORS = (
    STOPWORDS
    | AUXILIARIES
    | QUESTION_WORDS
    | _PREPOSITIONS
    | VERBS
    | _JUDGMENTS
    | set(
        """again already another anymore btw ever every never once only pls plz still though whether
        yet""".split()
    )
)
_GENERIC = frozenset(
    """background comparison details example examples faq features introduction limitations limits
    notes overview pricing references security summary""".split()
)
_NO_SUBJECT = frozenset(
    """aws amazon api apis i ok january february march april may june july august september october
    november december""".split()
)
_NUMBERS = frozenset("one two three four five".split())

_WORD = re.compile(r"[^\W_](?:[\w@/+.-]*\w)?(?:['’][a-z]+)?")
_BRAND = re.compile(r"^(?:aws|amazon)\s+", re.IGNORECASE)
_ASIDE = re.compile(r"\s*\([^)]*\)")
_NUMBERED = re.compile(r"^(?:\d+[.)]|\d+(?:\.\d+)+[.)]?)\s+")  # "7. Ingress", "2.3 Probes"
_VERSUS = re.compile(r"\s+(?:vs\.?|versus)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text and where it stands."""

    text: str
    start: int
    end: int

    @property
    def low(self) -> str:
        return self.text.lower().replace("’", "'")

    @property
    def key(self) -> str:
        """Small letters, without the s of a genitive or plural."""
        return singular(self.low.removesuffix("'s"))

    @property
    def separates(self) -> bool:
        return self.low in _SEPARATORS or self.low.partition("'")[0] in QUESTION_WORDS

    def is_written_as_name(self) -> bool:
        """By a capital or a figure in it; the first word of a text has a capital anyway."""
        first = 1 if self.start == 0 else 0
        return any(c.isupper() or c.isdigit() for c in self.text[first:])


def singular(word: str) -> str:
    return word[:-1] if is_plural(word) else word


def is_plural(word: str) -> bool:
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words between separators; `known` are its words that the notes know as a name."""

    words: tuple[Word, ...]
    known: tuple[Word, ...]

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def end(self) -> int:
        return self.words[-1].end

    @property
    def is_named(self) -> bool:
        return bool(self.known) or any(
            word.is_written_as_name() and word.low.partition("'")[0] not in _NO_SUBJECT
            for word in self.words
            if any(map(str.isalpha, word.text))
        )

    @property
    def core(self) -> tuple[Word, ...]:
        """The known name and the words beside it that are written as names."""
        words = self.words
        first = words.index(self.known[0]) if self.known else len(words)
        last = words.index(self.known[-1]) if self.known else -1
        if not self.known:
            named = [i for i, word in enumerate(words) if word.is_written_as_name()]
            if not named:
                return words
            first = last = named[0]
        while first > 0 and words[first - 1].is_written_as_name():
            first -= 1
        while last + 1 < len(words) and words[last + 1].is_written_as_name():
            last += 1
        return words[first : last + 1]


def words_in(text: str) -> list[Word]:
    return [Word(match[0], match.start(), match.end()) for match in _WORD.finditer(text)]


class Names:
    """The names that the notes know: of services, headings and acronyms."""

    def __init__(self, names: Iterable[str]) -> None:
        keys = (tuple(word.key for word in words_in(name)) for name in names)
        self._names = {key for key in keys if key}
        self.of_several_words = tuple(sorted(key for key in self._names if len(key) > 1))
        self._longest = max(map(len, self._names), default=0)

    @classmethod
    def of(cls, index: Index) -> Names:
        paths = index.heading_paths()
        above = {path[:depth] for path in paths for depth in range(1, len(path))}
        # A heading with others beneath it ("Compute") groups what has names; a title is a name.
        headings = [path[-1] for path in paths if path not in above or len(path) == 1]
        names = [name for heading in headings for name in names_in_heading(heading)]
        heads = {fact.subject for passage in index.all_passages() for fact in passage.facts}
        named = sorted(filter(_is_written_as_name, heads))
        return cls([*index.services(), *names, *named, *index.acronyms().values()])

    def pieces(self, text: str) -> list[Piece]:
        words = words_in(text)
        spans = self._spans(words)
        known_at = {at: span for span in spans for at in range(*span)}
        pieces: list[Piece] = []
        run: list[Word] = []
        known: tuple[Word, ...] = ()
        end = 0
        for at, word in enumerate(words):
            separates = at not in known_at and (
                (word.separates and not _is_capital(word)) or _is_done(words[at : at + 2])
            )
            inside = at in known_at and known_at[at][0] < at
            if run and (separates or (text[end : word.start].strip() and not inside)):
                pieces.append(Piece(tuple(run), known))
                run, known = [], ()
            if not separates:
                run.append(word)
                if at in known_at and not known:
                    known = tuple(words[slice(*known_at[at])])
            end = word.end
        return [*pieces, Piece(tuple(run), known)] if run else pieces

    def know(self, text: str) -> bool:
        """Whether the text is a known name, no more and no less."""
        words = words_in(text)
        return self._spans(words) == [(0, len(words))]

    def know_one_in(self, text: str) -> bool:
        return bool(self._spans(words_in(text)))

    def know_first_in(self, text: str, held: Callable[[str], bool]) -> bool:
        """Whether the text may begin with a name: with a known one, or with a word that the notes
        have as one (`held`) and that is no common verb."""
        words = words_in(text)
        if any(first == 0 for first, _ in self._spans(words)):
            return True
        return bool(words) and words[0].low not in VERBS and held(words[0].low)

    def known_in(self, text: str) -> tuple[str, ...]:
        """The known names in a text, in small letters."""
        words = words_in(text)
        return tuple(
            " ".join(word.low.removesuffix("'s") for word in words[first:end])
            for first, end in self._spans(words)
        )

    def completed(self, text: str) -> str:
        """The one known name that begins with these words: "failover" is failover routing."""
        keys = tuple(word.key for word in words_in(text))
        if not keys or keys in self._names:
            return text
        longer = [name for name in self._names if name[: len(keys)] == keys]
        return " ".join([text, *longer[0][len(keys) :]]) if len(longer) == 1 else text

    def _spans(self, words: Sequence[Word]) -> list[tuple[int, int]]:
        """(first, last + 1) of each known name, the longest where several fit."""
        found = []
        at = 0
        while at < len(words):
            for size in range(min(self._longest, len(words) - at), 0, -1):
                if tuple(word.key for word in words[at : at + size]) in self._names:
                    found.append((at, at + size))
                    at += size
                    break
            else:
                at += 1
        return found


def _is_done(words: Sequence[Word]) -> bool:
    """A participle that goes with the preposition behind it: "signed with"."""
    return words[0].low.endswith("ed") and len(words) > 1 and words[1].low in _GOES_WITH


def _is_capital(word: Word) -> bool:
    """A separator that is part of a name: the Cost of Cost Explorer, the One of One Zone-IA."""
    return word.start > 0 and word.text[0].isupper() and word.low in VERBS | _NUMBERS


def names_in_heading(heading: str) -> list[str]:
    """`A vs B Comparison` names two, `When to Choose Which` none."""
    heading = _NUMBERED.sub("", heading)
    plain = [_ASIDE.sub("", _BRAND.sub("", part)).strip() for part in _VERSUS.split(heading)]
    return [name for name in map(_without_generic_end, plain) if _is_name(name)]


def _is_written_as_name(head: str) -> bool:
    """`Delta Pro` and `DataSync` in a table, but neither `Battery life` nor `Simple`."""
    words = words_in(head)
    if not _is_name(head) or len(words) > 3 or any(word.text[0].islower() for word in words):
        return False
    return len(words) > 1 or bool(re.search(r"[A-Z0-9]", head[1:]))


def _without_generic_end(name: str) -> str:
    head, _, last = name.rpartition(" ")
    return head if head and last.lower() in _GENERIC else name


def _is_name(text: str) -> bool:
    words = words_in(text)
    if not words or "&" in text or any(word.low in STOPWORDS for word in words):
        return False
    return len(words) > 1 or words[0].low not in _GENERIC
