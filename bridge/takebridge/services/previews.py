"""Previews of stored media: made once per content, kept beside the store, begun when a take arrives.

Files are named by the content they are of and never change. Two threads make them, what somebody waits for first; one
batch of a content is made by one thread at a time, and everybody who asks meanwhile waits for the same work. Nothing a
job does waits for a preview: new takes are heard of on the event bus. Stills and peaks, which few look at, wait until
somebody asks.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import queue
import shutil
import threading
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from takebridge.errors import BridgeError, CancelledError, MediaError
from takebridge.events import Event, EventBus, Filter, Subscription
from takebridge.ids import BlobHash
from takebridge.media.info import MediaInfo
from takebridge.media.peaks import make_peaks
from takebridge.media.previews import Cells, make_poster, make_proxy, make_sprite, make_still, make_waveform
from takebridge.media.probe import probe
from takebridge.store.blobs import BlobStore
from takebridge.store.data_folder import private_folder

logger = logging.getLogger(__name__)

PreviewKind = Literal["poster", "sprite", "proxy", "still", "peaks"]
Batch = Literal["usual", "still", "peaks"]
"""What is made together: poster, sprite and proxy of one decode, the others by themselves."""
RECIPE = "1"
"""In the names of the files: another recipe makes other files, so what a browser keeps for ever stays true."""
WORKERS = 2
MOST_WAITING = 200
"""So many takes may wait to be looked at; what comes on top is made when somebody looks."""
LEAST_FREE = 1 << 30
"""Bytes that must be free for a preview nobody asked for."""
_MOST_EVENTS = 1000
_NOW, _LATER = 0, 1
_PLAIN = frozenset({".txt", ".json", ".srt", ".vtt", ".md", ".otio", ".glb", ".ply"})
"""Stored words and models: they have no picture."""

_FILES: dict[PreviewKind, str] = {
    "poster": "poster.jpg",
    "sprite": "sprite.jpg",
    "proxy": "proxy.mp4",
    "still": "still.jpg",
    "peaks": "peaks.json",
}
_BATCHES: dict[PreviewKind, Batch] = {"still": "still", "peaks": "peaks"}
_NONE: dict[PreviewKind, str] = {"still": "There is no still of a sound.", "peaks": "There is no sound in it."}
_Key = tuple[BlobHash, Batch]


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview file, with how its cells lie where it is a sprite."""

    path: Path
    cells: Cells | None = None


