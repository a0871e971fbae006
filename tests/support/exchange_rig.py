"""An exchange folder in one process: real documents and media files, a bridge, an editor that is a pair of hands."""

from __future__ import annotations

import asyncio
import atexit
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any, cast

from tests.support.generation import PaidProvider, build
from tests.support.roundtrip_rig import CLIP_FRAMES, HEIGHT, RATES, WIDTH, RoundTripRig

from takebridge.cut.model import Clip, Cut, Item, Marker, Media, Span, Track, tile, whole
from takebridge.cut.trip_types import RoundTrip, RoundTripRequest
from takebridge.hosts.exchange import ExchangeFolder
from takebridge.hosts.folder import FolderHost
from takebridge.hosts.folder_scan import LOOKS
from takebridge.hosts.port import Host
from takebridge.interchange.documents import read_cut, write_cut
from takebridge.media.frames import read_frames
from takebridge.media.testcard import read_frame_number, render_test_clip
from takebridge.services.bridge import Bridge
from takebridge.services.exchange import Dealt, Exchange, known_files, meant_by, naming
from takebridge.services.push import PushedClip, PushRequest, push
from takebridge.services.roundtrip import roundtrip
from takebridge.services.runs import Runs
from takebridge.store.data_folder import DataLayout

ENOUGH = max(LOOKS.values())
MEDIA_FRAMES = 260
_BY_NAME = " TakeBridge"
"""Marks a clip where a format's writer keeps no markers (AAF)."""


def source_start(shot: int) -> int:
    """First source frame of a shot, counted from 1: 12 frames between any two."""
    return 20 + 36 * (shot - 1)


