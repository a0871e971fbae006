"""Uploads come in parts over connections that break; what is said to be safe is, and nothing else becomes a medium."""

from __future__ import annotations

import errno
import io
import json
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from blake3 import blake3
from PIL import Image
from tests.support.full_disk import fill, small_drive

from takebridge.errors import (
    BridgeError,
    ConflictError,
    DiskFullError,
    MediaError,
    NotFoundError,
    StoreError,
    TooLargeError,
)
from takebridge.ids import BlobHash
from takebridge.services import uploads as module
from takebridge.services.uploads import EXPIRES, GIB, LARGEST, MOST_UNFINISHED, SPARE, Uploads
from takebridge.store.blobs import BlobStore
from takebridge.store.uploads import UploadFile, UploadStore

DAY = 24 * 3600


class Clock:
    now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> UploadStore:
    return UploadStore(tmp_path / "uploads")


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "media")


@pytest.fixture
def uploads(store: UploadStore, blobs: BlobStore, clock: Clock) -> Uploads:
    return Uploads(store, blobs, now=clock)


def png(width: int = 64, seed: int = 1) -> bytes:
    made = io.BytesIO()
    noise = np.random.default_rng(seed).integers(0, 256, (width, width), np.uint8)
    Image.fromarray(noise).save(made, "PNG")
    return made.getvalue()


def hash_of(data: bytes) -> BlobHash:
    return BlobHash(f"b3:{blake3(data).hexdigest()}")


def send(uploads: Uploads, upload_id: str, offset: int, data: bytes) -> int:
    intake = uploads.receive(upload_id, offset, len(data))
    try:
        intake.write(data)
    finally:
        intake.close()
    return intake.offset


def refused(kind: type[BridgeError], call: Callable[[], Any]) -> BridgeError:
    with pytest.raises(kind) as caught:
        call()
    assert caught.value.message and caught.value.hint
    return caught.value


# --- in parts -------------------------------------------------------------------------------------------


def test_a_picture_in_parts_becomes_a_medium(uploads: Uploads, blobs: BlobStore, store: UploadStore) -> None:
    data = png()
    upload = uploads.begin("logo.PNG", len(data), hash_of(data))
    for at in range(0, len(data), 1000):
        part = data[at : at + 1000]
        assert send(uploads, upload.id, at, part) == at + len(part)
    done = uploads.finish(upload.id)
    assert done.content == hash_of(data) and done.facts == {"width": 64, "height": 64}
    path = blobs.path_of(hash_of(data))
    assert path.read_bytes() == data and path.suffix == ".png"
    assert not store.data(upload.id).exists()  # the bytes are in the store, once
    assert uploads.finish(upload.id) == done
    refused(ConflictError, lambda: send(uploads, upload.id, len(data), b""))


def test_a_part_must_begin_where_the_safe_bytes_end(uploads: Uploads) -> None:
    upload = uploads.begin("a.png", 9000)
    assert send(uploads, upload.id, 0, png()[:500]) == 500
    for offset in (0, 499, 501, 9000, 10**12):
        error = refused(ConflictError, lambda at=offset: send(uploads, upload.id, at, b"x"))  # type: ignore[misc]
        assert error.details["offset"] == 500
    assert uploads.get(upload.id).offset == 500


def test_one_part_at_a_time(uploads: Uploads, store: UploadStore) -> None:
    data = png()
    upload = uploads.begin("a.png", len(data))
    send(uploads, upload.id, 0, data[:300])
    intake = uploads.receive(upload.id, 300)
    intake.write(data[300:400])
    for call in (
        lambda: uploads.receive(upload.id, 300),
        lambda: uploads.finish(upload.id),
        lambda: uploads.discard(upload.id),
    ):
        assert refused(ConflictError, call).details["offset"] == 300  # safe; the rest may still be lost
    other = uploads.begin("b.png", len(data))
    send(uploads, other.id, 0, data)  # others are in nobody's way
    intake.close()
    assert send(uploads, upload.id, 400, data[400:]) == len(data)
    assert uploads.finish(upload.id).content == uploads.finish(other.id).content == hash_of(data)