class Previews:
    """The previews of one media store. Thread-safe; `stop` ends its threads and what they are making."""

    def __init__(self, blobs: BlobStore, folder: Path, *, workers: int = WORKERS) -> None:
        self._blobs, self._folder = blobs, folder
        self._work: dict[_Key, Future[None]] = {}
        self._lock = threading.Lock()
        self._queue: queue.PriorityQueue[tuple[int, int, _Key | None]] = queue.PriorityQueue()
        self._order = itertools.count()
        self._cancel = threading.Event()
        self._heard = threading.Event()
        self._subscription: tuple[EventBus, Subscription] | None = None
        names = [f"preview-{number}" for number in range(workers)]
        self._threads = [threading.Thread(target=self._run, name=name, daemon=True) for name in names]
        for thread in self._threads:
            thread.start()

    async def get(self, content: BlobHash, kind: PreviewKind) -> Preview:
        """Return a preview, made now if it is not there.

        Raises BlobMissingError, MediaError (the medium has no such preview, or cannot be read), StoreError,
        CancelledError when the bridge stops.
        """
        self._blobs.path_of(content)
        if (found := self._found(content, kind)) is not None:
            return found
        await asyncio.shield(asyncio.wrap_future(self.begin(content, _BATCHES.get(kind, "usual"))))
        if (found := self._found(content, kind)) is not None:
            return found
        raise MediaError(_NONE.get(kind, f"There is no {kind} of a still or a sound."), hint="Look at its poster.")

    def begin(self, content: BlobHash, batch: Batch = "usual", *, somebody_waits: bool = True) -> Future[None]:
        """Let a batch of previews of a content be made, unless it is being made; returns the work.

        Raises BlobMissingError.
        """
        self._blobs.path_of(content)
        key = (content, batch)
        with self._lock:
            work = self._work.get(key)
            if work is None:
                work = self._work[key] = Future()
            elif not somebody_waits:
                return work
        if self._cancel.is_set():
            self._end(key, CancelledError("The bridge is stopping."))
        else:
            self._queue.put((_NOW if somebody_waits else _LATER, next(self._order), key))
        return work

    def clear(self) -> None:
        """Delete every preview that is kept; they are made again when somebody looks."""
        for path in self._folder.glob("??/*"):
            path.unlink(missing_ok=True)

    # --- new takes

    def follow(self, events: EventBus) -> None:
        """Begin previews of takes that arrive on any canvas from now on."""
        thread = threading.Thread(target=self._listen, args=(events,), name="preview-events", daemon=True)
        self._threads.append(thread)
        self._subscription = (events, self._subscribe(events))
        thread.start()

    def _subscribe(self, events: EventBus) -> Subscription:
        wanted = Filter(topics=frozenset({"canvas.changed"}))
        return events.subscribe(self._heard.set, wanted=wanted, limit=_MOST_EVENTS)[0]

    def _listen(self, events: EventBus) -> None:
        while not self._cancel.is_set():
            self._heard.wait()
            self._heard.clear()
            assert self._subscription is not None
            subscription = self._subscription[1]
            for event in subscription.drain():
                for content in contents_of(event):
                    self._begin_quietly(content)
            if subscription.overrun and not self._cancel.is_set():  # what was missed is made when somebody looks
                events.unsubscribe(subscription)
                self._subscription = (events, self._subscribe(events))

    def _begin_quietly(self, content: BlobHash) -> None:
        try:
            busy = self._queue.qsize() >= MOST_WAITING or self._blobs.path_of(content).suffix in _PLAIN
            if not busy and not self._whole(content) and self._has_space():
                self.begin(content, somebody_waits=False)
        except BridgeError:
            return  # nobody asked: whoever looks is told

    def _has_space(self) -> bool:
        """Unasked previews leave the disk to takes."""
        return shutil.disk_usage(self._folder.parent).free >= LEAST_FREE

    # --- making

    def _run(self) -> None:
        while True:
            _priority, _number, key = self._queue.get()
            if key is None:
                return
            with self._lock:
                work = self._work.get(key)
                # An entry may stand twice in the queue, once for later and once for now: the first one runs it.
                ours = work is not None and not work.running() and work.set_running_or_notify_cancel()
            if ours:
                self._end(key, self._tried(key))

    def _tried(self, key: _Key) -> BaseException | None:
        try:
            self._make(*key)
        except BridgeError as error:
            return error
        except Exception as error:
            logger.exception("The previews of %s failed", key[0])
            return error
        return None

    def _end(self, key: _Key, error: BaseException | None) -> None:
        with self._lock:
            work = self._work.pop(key, None)
        if work is not None and not work.done():
            work.set_exception(error) if error else work.set_result(None)

    def _make(self, content: BlobHash, batch: Batch) -> None:
        if self._cancel.is_set():
            raise CancelledError("The bridge is stopping.")
        source = self._blobs.path_of(content)
        info = probe(source)
        private_folder(self._folder)
        self._path(content, "poster").parent.mkdir(exist_ok=True)
        if batch == "usual":
            self._make_usual(content, source, info)
        elif batch == "still" and info.has_video and not self._path(content, "still").exists():
            make_still(source, self._path(content, "still"))
        elif batch == "peaks" and info.has_audio and not self._path(content, "peaks").exists():
            make_peaks(source, self._path(content, "peaks"))

    def _make_usual(self, content: BlobHash, source: Path, info: MediaInfo) -> None:
        if not _is_film(info):
            if not self._path(content, "poster").exists():
                (make_poster if info.has_video else make_waveform)(source, self._path(content, "poster"))
            return
        proxy = self._path(content, "proxy")
        if not proxy.exists():
            make_proxy(source, proxy, cancel=self._cancel)
        if not self._path(content, "poster").exists():
            make_poster(proxy, self._path(content, "poster"))
        if self._found(content, "sprite") is None:
            cells = make_sprite(proxy, self._path(content, "sprite"))
            _write_whole(self._cells(content), json.dumps(asdict(cells)))

    def stop(self) -> None:
        """End what is being made and the threads; who still waits is told. May be called twice."""
        if self._cancel.is_set():
            return
        self._cancel.set()
        self._heard.set()
        if self._subscription is not None:
            self._subscription[0].unsubscribe(self._subscription[1])
        for _ in self._threads:
            self._queue.put((-1, next(self._order), None))
        for thread in self._threads:
            thread.join()
        for key in list(self._work):
            self._end(key, CancelledError("The bridge is stopping."))

    # --- files

    def _found(self, content: BlobHash, kind: PreviewKind) -> Preview | None:
        path = self._path(content, kind)
        if not path.exists():
            return None
        if kind != "sprite":
            return Preview(path)
        try:
            return Preview(path, Cells(**json.loads(self._cells(content).read_text("utf-8"))))
        except (OSError, ValueError, TypeError):
            return None

    def _whole(self, content: BlobHash) -> bool:
        return self._path(content, "poster").exists()

    def _path(self, content: BlobHash, kind: PreviewKind) -> Path:
        return self._named(content, _FILES[kind])

    def _cells(self, content: BlobHash) -> Path:
        return self._named(content, "sprite.json")

    def _named(self, content: BlobHash, ending: str) -> Path:
        name = content.removeprefix("b3:")
        return self._folder / name[:2] / f"{name}.{RECIPE}.{ending}"


def contents_of(event: Event) -> list[BlobHash]:
    """Return the contents of the takes that an event says were added. None of an event too large to carry its ops."""
    ops = event.data.get("ops")
    takes = [op.get("take") for op in ops if isinstance(op, dict)] if isinstance(ops, list) else []
    outputs = [take.get("outputs") for take in takes if isinstance(take, dict)]
    found = [output for one in outputs if isinstance(one, dict) for output in one.values()]
    contents = [output.get("content") for output in found if isinstance(output, dict)]
    return [BlobHash(content) for content in contents if isinstance(content, str)]


def _is_film(info: MediaInfo) -> bool:
    return info.has_video and not info.is_still and info.rate is not None


def _write_whole(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    part.write_text(text, "utf-8")
    part.replace(path)