@cache
def _footage(label: str) -> Path:
    """The camera file of a rate, made once a run."""
    folder = Path(tempfile.mkdtemp(prefix="takebridge_exchange_"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    rate = RATES[label][0]
    return render_test_clip(
        folder / "camera.mp4", clip_id=1, frame_count=MEDIA_FRAMES, rate=rate, width=WIDTH, height=HEIGHT, audio=True
    )


def camera(folder: Path, label: str) -> Path:
    """One camera file per rate."""
    return shutil.copyfile(_footage(label), folder / "camera.mp4")


class ExchangeRig(RoundTripRig):
    """One exchange folder, one canvas, one bridge; `RoundTripRig` without its editor."""

    def __init__(self, folder: Path, suffix: str = ".fcpxml", *, clips: int = 4, label: str = "25") -> None:
        self.folder, self.label, self.rate, self.clips, self.suffix = folder, label, RATES[label][0], clips, suffix
        self.drop_folder = folder / "Exchange"
        for name in ("media", "Exchange", "home/scratch", "home/media"):
            (folder / name).mkdir(parents=True)
        self.camera = camera(folder / "media", label)
        self.restart()
        self.canvas_id = self.bridge.desk.create("Film").canvas.id
        self.pushed: list[PushedClip] = []

    def restart(self) -> None:
        """A new bridge process; only the data folder and the exchange folder live on."""
        self.bridge: Bridge = build(DataLayout(self.folder / "home"), PaidProvider(self.folder, self.folder / "none"))
        known = partial(known_files, self.bridge)
        self.exchange_host = FolderHost(
            ExchangeFolder(self.drop_folder, known, self.rate), partial(naming, self.bridge)
        )
        self.exchange = Exchange(self.bridge, cast(Runs, None), self.exchange_host)

    @property
    def as_host(self) -> Host:
        """The folder as services know it."""
        return self.exchange_host

    def trip(self, **options: Any) -> RoundTrip:
        """Make a round trip as the command line asks for one."""
        request = RoundTripRequest.model_validate({"canvas_id": self.canvas_id, "dry_run": False, **options})
        host = meant_by(self.bridge, self.as_host, self.canvas_id)
        return asyncio.run(roundtrip(self.bridge, cast(Runs, None), host, request))

    # --- the editor

    def film(self, name: str = "Film v01", *, marked: tuple[int, ...] = (), project: str = "") -> Cut:
        """So many shots of 24 frames side by side, each from another place of the camera file, with their sound."""
        media = Media("camera.mp4", str(self.camera), self.rate, MEDIA_FRAMES, 0)

        def clip(number: int, *, picture: bool) -> Clip:
            start = source_start(number)
            mark = (Marker(at=start + 2, name="TakeBridge please"),) if picture and number in marked else ()
            return Clip(
                f"shot {number}{_BY_NAME if number in marked and self.suffix == '.aaf' else ''}",
                Span.of((number - 1) * CLIP_FRAMES, CLIP_FRAMES),
                media,
                Span.of(start, CLIP_FRAMES),
                link=f"link {number}",
                markers=mark,
            )

        numbers = range(1, self.clips + 1)
        tracks = (
            Track("video", tile([clip(number, picture=True) for number in numbers])),
            Track("audio", tile([clip(number, picture=False) for number in numbers])),
        )
        return Cut(name, self.rate, tracks, width=160, height=90, project_name=project)

    def export(self, cut: Cut, name: str = "") -> Path:
        """Export as editors do: under another name first."""
        path = self.drop_folder / f"{name or cut.name}{self.suffix}"
        work = self.folder / f"export{self.suffix}"
        write_cut(cut, work)
        work.replace(path)
        return path

    def look(self, times: int = ENOUGH) -> list[Dealt]:
        """Look as often as the slowest format needs, and deal with what is new."""

        async def looks() -> list[Dealt]:
            return [ended for _ in range(times) for ended in await self.exchange.step()]

        return asyncio.run(looks())

    def only(self) -> Dealt:
        """Look; one export must be new."""
        (ended,) = self.look()
        return ended

    def push_marked(self) -> list[PushedClip]:
        """Push what the editor marked."""
        request = PushRequest(canvas_id=self.canvas_id, process=("upscale",), handles=12)
        self.pushed = asyncio.run(push(self.bridge, self.as_host, request))
        return self.pushed

    def second(self, first: Cut) -> Dealt:
        """The first shot gets a take, the editor trims it and exports the second version, which is answered."""
        self.take(1, number=2)
        self.export(recut(first, "Film v02", {"shot 1": trim(3, 4)}))
        ended = self.only()
        assert ended.ending == "answered"
        return ended

    def begin(self, marked: tuple[int, ...] = (1, 2, 3, 4)) -> Cut:
        """The first version is exported and its marked clips are pushed."""
        first = self.film(marked=marked)
        self.export(first)
        assert self.only().ending == "new"
        assert len(self.push_marked()) == len(marked)
        return first

    # --- what is in the documents

    def read(self, path: Path | str) -> Cut:
        """Read a document as an editor would."""
        return read_cut(Path(path), rate=self.rate).cut

    def answers(self) -> list[str]:
        """Names of the answers in the folder."""
        return sorted(path.name for path in self.drop_folder.glob("*TakeBridge*"))

    def picture_at(self, cut: Cut, start: int) -> list[tuple[int, int]]:
        """(clip id, frame number) of every frame the picture clip at ``start`` shows, read from its file."""
        clip = next(one for one in cut.tracks[0].clips if one.record.start == start)
        assert clip.media is not None and clip.source is not None
        pictures = read_frames(self.file_of(clip.media), int(clip.source.start), int(clip.record.duration))
        return [read_frame_number(picture) for picture in pictures]

    def file_of(self, media: Media) -> Path:
        """Find a media file as an editor does: by its path, else by its name."""
        if media.location and Path(media.location).exists():
            return Path(media.location)
        stem = Path(media.name).stem.casefold()
        places = [self.camera, *self.bridge.layout.takes.rglob("*")]
        return next(path for path in places if path.stem.casefold() == stem)


# --- an editor's hands ----------------------------------------------------------------------------------


def recut(cut: Cut, name: str, edits: dict[str, Callable[[Clip], list[Clip]]]) -> Cut:
    """Save a cut under another name with edits by clip name: each gives what is there instead."""

    def on(track: Track) -> Track:
        items: list[Item] = []
        for item in track.items:
            name = item.name.removesuffix(_BY_NAME)
            items += edits.get(name, lambda clip: [clip])(item) if isinstance(item, Clip) else []
        return replace(track, items=tile(sorted(items, key=lambda one: one.record.start)))

    return replace(cut, name=name, tracks=tuple(map(on, cut.tracks)))


def trim(head: int, tail: int) -> Callable[[Clip], list[Clip]]:
    """Take frames off a clip's ends."""

    def edit(clip: Clip) -> list[Clip]:
        return [part_of(clip, head, int(clip.record.duration) - tail)]

    return edit


def razor(at: int) -> Callable[[Clip], list[Clip]]:
    """Cut a clip in two, so many frames after its start."""
    return lambda clip: [part_of(clip, 0, at), part_of(clip, at, int(clip.record.duration))]


def slip(frames: int) -> Callable[[Clip], list[Clip]]:
    """Show later frames in the same place."""

    def edit(clip: Clip) -> list[Clip]:
        takes = tuple(replace(t, source=t.source.shifted(frames) if t.source else None) for t in clip.takes)
        return [replace(clip, source=clip.source.shifted(frames) if clip.source else None, takes=takes)]

    return edit


def move(frames: int) -> Callable[[Clip], list[Clip]]:
    """Put a clip elsewhere."""
    return lambda clip: [replace(clip, record=clip.record.shifted(frames))]


def gone(_clip: Clip) -> list[Clip]:
    """Delete a clip."""
    return []


def part_of(clip: Clip, first: int, end: int) -> Clip:
    """The frames ``first`` to ``end`` of a clip, where they were."""

    def cut(span: Span | None) -> Span | None:
        return Span.of(whole(span.start + first), end - first) if span else None

    record = Span.of(clip.record.start + first, end - first)
    takes = tuple(replace(take, source=cut(take.source)) for take in clip.takes)
    return replace(clip, record=record, source=cut(clip.source), takes=takes)


def shifted(cut: Cut, frames: int) -> Cut:
    """Let a cut begin so many frames earlier."""
    items = lambda track: tile([replace(clip, record=clip.record.shifted(frames)) for clip in track.clips])  # noqa: E731
    return replace(cut, start=cut.start - frames, tracks=tuple(replace(t, items=items(t)) for t in cut.tracks))
