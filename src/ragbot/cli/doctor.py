"""`ragbot doctor`: what works here, what does not, and the command that mends it."""

from __future__ import annotations

import argparse
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from ragbot import weights
from ragbot.chat_models import Candidate, availability, candidates, judge_of
from ragbot.chat_models.choosing import without_login
from ragbot.cli import terminal
from ragbot.embedding import bedrock_embedder, fingerprint_of, open_embedder, verified_weights
from ragbot.errors import IndexMismatchError, RagbotError
from ragbot.retrieval import base_of
from ragbot.settings import Settings, load_settings
from ragbot.store import rebuild_command, verified_manifest

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PLAYWRIGHT = ("~/.cache/ms-playwright", "~/Library/Caches/ms-playwright")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `needed` is False for what ragbot can do without."""

    what: str
    ok: bool
    detail: str
    mend: str | None = None
    needed: bool = True


def run(options: argparse.Namespace) -> int:
    settings = load_settings(index=options.index)
    if options.bedrock is None:
        looking = examine(settings)
    else:
        from ragbot.cli import doctor_bedrock

        looking = doctor_bedrock.examine(settings, options.bedrock)
    findings = []
    for finding in looking:
        findings.append(finding)
        if not options.json:  # each as it is found: some take seconds
            sign = "ok" if finding.ok else "BROKEN" if finding.needed else "without"
            terminal.say(f"{sign:>8}  {finding.what}: {finding.detail}")
            if finding.mend and not finding.ok:
                terminal.say(f"          to mend it: {finding.mend}")
    if options.json:
        terminal.say_json([asdict(finding) for finding in findings])
    return 1 if any(f.needed and not f.ok for f in findings) else 0


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything that an answer needs, then at what makes it better."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", sys.version_info >= (3, 11), version, "install Python 3.11 or newer")
    yield _embedder(settings)
    yield from _passage_embedder(settings)
    yield _index(settings)
    model, judge = settings.model, settings.judge
    yield from _asked("RAGBOT_MODEL", model, "answers", lambda: candidates(settings)[0], settings)
    yield from _asked("RAGBOT_JUDGE", judge, "judges", lambda: judge_of(settings), settings)
    yield _weights(settings, "reranker", "answers and abstentions are rougher without it")
    yield _weights(settings, "entailment", "more false sentences pass the check without it")
    yield from _models(settings)
    yield _browser()


def _embedder(settings: Settings) -> Finding:
    try:
        folder = verified_weights().parent
    except RagbotError as error:
        return Finding("embedder", False, error.message, error.mend)
    fingerprint = open_embedder(settings.models_dir).fingerprint
    return Finding("embedder", True, f"{fingerprint}, from the published weights in {folder}")


def _passage_embedder(settings: Settings) -> Iterator[Finding]:
    try:
        found = bedrock_embedder(settings)
    except RagbotError as error:
        yield Finding("RAGBOT_EMBEDDER", False, error.message, error.mend)
        return
    if found is not None:
        asked = f"{found.model} finds passages; ragbot doctor --bedrock asks it"
        yield Finding("RAGBOT_EMBEDDER", True, asked)


def _index(settings: Settings) -> Finding:
    try:
        base = base_of(settings)
    except RagbotError as error:
        return Finding("RAGBOT_RETRIEVER", False, error.message, error.mend)
    if base is not None:
        asked = f"knowledge base {base.id} in place of an index; ragbot doctor --bedrock asks it"
        return Finding("RAGBOT_RETRIEVER", True, asked)
    try:
        manifest = verified_manifest(settings.index_dir)
        both = fingerprint_of(open_embedder(settings.models_dir), bedrock_embedder(settings))
        if manifest.embedder != both:
            mend = rebuild_command(settings.index_dir, manifest.paths)
            raise IndexMismatchError(f"built with {manifest.embedder}", mend=mend)
    except RagbotError as error:
        return Finding("index", False, error.message, error.mend)
    except OSError as error:
        mend = f"ls -lR -- {shlex.quote(str(settings.index_dir))}"
        return Finding("index", False, f"{settings.index_dir} cannot be read: {error}", mend)
    counts = manifest.counts
    held = f"{counts['documents']} documents, {counts['passages']} passages"
    return Finding("index", True, f"{settings.index_dir}: {held}, all files as they were written")


def _asked(
    setting: str,
    named: str,
    does: str,
    find: Callable[[], Candidate | None],
    settings: Settings,
) -> Iterator[Finding]:
    """The model that a setting names: could it be asked?"""
    try:
        found = find()
    except RagbotError as error:
        yield Finding(setting, False, error.message, error.mend)
        return
    if found is not None:
        choices = availability(settings.model_copy(update={"model": named}))
        choice = next(each for each in choices if each.spec == named)
        detail = choice.reason or f"{found.model_id} {does}"
        yield Finding(setting, choice.available, f"{named}: {detail}", choice.mend)


def _models(settings: Settings) -> Iterator[Finding]:
    for choice in availability(settings):
        if choice.spec not in ("auto", "quotes"):
            detail = choice.label if choice.available else f"{choice.label} - {choice.reason}"
            yield Finding(
                f"model {choice.spec}", choice.available, detail, choice.mend, needed=False
            )
    server = settings.openai_base_url
    yield Finding(
        "OpenAI-compatible server",
        server is not None,
        without_login(server or "none is set"),
        "set RAGBOT_OPENAI_BASE_URL and RAGBOT_MODEL=openai:MODEL",
        needed=False,
    )


def _weights(settings: Settings, name: str, without: str) -> Finding:
    wrong = weights.damage(name, settings.models_dir)
    return Finding(
        name,
        wrong is None,
        str(settings.models_dir / name) if wrong is None else f"{wrong}; {without}",
        f"ragbot models pull {name}",
        needed=False,
    )


def _browser() -> Finding:
    places = [path for name in _BROWSERS if (path := shutil.which(name))]
    for folder in _PLAYWRIGHT:
        places += map(str, Path(folder).expanduser().glob("chromium-*"))
    found = places[0] if places else None
    return Finding(
        "browser for the tests", bool(found), found or "none found", "make test", needed=False
    )
