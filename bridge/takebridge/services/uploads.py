"""Uploads: a file comes in parts, over connections that break, and becomes a medium of the store.

Every part says where it begins, and that must be where the safe bytes end: a part that was lost, repeated or sent by
two at once can spoil nothing. What was read of a part that was cut off is kept. The first bytes decide early whether it
is a medium at all; the whole file is probed at the end, as every other file is.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

from takebridge.errors import (
    BridgeError,
    ConflictError,
    DiskFullError,
    MediaError,
    NotFoundError,
    TooLargeError,
    from_wire,
)
from takebridge.ids import BlobHash, new_id
from takebridge.media.mime import ending
from takebridge.media.probe import probe
from takebridge.services.media_facts import media_facts
from takebridge.services.upload_bounds import require_bounded
from takebridge.services.upload_checks import HEAD, called, explained, rename, require_medium
from takebridge.store.blobs import BlobStore, hash_file
from takebridge.store.data_folder import private_folder
from takebridge.store.uploads import Upload, UploadFile, UploadStore

GIB = 1 << 30
LARGEST = 8 * GIB
MOST_UNFINISHED = 32 * GIB
"""Bytes all unfinished uploads together were announced with."""
MOST_UPLOADS = 200
SPARE = 256 << 20
"""Bytes that stay free for the bridge's own work."""
PART = 8 << 20
"""Bytes a part should have: what a broken connection costs at most is sent again soon."""
CHECKPOINT = 32 << 20
"""Bytes after which what has come is made safe, also within a part."""
EXPIRES = 7 * 24 * 3600
"""Seconds after the last byte of an unfinished upload."""


