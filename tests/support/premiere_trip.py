"""A whole production with Premiere: the strict fake, the real agent, a bridge over a data folder, a person."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, cast

from tests.support.generation import PaidProvider, build
from tests.support.premiere_probe import media_facts
from tests.support.premiere_rig import TICKS, PremiereHost
from tests.support.premiere_runner import PremiereRunner
from tests.support.roundtrip_rig import CLIP_FRAMES, CLIP_START, HEIGHT, RATES, WIDTH, RoundTripRig, camera

from takebridge.hosts.port import Host
from takebridge.media.frames import read_frames
from takebridge.media.testcard import read_frame_number
from takebridge.services.bridge import Bridge
from takebridge.services.placing_takes import PutOutcome, PutTakes, put
from takebridge.services.push import PushedClip, PushRequest, push
from takebridge.store.data_folder import DataLayout

Shown = tuple[int, int, str, int]
"""First frame, end, stem of the file, first source frame."""


class PremiereTrip(RoundTripRig):
    """`RoundTripRig` with Premiere as its editor: shots of 24 frames side by side on V1, their sound on A1."""

    def __init__(self, folder: Path, runner: PremiereRunner, label: str, clips: int) -> None:
        self.folder, self.label, self.rate, self.clips, self.runner = folder, label, RATES[label][0], clips, runner
        for name in ("scratch", "media"):
            (folder / "home" / name).mkdir(parents=True, exist_ok=True)
        self.restart()
        self.canvas_id = self.bridge.desk.create("Film").canvas.id
        self.pushed: list[PushedClip] = []
        self.frame = TICKS * self.rate.denominator // self.rate.numerator

    def restart(self) -> None:
        """A new bridge; the panel stays open."""
        self.bridge: Bridge = build(DataLayout(self.folder / "home"), PaidProvider(self.folder, self.folder / "none"))
        self.host = PremiereHost(self.runner)  # type: ignore[assignment]

    @property
    def as_host(self) -> Host:
        """The host as services know it."""
        return cast(Host, self.host)

    def push_all(self) -> list[PushedClip]:
        """Push every shot: all are selected."""
        self.person("select", *(["V1", number] for number in range(self.clips)))
        request = PushRequest(canvas_id=self.canvas_id, mode="selected", process=("upscale",), handles=12)
        self.pushed = asyncio.run(push(self.bridge, self.as_host, request))
        assert len(self.pushed) == self.clips
        return self.pushed

    def put(self, *shots: int, how: Any = "take") -> list[PutOutcome]:
        """Put the pinned takes of shots on the timeline."""
        links = tuple(self.link(shot).id for shot in shots)
        return asyncio.run(put(self.bridge, self.as_host, PutTakes(self.canvas_id, links, how=how)))

    # - the person and the truth

    def person(self, act: str, *args: Any, when: str = "") -> Any:
        """A person does something now, or right before the next call of a member."""
        return self.runner.ask("person", act=act, args=list(args), **({"when": when} if when else {}))

    def track(self, kind: str, index: int) -> list[Shown]:
        """What lies on a track of the open sequence, from the fake's own state."""
        world = self.runner.ask("world")
        project = world["projects"][world["active"]]
        tracks = project["sequences"][project["active"]][kind]
        if index > len(tracks):
            return []
        return [self._shown(project, piece) for piece in tracks[index - 1]["items"]]

    def raw(self, kind: str) -> list[Any]:
        """All that the fake holds of the open sequence's tracks of a kind: ids, links, effects."""
        world = self.runner.ask("world")
        project = world["projects"][world["active"]]
        tracks: list[Any] = project["sequences"][project["active"]][kind]
        return tracks

    def _shown(self, project: dict[str, Any], piece: dict[str, Any]) -> Shown:
        start, end, head = (divmod(int(piece[key]), self.frame) for key in ("start", "end", "in"))
        assert start[1] == end[1] == head[1] == 0, "between two frames"
        return start[0], end[0], Path(project["items"][piece["item"]]["path"]).stem, head[0]

    def pictures(self, index: int, start: int) -> list[tuple[int, int]]:
        """(clip id, frame number) of every frame the clip at ``start`` shows, read from its file."""
        world = self.runner.ask("world")
        project = world["projects"][world["active"]]
        pieces = project["sequences"][project["active"]]["video"][index - 1]["items"]
        piece = next(one for one in pieces if int(one["start"]) == start * self.frame)
        first, length = int(piece["in"]) // self.frame, (int(piece["end"]) - int(piece["start"])) // self.frame
        shown = read_frames(Path(project["items"][piece["item"]]["path"]), first, length)
        return [read_frame_number(picture) for picture in shown]

    def sequences(self) -> list[str]:
        """Names of all sequences of the project."""
        world = self.runner.ask("world")
        return [one["name"] for one in world["projects"][world["active"]]["sequences"].values()]


def film(folder: Path, label: str, clips: int) -> dict[str, Any]:
    """The film as the fake takes it: shot 1, shot 2 … of one camera file, picture and sound."""
    folder.mkdir(exist_ok=True)
    path, rate = str(camera(folder, label)), RATES[label][0]
    shots = [
        {
            "name": f"shot {number + 1}",
            "path": path,
            "start": number * CLIP_FRAMES,
            "length": CLIP_FRAMES,
            "in": CLIP_START + number * 6,
        }
        for number in range(clips)
    ]
    return {
        "project": "Film",
        "name": "Cut",
        "rate": str(rate),
        "dropFrame": RATES[label][1],
        "start": "01:00:00:00",
        "width": WIDTH,
        "height": HEIGHT,
        "media": {path: media_facts(path)},
        "tracks": {"video": [shots], "audio": [shots]},
        "markers": [],
    }
