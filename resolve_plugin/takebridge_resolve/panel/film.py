"""One film, decoded on a thread of its own: a ring of pictures round the frame that is wanted.

Frame n is the n-th picture in presentation order, whatever its time stamp: the stamps of all packets are read first
and sorted, so no rate is rounded and no seek lands one frame off. Pictures are `QImage`, safe to hand to the GUI
thread; pixmaps are made there alone.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError as AvError
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace
from av.video.stream import VideoStream
from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage

RING = 24
"""Pictures kept on either side of the wanted one."""
CLOSING_SECONDS = 2.0

_UNSPECIFIED = 2  # AVCOL_SPC_UNSPECIFIED: proxies of HD footage that lost their tag are BT.709


@dataclass(frozen=True, slots=True)
class Index:
    """Time stamps of a film's pictures in presentation order, and which of them a decoder can start at."""

    stamps: tuple[int, ...]
    keys: tuple[int, ...]

    def key_at(self, frame: int) -> int:
        """Return the nearest frame at or before ``frame`` that decoding can start at."""
        return self.keys[max(0, bisect_right(self.keys, frame) - 1)]


def read_index(container: InputContainer, video: VideoStream) -> Index:
    """Read the stamps of all pictures without decoding any. Leaves ``container`` at its end."""
    found = sorted(
        (packet.pts, packet.is_keyframe)
        for packet in container.demux(video)
        if packet.pts is not None and not packet.is_discard
    )
    keys = tuple(number for number, (_, is_key) in enumerate(found) if is_key)
    return Index(tuple(stamp for stamp, _ in found), keys or (0,))


def to_image(frame: VideoFrame) -> QImage:
    """Return a decoded frame as an image of its own pixels."""
    matrix = Colorspace.ITU709 if int(frame.colorspace) == _UNSPECIFIED else None
    pixels = frame.reformat(format="bgra", src_colorspace=matrix).to_ndarray()
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


class Film(QObject):
    """A film that is open. Ask with `want`, look with `picture`; ``landed`` says that a wanted frame is there.

    All signals are emitted on the GUI thread. `close` ends the thread; a film cannot be opened again.
    """

    opened = Signal()
    landed = Signal(int)
    failed = Signal(str)
    _opened = Signal(int, object)
    _landed = Signal(int)
    _failed = Signal(str)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self.count = 0
        """Number of frames; 0 until ``opened``."""
        self.size = QSize()
        self._ring: dict[int, QImage] = {}
        self._last: QImage | None = None
        self._goal = 0
        self._ahead = True
        self._asked = 0
        self._closed = False
        self._turn = threading.Condition()
        queued = Qt.ConnectionType.QueuedConnection
        self._opened.connect(self._on_opened, queued)
        self._landed.connect(self.landed, queued)
        self._failed.connect(self.failed, queued)
        self._thread = threading.Thread(target=self._run, name="panel film", daemon=True)
        self._thread.start()

    def want(self, frame: int, *, ahead: bool = True) -> None:
        """Make ``frame`` the middle of the ring; ``ahead`` says on which side pictures are fetched first."""
        with self._turn:
            self._goal, self._ahead = max(0, frame), ahead
            self._asked += 1
            self._turn.notify()

    def picture(self, frame: int) -> QImage | None:
        """Return the picture of ``frame`` if it is in the ring."""
        with self._turn:
            return self._ring.get(frame)

    def bytes_held(self) -> int:
        """Return how many bytes of pictures the ring holds."""
        with self._turn:
            return sum(image.sizeInBytes() for image in self._ring.values())

    def close(self) -> None:
        """End the thread. Signals that are under way may still arrive."""
        with self._turn:
            self._closed = True
            self._ring.clear()
            self._turn.notify()
        self._thread.join(CLOSING_SECONDS)

    @Slot(int, object)
    def _on_opened(self, count: int, size: QSize) -> None:
        self.count, self.size = count, size
        self.opened.emit()

    # --- the thread

    def _run(self) -> None:
        try:
            with av.open(str(self.path)) as container:
                video = container.streams.video[0]
                index = read_index(container, video)
                if not index.stamps:
                    raise ValueError("it has no picture")
                self._say_opened(len(index.stamps), video)
                self._serve(_Decoder(container, video, index))
        except (AvError, OSError, ValueError, IndexError) as error:
            self._emit(self._failed, f"{self.path.name} cannot be played: {error}")

    def _say_opened(self, count: int, video: VideoStream) -> None:
        self._emit(self._opened, count, QSize(video.codec_context.width, video.codec_context.height))

    def _serve(self, decoder: _Decoder) -> None:
        told = -1
        while (job := self._next_job(decoder.count, told)) is not None:
            wanted, asked = job
            told = self._tell(asked, told, decoder.count)
            if wanted is not None:
                self._fetch(decoder, wanted)
                told = self._tell(asked, told, decoder.count)

    def _next_job(self, count: int, told: int) -> tuple[int | None, int] | None:
        """Wait for work: a frame to fetch, or only a goal to answer; None at the end."""
        with self._turn:
            while not self._closed:
                goal = min(self._goal, count - 1)
                missing = next((n for n in _order(goal, count, self._ahead) if n not in self._ring), None)
                if missing is not None or told != self._asked:
                    return missing, self._asked
                self._turn.wait()
        return None

    def _fetch(self, decoder: _Decoder, wanted: int) -> None:
        for number, frame in decoder.towards(wanted):
            image = to_image(frame) if self._keeps(number, decoder.count) else None
            with self._turn:
                if self._closed:
                    return
                if image is not None:
                    self._keep(number, image, decoder.count)
                if not _near(wanted, min(self._goal, decoder.count - 1)):
                    return

    def _keeps(self, number: int, count: int) -> bool:
        with self._turn:
            return _near(number, min(self._goal, count - 1)) and number not in self._ring

    def _keep(self, number: int, image: QImage, count: int) -> None:
        self._ring[number] = image
        goal = min(self._goal, count - 1)
        for far in [n for n in self._ring if not _near(n, goal)]:
            del self._ring[far]

    def _tell(self, asked: int, told: int, count: int) -> int:
        with self._turn:
            goal = min(self._goal, count - 1)
            ready = goal in self._ring and asked != told and asked == self._asked
        if ready:
            self._emit(self._landed, goal)
            return asked
        return told

    def _emit(self, signal: object, *values: object) -> None:
        try:
            signal.emit(*values)  # type: ignore[attr-defined]
        except RuntimeError:  # the window is gone
            self._closed = True


