"""Source files -> text: which files, which encoding, and a clear word where it fails."""

from __future__ import annotations

import codecs
import hashlib
import re
import shlex
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from ingest.web_pages import what_is_read
from ragbot.errors import CorpusError

MARKDOWN = frozenset({".md", ".markdown"})
WEB_PAGES = frozenset({".html", ".htm", ".xhtml"})
PASTED = frozenset({".txt", ".text"})
READABLE = MARKDOWN | WEB_PAGES | PASTED
# In which people keep notes, too; of such a file it is told that it was left out.
NOT_READABLE = frozenset(
    """.pdf .doc .docx .odt .rtf .epub .ppt .pptx .odp .rst .org .adoc .tex .ipynb .pages .one
    .csv .xls .xlsx .ods .mhtml""".split()
)
MEND = "save it as Markdown (.md), a web page (.html) or plain text (.txt)"
# Letters and signs of several bytes; none is what ends „groß“ in Windows-1252. In that no word has
# those of `_SURE`: after a capital A with a tilde comes neither a currency nor a fraction.
_UTF8 = re.compile(rb"[\xc2-\xdb][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_SURE = re.compile(rb"\xe2[\x80\x86]|\xc2\xa0|\xc3[\xa1-\xaa\xac-\xba\xbc-\xbf]")
_CONTROLS = frozenset(range(32)) - {9, 10, 12, 13}


@dataclass(frozen=True, slots=True)
class SourceText:
    """A decoded file, of a web page what is read on it. `name` is how the person named it, and
    `path` says the same; newlines are `\\n`."""

    path: Path
    name: str
    text: str
    sha256: str

    @property
    def is_page(self) -> bool:
        return self.path.suffix.lower() in WEB_PAGES

    @property
    def is_markdown(self) -> bool:
        """Or HTML, which the same reader reads."""
        return self.is_page or self.path.suffix.lower() in MARKDOWN


def source_files(paths: Sequence[Path]) -> list[Path]:
    """The files that the paths name; folders are walked, hidden files left out.

    Raises:
        CorpusError: a path that is not there, or a file of a kind that cannot be read.
    """
    files: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found = sorted(_walk(path))
            if not found:
                raise CorpusError(
                    "holds no .md, .html or .txt file",
                    path=path,
                    mend="name a folder with notes in it",
                )
            files.update(dict.fromkeys(found))
        elif not path.exists():
            raise CorpusError("there is no such file", path=path, mend="check the path")
        elif path.suffix.lower() not in READABLE:
            raise CorpusError("this kind of file cannot be read", path=path, mend=MEND)
        else:
            files[path] = None
    return list(files)


def left_out(paths: Sequence[Path]) -> list[Path]:
    """Files in the folders among the paths in which notes may stand that are not read."""
    folders = [path for path in paths if path.is_dir()]
    return [file for folder in folders for file in _walk(folder, NOT_READABLE)]


def _walk(folder: Path, kinds: Set[str] = READABLE) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden and path.suffix.lower() in kinds:
            yield path


def read_source(path: Path, *, may_be_empty: bool = False) -> SourceText:
    """Decode one file: UTF-8, UTF-16 by its mark, else Windows-1252 where that gives text.

    Raises:
        CorpusError: empty, binary, or in no encoding that can be told; names the byte.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CorpusError(
            f"cannot be read: {error.strerror}",
            path=path,
            mend=f"ls -l -- {shlex.quote(str(path))}",
        ) from error
    text = _decoded(content, path).replace("\r\n", "\n").replace("\r", "\n")
    if path.suffix.lower() in WEB_PAGES:
        text = what_is_read(text)
    if not may_be_empty and not text.strip():
        raise CorpusError("is empty", path=path, mend="write something in it, or leave it out")
    name = name_of(path)
    return SourceText(Path(name), name, text, hashlib.sha256(content).hexdigest())


def name_of(path: Path) -> str:
    """One in another encoding than the system's can neither be stored nor printed: café in Latin-1
    becomes caf\\xe9."""
    return path.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _decoded(content: bytes, path: Path) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            try:
                return content.decode(encoding).removeprefix("\ufeff")
            except UnicodeDecodeError as error:
                raise _damaged(path, content, error.start, encoding) from error
    controls = [i for i, byte in enumerate(content) if byte in _CONTROLS]
    # Published pages hold a stray control character now and then; it is kept, and shown by nobody.
    if controls and (0 in content or len(controls) > len(content) / 100):
        binary = next((i for i in controls if content[i] == 0), controls[0])
        line = content[:binary].count(b"\n") + 1
        raise CorpusError(
            f"is not text: byte {binary} is 0x{content[binary]:02x}",
            path=path,
            line=line,
            mend=MEND,
        )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start
    # Stray bytes among valid UTF-8 sequences are damage, not another encoding.
    if _is_mostly_utf8(content):
        raise _damaged(path, content, at, "utf-8")
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise _unknown(path, content, error.start) from error
    letters = sum(c.isalpha() or c.isspace() for c in text)
    if letters < 0.7 * len(text):
        raise _unknown(path, content, at)
    return text


def _is_mostly_utf8(content: bytes) -> bool:
    """By more than two of three bytes that are no ASCII: in Windows-1252 such a sequence is rare,
    but "créé »" holds one."""
    if _SURE.search(content):
        return True
    foreign = sum(byte > 127 for byte in content)
    return 3 * sum(map(len, _UTF8.findall(content))) > 2 * foreign


def _damaged(path: Path, content: bytes, at: int, encoding: str) -> CorpusError:
    source = f"-c -f {encoding.upper()}"
    return _undecodable(path, content, at, encoding, source, "leaves out what is broken")


def _unknown(path: Path, content: bytes, at: int) -> CorpusError:
    tried, note = "utf-8 nor windows-1252", "ENCODING: what it was written in; iconv -l lists them"
    return _undecodable(path, content, at, tried, "-f ENCODING", note)


def _undecodable(
    path: Path, content: bytes, at: int, encoding: str, source: str, note: str
) -> CorpusError:
    # Behind `<` no name is taken for an option: a file may be called "--output=b.md".
    command = f"iconv {source} -t UTF-8 < {shlex.quote(str(path))} > fixed{path.suffix}"
    return CorpusError(
        f"is not {encoding}: byte {at} is 0x{content[at]:02x}",
        path=path,
        line=content[:at].count(b"\n") + 1,
        mend=f"{command}  ({note})",
    )