class Uploads:
    """The uploads of one bridge. Thread-safe; one upload is written by one request at a time."""

    def __init__(
        self, store: UploadStore, blobs: BlobStore, *, spare: int = SPARE, now: Callable[[], float] = time.time
    ) -> None:
        self._store, self._blobs, self._spare, self._now = store, blobs, spare, now
        self._busy: set[str] = set()
        self._lock = threading.Lock()

    def begin(self, name: str, size: int, expected: BlobHash | None = None) -> Upload:
        """Announce a file. Raises TooLargeError, DiskFullError, StoreError; nothing is reserved on the drive."""
        if size > LARGEST:
            raise TooLargeError(
                f"“{name}” has {_size(size)}; an upload may have {_size(LARGEST)}.",
                hint="Have it put on the bridge's own machine, or send a smaller version.",
            )
        with self._lock:
            waiting = [upload for upload in self._store.all() if upload.is_open]
            _require_room(waiting, size)
            self._require_space(sum(one.bytes - one.offset for one in waiting) + size)
            upload = Upload(id=new_id("upload"), name=name, bytes=size, expected=expected, touched_at=int(self._now()))
            self._store.save(upload)
            return upload

    def get(self, upload_id: str) -> Upload:
        """Return an upload as it is. Raises NotFoundError."""
        found = self._store.get(upload_id)
        if found is None:
            raise NotFoundError(
                "There is no such upload.", hint="It was finished or discarded long ago, or has expired: send it again."
            )
        return found

    def expires_at(self, upload: Upload) -> int:
        """Return when an upload is forgotten unless more of it comes, as Unix time."""
        return upload.touched_at + EXPIRES

    def receive(self, upload_id: str, offset: int, length: int | None = None) -> Intake:
        """Begin to take in a part from ``offset`` on; the caller closes it. ``length``: its bytes, if they are known.

        Raises NotFoundError, ConflictError with the right ``offset``, TooLargeError, and what the upload was refused
        with.
        """
        self._enter(upload_id)
        try:
            upload = self._open(upload_id)
            if length is not None and offset == upload.offset and offset + length > upload.bytes:
                raise _too_much(upload)
            file = self._file(upload)
        except BaseException:
            self._leave(upload_id)
            raise
        intake = Intake(self, self._store, upload, file)
        if offset != file.at:
            intake.close()
            raise _elsewhere(upload, file.at)
        return intake

    def finish(self, upload_id: str) -> Upload:
        """Make a medium of an upload that is complete; a finished one is returned as it is.

        Raises NotFoundError, ConflictError with the ``offset`` where bytes are missing, MediaError for what is no
        medium or other bytes than were announced (the upload is over then), DiskFullError (it is not).
        """
        self._enter(upload_id)
        try:
            upload = self.get(upload_id)
            if upload.content is not None:
                return upload
            upload = self._open(upload_id)
            held = self._held(upload)
            if held != upload.bytes:
                raise ConflictError(
                    f"{_size(held)} of {_size(upload.bytes)} of “{upload.name}” are here.",
                    hint=f"Send the rest, from offset {held} on.",
                    offset=held,
                )
            return self._finished(upload)
        finally:
            self._leave(upload_id)

    def discard(self, upload_id: str) -> None:
        """Forget an upload; a medium made of it stays. Raises NotFoundError, ConflictError while a part arrives."""
        self._enter(upload_id)
        try:
            self.get(upload_id)
            self._store.remove(upload_id)
        finally:
            self._leave(upload_id)

    def sweep(self) -> int:
        """Forget uploads of which nothing came for a week, and what a crash left of others; return how many."""
        with self._lock:
            expired = [one.id for one in self._store.all() if self.expires_at(one) <= self._now()]
            gone = {*expired, *self._store.strays()} - self._busy
            for upload_id in gone:
                self._store.remove(upload_id)
        return len(gone)

    # --- one at a time

    def _enter(self, upload_id: str) -> None:
        with self._lock:
            busy = upload_id in self._busy
            if not busy:
                self._busy.add(upload_id)
        if busy:
            offset = self.get(upload_id).offset
            raise ConflictError(
                "A part of this upload is arriving over another connection.",
                hint="Wait until it ends, ask where the upload is, and go on from there.",
                offset=offset,
            )

    def _leave(self, upload_id: str) -> None:
        with self._lock:
            self._busy.discard(upload_id)

    def _open(self, upload_id: str) -> Upload:
        upload = self.get(upload_id)
        if upload.problem is not None:
            raise from_wire(upload.problem, MediaError)
        if upload.content is not None:
            raise ConflictError(f"“{upload.name}” is complete.", hint="Finish it.", offset=upload.bytes)
        return upload

    def _file(self, upload: Upload) -> UploadFile:
        with explained(upload.name):
            private_folder(self._store.folder)
            return self._store.open(upload)

    def _held(self, upload: Upload) -> int:
        try:
            return min(upload.offset, self._store.data(upload.id).stat().st_size)
        except OSError:
            return 0

    # --- the end of one

    def _finished(self, upload: Upload) -> Upload:
        path = self._store.data(upload.id)
        with called(path.name, upload.name):
            try:
                require_medium(path)
                require_bounded(path)
                facts, suffix = media_facts(probe(path, cache=None)), ending(path, upload.name)
                self._require_expected(path, upload)
            except MediaError as error:
                self.refuse(upload, error, path.name)
                raise
            content = self._blobs.add_own(path, suffix=suffix).hash
        done = upload.model_copy(
            update={"content": content, "facts": facts, "offset": upload.bytes, "touched_at": int(self._now())}
        )
        self._store.save(done)
        self._store.remove_data(upload.id)
        return done

    def _require_expected(self, path: Path, upload: Upload) -> None:
        if upload.expected is not None and hash_file(path) != upload.expected:
            raise MediaError(
                f"“{upload.name}” did not arrive as it was announced: its bytes are others.",
                hint="The file changed while it was sent, or was damaged on its way. Send it again.",
            )

    def refuse(self, upload: Upload, error: MediaError, called_here: str) -> None:
        """End an upload with an error that whoever asks again is told too; its bytes are given back."""
        rename(error, called_here, upload.name)
        update = {"problem": error.to_wire(), "touched_at": int(self._now())}
        self._store.save(upload.model_copy(update=update))
        self._store.remove_data(upload.id)

    def touched(self, upload: Upload, offset: int) -> Upload:
        """Keep how many bytes are safe, and when the last ones came."""
        now = upload.model_copy(update={"offset": offset, "touched_at": int(self._now())})
        self._store.save(now)
        return now

    def let_go(self, upload_id: str) -> None:
        """Let others write to the upload."""
        self._leave(upload_id)

    def _require_space(self, needed: int) -> None:
        free = shutil.disk_usage(private_folder(self._store.folder)).free
        if free < needed + self._spare:
            raise DiskFullError(
                f"{_size(needed)} are to be uploaded, but only {_size(free)} are free on the bridge's drive.",
                needed=needed + self._spare,
                free=free,
            )