def test_more_than_was_announced_is_given_back(uploads: Uploads, store: UploadStore) -> None:
    data = png()
    upload = uploads.begin("a.png", len(data))
    send(uploads, upload.id, 0, data[:300])
    assert refused(TooLargeError, lambda: uploads.receive(upload.id, 300, len(data))).details["offset"] == 300
    intake = uploads.receive(upload.id, 300)  # a sender that does not say how much it sends
    intake.write(data[300:])
    refused(TooLargeError, lambda: intake.write(b"!"))
    intake.close()
    assert uploads.get(upload.id).offset == 300 and store.data(upload.id).stat().st_size == 300
    send(uploads, upload.id, 300, data[300:])
    assert uploads.finish(upload.id).content == hash_of(data)


def test_an_unfinished_one_says_how_much_is_there(uploads: Uploads) -> None:
    upload = uploads.begin("a.png", 9000)
    send(uploads, upload.id, 0, png()[:500])
    error = refused(ConflictError, lambda: uploads.finish(upload.id))
    assert error.details["offset"] == 500 and "500 bytes of 9.0 kB" in error.message


def test_nobody_reaches_outside_by_an_id(uploads: Uploads, store: UploadStore) -> None:
    store.folder.mkdir(mode=0o700)
    (store.folder.parent / "secret.json").write_text("{}")
    for upload_id in ("../secret", "upload_" + "0" * 32, "", "upload_..", "upload_" + "0" * 31 + "/", "a\0b"):
        for call in (uploads.get, uploads.finish, uploads.discard):
            refused(NotFoundError, lambda call=call, one=upload_id: call(one))  # type: ignore[misc]
        refused(NotFoundError, lambda one=upload_id: uploads.receive(one, 0))  # type: ignore[misc]


# --- what is no medium ----------------------------------------------------------------------------------

NO_MEDIA = {
    "SVG drawing": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>',
    "an SVG drawing": b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a logo -->\n<svg/>',
    "web page": b"\n <!DOCTYPE html><script>alert(1)</script>",
    "a playlist or a list": b"ffconcat version 1.0\nfile '/etc/passwd'\n",
    "a playlist": b"#EXTM3U\n#EXT-X-TARGETDURATION:1\nfile:///etc/passwd\n",
    "ZIP archive": b"PK\x03\x04" + b"\0" * 60,
    "PDF": b"%PDF-1.7\n%\xe2\xe3",
    "XML document": b'<?xml version="1.0"?><fcpxml/>',
    "text file": b"just words",
    "no kind of media": b"\x07\0\x07\0" * 20,
}


@pytest.mark.parametrize("what", NO_MEDIA)
def test_what_is_no_medium_is_refused_in_words_and_given_back(
    what: str, uploads: Uploads, store: UploadStore, blobs: BlobStore
) -> None:
    data = NO_MEDIA[what]
    upload = uploads.begin("clip.mp4", len(data))
    error = refused(MediaError, lambda: send(uploads, upload.id, 0, data))
    assert what in error.message and "“clip.mp4”" in error.message
    assert not store.data(upload.id).exists() and not blobs.has(hash_of(data))
    for again in (lambda: uploads.finish(upload.id), lambda: send(uploads, upload.id, 0, data)):
        assert refused(MediaError, again).to_wire() == error.to_wire()
    assert send(uploads, uploads.begin("a.png", len(png())).id, 0, png()) > 0  # the turn was given back


def test_two_gigabytes_of_it_are_refused_after_the_first_bytes(uploads: Uploads, store: UploadStore) -> None:
    upload = uploads.begin("clip.mp4", 2 * GIB)
    intake = uploads.receive(upload.id, 0)
    intake.write(b"<html>" + b" " * 4089)  # 4,095 bytes
    refused(MediaError, lambda: intake.write(b" "))
    intake.close()
    assert not store.data(upload.id).exists()


def test_a_medium_that_breaks_off_is_refused_at_the_end(uploads: Uploads, store: UploadStore) -> None:
    data = png(200)[:-2000]
    upload = uploads.begin("logo.png", len(data))
    send(uploads, upload.id, 0, data)
    error = refused(MediaError, lambda: uploads.finish(upload.id))
    assert "“logo.png”" in error.message and not store.data(upload.id).exists()