def _near(frame: int, goal: int) -> bool:
    return abs(frame - goal) <= RING


def _order(goal: int, count: int, ahead: bool) -> Iterator[int]:
    """Yield the frames of the ring, the most urgent first."""
    onward = range(goal, min(count, goal + RING + 1))
    back = range(goal - 1, max(-1, goal - RING - 1), -1)
    if ahead:
        yield from (*onward, *back)
    else:
        yield from (goal, *back, *onward[1:])


class _Decoder:
    """Decodes towards a frame, going on from where it is when that is nearer than the key frame."""

    def __init__(self, container: InputContainer, video: VideoStream, index: Index) -> None:
        video.thread_type = "SLICE"  # frame threads would hold pictures back and make a single seek slow
        self._container, self._video, self._index = container, video, index
        self._numbers = {stamp: number for number, stamp in enumerate(index.stamps)}
        self._next = -1
        self._frames: Iterator[VideoFrame] = iter(())

    @property
    def count(self) -> int:
        """Number of frames."""
        return len(self._index.stamps)

    def towards(self, wanted: int) -> Iterator[tuple[int, VideoFrame]]:
        """Yield numbered frames up to ``wanted``. Raises ValueError when the film breaks off before it."""
        key = self._index.key_at(wanted)
        if not key <= self._next <= wanted:
            self._start_at(key)
        while (found := next(self._frames, None)) is not None:
            number = self._numbers.get(-1 if found.pts is None else found.pts, -1)
            self._next = number + 1
            yield number, found
            if number >= wanted:
                return
        self._next = -1
        raise ValueError(f"frame {wanted} cannot be read")

    def _start_at(self, key: int) -> None:
        """Seek to a frame decoding can start at; from the head when the seek lands after it."""
        for goal in (key, 0):
            self._container.seek(self._index.stamps[goal], stream=self._video)
            frames = self._container.decode(self._video)
            first = next(frames, None)
            if first is not None and self._numbers.get(first.pts or 0, -1) <= key:
                self._frames = chain((first,), frames)
                return
        raise ValueError(f"frame {key} cannot be found")