class Intake:
    """A part that is arriving. Blocking; `close` makes what has come safe and lets others write."""

    def __init__(self, uploads: Uploads, store: UploadStore, upload: Upload, file: UploadFile) -> None:
        self._uploads, self._store, self._upload, self._file = uploads, store, upload, file
        self._begun = upload.offset
        self._judged = file.at >= min(HEAD, upload.bytes)
        self._over = False

    @property
    def offset(self) -> int:
        """Return how many bytes are safe."""
        return self._upload.offset

    def write(self, data: bytes) -> None:
        """Append. Raises DiskFullError, MediaError, TooLargeError beyond what was announced: the part is given back."""
        if self._file.at + len(data) > self._upload.bytes:
            self._back_to(self._begun)
            raise _too_much(self._upload)
        try:
            with explained(self._upload.name):
                self._file.write(data)
        except BridgeError:
            self._back_to(self._upload.offset)
            raise
        self._judge()
        if self._file.at - self._upload.offset >= CHECKPOINT:
            self.keep()

    def keep(self) -> None:
        """Make what has come safe. Raises DiskFullError, StoreError; then what was safe before still is."""
        if self._over or self._file.at == self._upload.offset:
            return
        try:
            with explained(self._upload.name):
                self._file.sync()
                self._upload = self._uploads.touched(self._upload, self._file.at)
        except BridgeError:
            self._back_to(self._upload.offset)
            raise

    def close(self) -> None:
        """Make what has come safe, and let others write to the upload. Raises as `keep`; may be called twice."""
        try:
            self.keep()
        finally:
            self._file.close()
            if not self._over:
                self._over = True
                self._uploads.let_go(self._upload.id)

    def _judge(self) -> None:
        if self._judged or self._file.at < min(HEAD, self._upload.bytes):
            return
        self._judged = True
        path = self._store.data(self._upload.id)
        try:
            require_medium(path)
        except MediaError as error:
            self._over = True
            self._file.close()
            try:
                self._uploads.refuse(self._upload, error, path.name)
            finally:
                self._uploads.let_go(self._upload.id)
            raise

    def _back_to(self, offset: int) -> None:
        with explained(self._upload.name):
            self._file.cut(min(offset, self._file.at))
        if offset < self._upload.offset:
            self._upload = self._uploads.touched(self._upload, offset)


def _require_room(waiting: list[Upload], size: int) -> None:
    announced = sum(one.bytes for one in waiting)
    if announced + size <= MOST_UNFINISHED and len(waiting) < MOST_UPLOADS:
        return
    raise TooLargeError(
        f"{len(waiting)} uploads of {_size(announced)} together are not finished; more than {MOST_UPLOADS} or "
        f"{_size(MOST_UNFINISHED)} cannot wait.",
        hint="Finish or discard one first. What nobody continues is forgotten after 7 days.",
    )


def _too_much(upload: Upload) -> TooLargeError:
    return TooLargeError(
        f"More of “{upload.name}” was sent than the {_size(upload.bytes)} that were announced.",
        hint=f"Send it again from offset {upload.offset} on, or as a new upload with its right size.",
        offset=upload.offset,
    )


def _elsewhere(upload: Upload, offset: int) -> ConflictError:
    return ConflictError(
        f"“{upload.name}” goes on at {offset}.", hint=f"Send it from offset {offset} on.", offset=offset
    )


def _size(count: int) -> str:
    for unit, least in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= least:
            return f"{count / least:.1f} {unit}"
    return f"{count} bytes"