def test_other_bytes_than_were_announced_are_refused(uploads: Uploads, blobs: BlobStore) -> None:
    announced, data = png(seed=1), png(seed=2)
    upload = uploads.begin("logo.png", len(data), hash_of(announced))
    send(uploads, upload.id, 0, data)
    assert "its bytes are others" in refused(MediaError, lambda: uploads.finish(upload.id)).message
    assert not blobs.has(hash_of(data))


# --- the process is killed ------------------------------------------------------------------------------


def test_bytes_nobody_was_told_are_safe_are_sent_again(
    uploads: Uploads, store: UploadStore, blobs: BlobStore, clock: Clock
) -> None:
    data = png()
    upload = uploads.begin("a.png", len(data))
    send(uploads, upload.id, 0, data[:300])
    dying = uploads.receive(upload.id, 300)
    dying.write(b"half written when the process died")
    dying._file.close()  # and nothing else of what `close` does
    after = Uploads(store, blobs, now=clock)
    assert after.get(upload.id).offset == 300
    assert send(after, upload.id, 300, data[300:]) == len(data)
    assert after.finish(upload.id).content == hash_of(data)


def test_killed_between_the_last_part_and_the_end(
    uploads: Uploads, store: UploadStore, blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = png()
    upload = uploads.begin("a.png", len(data))
    send(uploads, upload.id, 0, data)

    def died(_upload: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store, "save", died)  # the medium is stored, nobody was told
        with pytest.raises(KeyboardInterrupt):
            uploads.finish(upload.id)
    assert (
        blobs.has(hash_of(data)) and store.data(upload.id).stat().st_mode & 0o222 == 0
    )  # one inode, not to be written
    assert Uploads(store, blobs).finish(upload.id).content == hash_of(data)
    assert blobs.path_of(hash_of(data)).read_bytes() == data


def test_a_drive_that_lost_bytes_is_found_out(uploads: Uploads, store: UploadStore) -> None:
    data = png()
    upload = uploads.begin("a.png", len(data))
    send(uploads, upload.id, 0, data)
    os.truncate(store.data(upload.id), 700)
    assert refused(ConflictError, lambda: uploads.finish(upload.id)).details["offset"] == 700
    assert refused(ConflictError, lambda: send(uploads, upload.id, len(data), b"")).details["offset"] == 700
    assert send(uploads, upload.id, 700, data[700:]) == len(data)
    assert uploads.finish(upload.id).content == hash_of(data)


def test_long_parts_are_made_safe_on_the_way(uploads: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHECKPOINT", 10_000)
    upload = uploads.begin("a.png", 1_000_000)
    intake = uploads.receive(upload.id, 0)
    data = png(400)
    safe = []
    for at in range(0, 30_000, 4_000):
        intake.write(data[at : at + 4_000])
        safe.append(uploads.get(upload.id).offset)
    assert safe == [0, 0, 12_000, 12_000, 12_000, 24_000, 24_000, 24_000]
    intake.close()
    assert uploads.get(upload.id).offset == 32_000


def test_nothing_is_said_to_be_safe_before_it_was_synced(uploads: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    upload, seen = uploads.begin("a.png", 9000), []
    synced = UploadFile.sync

    def watched(file: UploadFile) -> None:
        seen.append(uploads.get(upload.id).offset)
        synced(file)

    monkeypatch.setattr(UploadFile, "sync", watched)
    send(uploads, upload.id, 0, png()[:500])
    assert seen == [0]


# --- small files that unpack to much --------------------------------------------------------------------


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width: int, height: int, before: bytes = b"", behind: bytes = b"") -> bytes:
    """A PNG that says it is so large and holds the rows of a small one."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + bytes(64) for _ in range(64)))
    parts = chunk(b"IHDR", head), before, chunk(b"IDAT", rows), behind, chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def long_words(kind: bytes, size: int) -> bytes:
    head = {b"zTXt": b"Comment\0\0", b"iTXt": b"Comment\0\1\0en\0\0", b"iCCP": b"profile\0\0"}[kind]
    return chunk(kind, head + zlib.compress(b"a" * size, 9))


def jpeg_of(width: int, height: int) -> bytes:
    made = io.BytesIO()
    Image.new("L", (16, 16)).save(made, "JPEG")
    data = bytearray(made.getvalue())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def gif_of(width: int, frames: int) -> bytes:
    made = io.BytesIO()
    Image.new("P", (width, width)).save(made, "GIF")
    data = made.getvalue()
    body = 13 + 3 * (2 << (data[10] & 7))
    return data[:body] + data[body:-1] * frames + b";"


def short_gif() -> bytes:
    made = io.BytesIO()
    first, *more = (Image.new("L", (64, 64), shade) for shade in range(0, 250, 10))
    first.save(made, "GIF", save_all=True, append_images=more, duration=40)
    return made.getvalue()


def moving_webp() -> bytes:
    made = io.BytesIO()
    first, second = (Image.new("RGB", (32, 32), colour) for colour in ("red", "blue"))
    first.save(made, "WEBP", save_all=True, append_images=[second])
    return made.getvalue()


TOO_MUCH: dict[str, tuple[Callable[[], bytes], str]] = {
    "a wide PNG": (lambda: png_of(12_000, 12_000), "12,000 × 12,000 pixels: 144 megapixels"),
    "a wide JPEG": (lambda: jpeg_of(20_000, 6_000), "120 megapixels"),
    "words before the picture": (lambda: png_of(64, 64, before=long_words(b"zTXt", 65 << 20)), "64 MB"),
    "words behind the picture": (lambda: png_of(64, 64, behind=long_words(b"iTXt", 65 << 20)), "64 MB"),
    "a profile and words": (
        lambda: png_of(64, 64, before=long_words(b"iCCP", 40 << 20) + long_words(b"zTXt", 40 << 20)),
        "64 MB",
    ),
    "a long animation": (lambda: gif_of(1_000, 4_001), "4,001 frames of 1,000 × 1,000"),
    "a moving WebP": (moving_webp, "animated WebP"),
}


@pytest.mark.parametrize("what", TOO_MUCH)
def test_what_unpacks_to_too_much_is_refused_before_it_is_decoded(
    what: str, uploads: Uploads, store: UploadStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, words = TOO_MUCH[what]
    data = make()

    def decoded(_path: Path, **_how: object) -> None:
        raise AssertionError("it was opened")

    monkeypatch.setattr(module, "probe", decoded)
    upload = uploads.begin("large.png", len(data))
    send(uploads, upload.id, 0, data)
    error = refused(MediaError, lambda: uploads.finish(upload.id))
    assert words in error.message and "“large.png”" in error.message
    assert not store.data(upload.id).exists()


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (png_of(64, 64, before=chunk(b"tEXt", b"prompt\0" + b"a" * 100_000) + long_words(b"zTXt", 1 << 20)), (64, 64)),
        (short_gif(), (64, 64)),
    ],
)
def test_words_and_animations_of_a_usual_size_are_taken(data: bytes, size: tuple[int, int], uploads: Uploads) -> None:
    upload = uploads.begin("usual", len(data))
    send(uploads, upload.id, 0, data)
    facts = uploads.finish(upload.id).facts
    assert (facts["width"], facts["height"]) == size


# --- no room --------------------------------------------------------------------------------------------


def test_a_full_drive_keeps_what_was_safe_and_takes_the_rest_later(blobs: BlobStore, tmp_path: Path) -> None:
    with small_drive(tmp_path / "drive", 400) as drive:
        store = UploadStore(drive / "uploads")
        uploads = Uploads(store, BlobStore(drive / "media"), spare=0)
        data = png(250)
        upload = uploads.begin("a.png", len(data))
        send(uploads, upload.id, 0, data[:5000])
        ballast = fill(drive)
        error = refused(DiskFullError, lambda: send(uploads, upload.id, 5000, data[5000:]))
        assert "“a.png”" in error.message and error.retryable
        assert uploads.get(upload.id).offset == 5000
        ballast.unlink()
        assert send(uploads, upload.id, 5000, data[5000:]) == len(data)
        assert uploads.finish(upload.id).content == hash_of(data)


def test_a_drive_that_refuses_says_so(uploads: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = uploads.begin("a.png", 9000)

    def broken(_file: UploadFile) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(UploadFile, "sync", broken)
        refused(StoreError, lambda: send(uploads, upload.id, 0, png()[:500]))
    assert uploads.get(upload.id).offset == 0
    assert send(uploads, upload.id, 0, png()[:500]) == 500


def test_nothing_begins_that_has_no_room(uploads: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    free = SPARE + 10_000
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _path: SimpleNamespace(free=free))
    first = uploads.begin("a.png", 6_000)
    assert refused(DiskFullError, lambda: uploads.begin("b.png", 6_000)).details["free"] == free
    send(uploads, first.id, 0, png()[:2_000])
    uploads.begin("b.png", 6_000)  # what has come of the first needs no more room


def test_one_upload_and_all_of_them_have_a_limit(uploads: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _path: SimpleNamespace(free=1 << 50))
    assert (LARGEST, MOST_UNFINISHED) == (8 * 2**30, 32 * 2**30)
    assert "8.6 GB" in refused(TooLargeError, lambda: uploads.begin("a.mov", LARGEST + 1)).message
    waiting = [uploads.begin("a.mov", LARGEST) for _ in range(4)]
    refused(TooLargeError, lambda: uploads.begin("a.png", 1))
    uploads.discard(waiting[0].id)
    uploads.begin("a.png", 1)


def test_so_many_can_wait(uploads: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_UPLOADS", 3)
    data = png()
    waiting = [uploads.begin("a.png", len(data)) for _ in range(3)]
    refused(TooLargeError, lambda: uploads.begin("a.png", 1))
    send(uploads, waiting[0].id, 0, data)
    uploads.finish(waiting[0].id)
    uploads.begin("a.png", 1)


# --- forgetting -----------------------------------------------------------------------------------------


def test_a_week_after_the_last_byte_an_upload_is_forgotten(uploads: Uploads, clock: Clock, store: UploadStore) -> None:
    assert EXPIRES == 7 * DAY
    old, kept = uploads.begin("a.png", 9000), uploads.begin("b.png", 9000)
    send(uploads, old.id, 0, png()[:500])
    clock.now += 6 * DAY
    send(uploads, kept.id, 0, png()[:500])
    assert uploads.sweep() == 0
    clock.now += DAY
    assert uploads.sweep() == 1
    refused(NotFoundError, lambda: uploads.get(old.id))
    assert uploads.get(kept.id).offset == 500
    assert not store.data(old.id).exists() and store.data(kept.id).exists()


def test_one_that_is_arriving_is_not_swept(uploads: Uploads, clock: Clock) -> None:
    upload = uploads.begin("a.png", 9000)
    intake = uploads.receive(upload.id, 0)
    clock.now += 8 * DAY
    assert uploads.sweep() == 0
    intake.write(png()[:500])
    intake.close()
    assert uploads.get(upload.id).offset == 500


def test_what_a_crash_left_is_swept_and_strangers_files_are_not(uploads: Uploads, store: UploadStore) -> None:
    good, torn, bare = (uploads.begin("a.png", 9000) for _ in range(3))
    send(uploads, bare.id, 0, png()[:500])
    (store.folder / f"{torn.id}.json").write_text(json.dumps({"id": torn.id})[:-3])
    (store.folder / f"{bare.id}.json").unlink()
    (store.folder / "mine.txt").write_text("a stranger's")
    assert uploads.sweep() == 2
    assert sorted(path.name for path in store.folder.iterdir()) == sorted(["mine.txt", f"{good.id}.json"])


def test_discarding_gives_back_the_bytes_and_keeps_the_medium(
    uploads: Uploads, store: UploadStore, blobs: BlobStore
) -> None:
    data = png()
    waiting, done = uploads.begin("a.png", 9000), uploads.begin("b.png", len(data))
    send(uploads, waiting.id, 0, data[:500])
    send(uploads, done.id, 0, data)
    uploads.finish(done.id)
    for upload in (waiting, done):
        uploads.discard(upload.id)
        refused(NotFoundError, lambda one=upload: uploads.get(one.id))  # type: ignore[misc]
    assert list(store.folder.iterdir()) == [] and blobs.has(hash_of(data))


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_nobody_else_can_read_what_is_arriving(uploads: Uploads, store: UploadStore) -> None:
    upload = uploads.begin("a.png", 9000)
    send(uploads, upload.id, 0, png()[:500])
    assert store.folder.stat().st_mode & 0o077 == 0 and store.data(upload.id).stat().st_mode & 0o077 == 0
