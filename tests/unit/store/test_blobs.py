"""The media store keeps bytes whole or not at all, and never shares a file with its owner."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3
from tests.support.full_disk import small_drive

from takebridge.errors import BlobMissingError, DiskFullError, StoreError
from takebridge.ids import BlobHash
from takebridge.store import blobs as blobs_module
from takebridge.store.blobs import BlobStore

BYTES = b"frames " * 1000


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "media")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "Clip A.MOV"
    path.write_bytes(BYTES)
    return path


def files(store: BlobStore) -> list[Path]:
    return sorted(path for path in store.root.rglob("*") if path.is_file())


def test_a_blob_is_named_by_its_bytes_and_read_only(store: BlobStore, clip: Path) -> None:
    blob = store.add_foreign(clip)
    digest = blake3(BYTES).hexdigest()
    assert blob.hash == f"b3:{digest}"
    assert blob.path == store.root / "b3" / digest[:2] / digest[2:4] / f"{digest}.mov"
    assert (blob.size, blob.path.read_bytes()) == (len(BYTES), BYTES)
    assert stat.S_IMODE(blob.path.stat().st_mode) == 0o444
    assert store.path_of(blob.hash) == blob.path
    assert store.has(blob.hash)
    assert store.verify(blob.hash)


def test_a_file_of_ours_enters_by_hard_link(store: BlobStore, clip: Path) -> None:
    blob = store.add_own(clip)
    assert (blob.how, blob.path.stat().st_ino) == ("link", clip.stat().st_ino)


def test_a_file_of_the_users_never_shares_its_inode(store: BlobStore, clip: Path) -> None:
    mode = clip.stat().st_mode
    blob = store.add_foreign(clip)
    assert blob.how in ("reflink", "copy")
    assert (blob.path.stat().st_ino == clip.stat().st_ino, clip.stat().st_nlink) == (False, 1)
    assert clip.stat().st_mode == mode  # still the user's to write
    with clip.open("r+b") as file:
        file.write(b"overwritten in place")
    assert blob.path.read_bytes() == BYTES


def test_a_link_to_a_file_is_followed_and_not_kept_as_a_link(store: BlobStore, clip: Path, tmp_path: Path) -> None:
    (tmp_path / "alias.mov").symlink_to(clip)
    blob = store.add_foreign(tmp_path / "alias.mov")
    assert not blob.path.is_symlink()
    clip.unlink()
    assert blob.path.read_bytes() == BYTES


def test_the_same_bytes_are_kept_once(store: BlobStore, clip: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.mp4"
    shutil.copy(clip, other)
    first = store.add_foreign(clip)
    second = store.add_own(other)
    assert (second.how, second.path, second.hash) == ("present", first.path, first.hash)
    assert files(store) == [first.path]


def test_adding_the_same_bytes_from_many_threads_keeps_one_whole_file(store: BlobStore, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.mov" for number in range(8)]
    for path in paths:
        path.write_bytes(BYTES)
    ready = threading.Barrier(len(paths))
    found: list[BlobHash] = []

    def add(path: Path) -> None:
        ready.wait()
        found.append(store.add_foreign(path).hash)

    threads = [threading.Thread(target=add, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert [path.read_bytes() for path in files(store)] == [BYTES]


def test_empty_file_and_no_suffix(store: BlobStore, tmp_path: Path) -> None:
    (tmp_path / "nothing").touch()
    blob = store.add_foreign(tmp_path / "nothing")
    assert (blob.size, blob.path.suffix, store.verify(blob.hash)) == (0, "", True)


def test_a_flipped_byte_is_found(store: BlobStore, clip: Path) -> None:
    blob = store.add_foreign(clip)
    blob.path.chmod(0o644)
    with blob.path.open("r+b") as file:
        file.seek(3456)
        byte = file.read(1)
        file.seek(3456)
        file.write(bytes([byte[0] ^ 1]))
    assert not store.verify(blob.hash)


@pytest.mark.parametrize("name", [f"b3:{0:064x}", "b3:", "b3:..", "b3:../../../etc/passwd", "", f"b3:{'*' * 64}"])
def test_what_is_not_there_is_missing(store: BlobStore, clip: Path, name: str) -> None:
    store.add_foreign(clip)
    content = BlobHash(name)
    assert not store.has(content)
    for call in (store.path_of, store.verify, lambda c: store.lend(c, clip.with_name("lent.mov"))):
        with pytest.raises(BlobMissingError):
            call(content)
    assert not clip.with_name("lent.mov").exists()


@pytest.mark.parametrize("what", ["missing", "folder"])
def test_a_source_that_cannot_be_read_is_refused_in_words(store: BlobStore, tmp_path: Path, what: str) -> None:
    if what == "folder":
        (tmp_path / what).mkdir()
    for add in (store.add_own, store.add_foreign):
        with pytest.raises(StoreError, match=what):
            add(tmp_path / what)
    assert not store.root.exists()


def test_a_file_that_changes_while_it_is_copied_is_refused(
    store: BlobStore, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = shutil.copyfile

    def copy_of_a_growing_file(source: Path, target: Path) -> None:
        with source.open("ab") as file:
            file.write(b"more")
        copy(source, target)

    monkeypatch.setattr(blobs_module, "_reflink", _refuse(errno.ENOTSUP))
    monkeypatch.setattr(blobs_module.shutil, "copyfile", copy_of_a_growing_file)
    with pytest.raises(StoreError, match="changed while"):
        store.add_foreign(clip)
    assert files(store) == []


# --- lending --------------------------------------------------------------------------------------------


def test_lending_gives_the_bytes_another_name_once_and_never_overwrites_another_file(
    store: BlobStore, clip: Path, tmp_path: Path
) -> None:
    blob = store.add_foreign(clip)
    target = tmp_path / "takes" / "SH010" / "take.mov"
    for _ in range(2):  # the second time the name is the blob itself already
        assert store.lend(blob.hash, target) == target
        assert target.read_bytes() == BYTES
        assert os.listdir(target.parent) == ["take.mov"]
    target.unlink()
    target.write_bytes(BYTES)
    assert store.lend(blob.hash, target) == target  # the right bytes by another way
    for what in (target, target.parent):
        target.write_bytes(b"something else")
        with pytest.raises(StoreError, match=what.name):
            store.lend(blob.hash, what)
        assert target.read_bytes() == b"something else"
        assert os.listdir(target.parent) == ["take.mov"]
    assert store.verify(blob.hash)


def test_lending_below_a_file_is_refused(store: BlobStore, clip: Path) -> None:
    blob = store.add_foreign(clip)
    with pytest.raises(StoreError):
        store.lend(blob.hash, clip / "take.mov")
    assert clip.read_bytes() == BYTES


def test_across_volumes_files_are_copied(store: BlobStore, clip: Path, tmp_path: Path) -> None:
    with small_drive(tmp_path / "drive", 200) as drive:
        abroad = BlobStore(drive / "media")
        blob = abroad.add_own(clip)
        assert (blob.how, abroad.verify(blob.hash)) == ("copy", True)
        assert abroad.lend(blob.hash, tmp_path / "lent.mov").read_bytes() == BYTES
        blob_here = store.add_own(blob.path)
        assert (blob_here.how, store.verify(blob.hash)) == ("copy", True)


def test_full_drive_leaves_no_part_file(tmp_path: Path) -> None:
    big = tmp_path / "big.mov"
    big.write_bytes(os.urandom(600_000))
    with small_drive(tmp_path / "drive", 300) as drive:
        store = BlobStore(drive / "media")
        for add in (store.add_own, store.add_foreign):
            with pytest.raises(DiskFullError, match=r"big\.mov"):
                add(big)
        assert files(store) == []
        here = BlobStore(tmp_path / "media")
        lent = drive / "takes" / "big.mov"
        with pytest.raises(DiskFullError):
            here.lend(here.add_own(big).hash, lent)
        assert list(lent.parent.iterdir()) == []
    assert big.stat().st_size == 600_000


# --- faults ---------------------------------------------------------------------------------------------


class Faults:
    """Counts calls of the file operations and fails the chosen one."""

    def __init__(self, fail: int, number: int) -> None:
        self.fail, self.number, self.calls = fail, number, 0

    def wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            self.calls += 1
            if self.calls == self.fail:
                raise OSError(self.number, os.strerror(self.number))
            return function(*args, **kwargs)

        return wrapped


def _refuse(number: int) -> Callable[..., Any]:
    def refuse(*_args: Any) -> None:
        raise OSError(number, os.strerror(number))

    return refuse


def inject(monkeypatch: pytest.MonkeyPatch, faults: Faults, *, own: bool) -> None:
    monkeypatch.setattr(blobs_module, "_reflink", _refuse(errno.ENOTSUP))
    if not own:
        monkeypatch.setattr(blobs_module.shutil, "copyfile", faults.wrap(shutil.copyfile))
    else:
        # Without a link a copy is tried, so a failing link alone is no failure: both are one operation here.
        monkeypatch.setattr(blobs_module.shutil, "copyfile", _refuse(faults.number))
        monkeypatch.setattr(blobs_module.os, "link", faults.wrap(os.link))
    monkeypatch.setattr(blobs_module.os, "fsync", faults.wrap(os.fsync))
    monkeypatch.setattr(Path, "chmod", faults.wrap(Path.chmod))
    monkeypatch.setattr(Path, "replace", faults.wrap(Path.replace))
    monkeypatch.setattr(Path, "mkdir", faults.wrap(Path.mkdir))


def operations(tmp_path: Path, clip: Path, *, own: bool) -> int:
    """How many operations one clean add takes."""
    with pytest.MonkeyPatch.context() as patch:
        faults = Faults(-1, errno.EIO)
        inject(patch, faults, own=own)
        store = BlobStore(tmp_path / "counting")
        (store.add_own if own else store.add_foreign)(clip)
        return faults.calls


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize(("number", "error"), [(errno.EIO, StoreError), (errno.ENOSPC, DiskFullError)])
def test_whichever_file_operation_fails_the_store_is_whole(
    tmp_path: Path, clip: Path, own: bool, number: int, error: type[StoreError]
) -> None:
    before = clip.read_bytes()
    count = operations(tmp_path, clip, own=own)
    assert count >= 8
    for fail in range(1, count + 1):
        store = BlobStore(tmp_path / f"media{fail}")
        add = store.add_own if own else store.add_foreign
        with pytest.MonkeyPatch.context() as patch:
            inject(patch, Faults(fail, number), own=own)
            # mkdir(parents=True) handles some failures by itself; everything else must be said
            refused = _refused(add, clip, error)
        left = files(store)
        assert all(path.suffix == ".mov" for path in left), f"operation {fail}: {left}"
        assert [path.read_bytes() for path in left] in ([], [BYTES])
        assert refused or left
        assert clip.read_bytes() == before
        blob = add(clip)  # and the next try heals it
        assert (blob.size, store.verify(blob.hash)) == (len(BYTES), True)


def _refused(add: Callable[[Path], object], clip: Path, error: type[StoreError]) -> bool:
    try:
        add(clip)
    except error:
        return True
    return False


def test_a_name_that_may_not_last_is_synced_again_before_it_counts_as_present(
    store: BlobStore, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    sync = blobs_module._sync
    monkeypatch.setattr(blobs_module, "_sync", lambda path: (synced.append(path), sync(path)))
    store.add_foreign(clip)
    first = [path for path in synced if path.is_dir()]
    synced.clear()
    assert store.add_foreign(clip).how == "present"
    assert synced == first == [store.path_of(store.add_foreign(clip).hash).parents[level] for level in range(4)]
