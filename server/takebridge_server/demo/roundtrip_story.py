"""The round trip's demo: an editor and a canvas both change a cut, and both are right.

Real processes: a bridge server, and an emulated Resolve with the real agent inside. What counts in the end is read
from the editor's own state and from the files, not from what the bridge says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table

from takebridge.client.api import Api
from takebridge.client.http import BridgeClient
from takebridge.cut.trip_types import RoundTrip, RoundTripRequest
from takebridge.errors import JobFailedError
from takebridge.ids import CanvasId
from takebridge.media.frames import read_frames
from takebridge.media.testcard import read_frame_number
from takebridge_server import show_roundtrip
from takebridge_server.demo import roundtrip_cut as cut
from takebridge_server.demo.actors import Emulator, Server, wait_for_agent
from takebridge_server.demo.checks import Verdict
from takebridge_server.demo.story import fresh_folder
from takebridge_server.watch import watch_job, with_progress

WIDTH = 120
_CONFLICTS = 1
_MADE = {
    cut.place_of(cut.SHOT_3)[0] + cut.TRIM_HEAD: "the canvas's take, in the editor's timing",
    cut.place_of(cut.SHOT_8)[0]: "put back, with its new take",
}


@dataclass
class Stage:
    """What the acts share. ``record`` keeps everything that is told."""

    out: Path
    emulator: Emulator
    api: Api
    console: Console | None
    canvas: CanvasId
    verdict: Verdict = field(default_factory=Verdict)
    record: Console = field(default_factory=lambda: Console(record=True, file=open_nowhere(), width=WIDTH))

    def say(self, what: RenderableType) -> None:
        """Tell the audience, and the transcript."""
        self.record.print(what)
        if self.console is not None:
            self.console.print(what)


class _Nowhere:
    """A file that keeps nothing: the record is taken from the console itself."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""


def open_nowhere() -> Any:  # noqa: ANN401 - a file for rich
    """Return a file that keeps nothing."""
    return _Nowhere()


def tell(out: Path, profile: str, console: Console | None) -> Verdict:
    """Run the demo and return its verdict; everything made is in ``out``."""
    out = out.absolute()
    data = fresh_folder(out / "data")
    spec = data / "timeline.json"
    spec.write_text(json.dumps(cut.timeline_spec(cut.camera(data))), "utf-8")
    home = data / "bridge"
    with (
        Server(home, out / "server.log"),
        Emulator(spec, profile, home, out / "emulator.log") as emulator,
        BridgeClient(home) as client,
    ):
        wait_for_agent(client)
        api = Api(client)
        stage = Stage(out, emulator, api, console, api.create_canvas("Round trip").canvas.id)
        _acts(stage)
    (out / "transcript.txt").write_text(stage.record.export_text(), "utf-8")
    stage.verdict.files["Transcript"] = str(out / "transcript.txt")
    if console is not None:
        for what, path in stage.verdict.files.items():
            console.print(f"{what}: {path}")
    return stage.verdict


def _acts(stage: Stage) -> None:
    shots = _out_they_go(stage)
    _export(stage, "before")
    stage.say("\n[bold]2[/bold]  Meanwhile in the editor, a person")
    cut.edit(stage.emulator)
    for words in cut.EDITS:
        stage.say(f"     {words}.")
    edited = stage.emulator.timeline()
    stage.say(_table("The editor's cut now", edited, cut.edits_seen()))
    takes = _on_the_canvas(stage, shots)
    stage.verdict.same("the timeline, left alone by the canvas", _items(edited), _items(stage.emulator.timeline()))
    edited = stage.emulator.timeline()
    planned = _dry_run(stage, edited)
    done = _apply(stage, planned)
    after = stage.emulator.timeline()
    stage.say(_table("The cut after the round trip", after, cut.edits_seen() | _MADE))
    _verify(stage, edited, after, done, takes)
    _export(stage, "after")
    _again(stage, after)
    stage.say(stage.verdict.table())
    said = "[green]Everything as expected.[/green]" if stage.verdict.passed else "[red]Something is off.[/red]"
    stage.say(said)


def _out_they_go(stage: Stage) -> list[dict[str, Any]]:
    body = {"canvas_id": stage.canvas, "mode": "marks", "process": ["upscale"], "handles": cut.HANDLES}
    shots = list(stage.api.client.post("/api/clips/push", body))
    names = ", ".join(clip["link"]["shot"] for clip in shots)
    stage.say(f"[bold]1[/bold]  Pushed {len(shots)} shots: {names}. The cut as it is now is the base.")
    return shots


def _on_the_canvas(stage: Stage, shots: list[dict[str, Any]]) -> dict[int, str]:
    """The canvas makes shot 8 anew, and shot 3 twice: its longer take is the one that is pinned in the end."""
    stage.say("\n[bold]3[/bold]  Meanwhile on the canvas, offline and free,")
    takes: dict[int, str] = {}
    takes[cut.SHOT_8] = _generate(stage, shots[cut.SHOT_8 - 1])
    stage.say("     shot 8 is made anew.")
    _generate(stage, shots[cut.SHOT_3 - 1])
    given, longer = _push_longer(stage, shots[cut.SHOT_3 - 1])
    takes[cut.SHOT_3] = _generate(stage, shots[cut.SHOT_3 - 1])
    stage.say(f"     shot 3 gets a longer source, {longer} frames instead of {given}, and its longer take is pinned.")
    return takes


def _push_longer(stage: Stage, shot: dict[str, Any]) -> tuple[int, int]:
    """Give shot 3 a longer source, with the handles a longer take is made from."""
    place = cut.place_of(cut.SHOT_3)[0] + cut.TRIM_HEAD
    at = stage.emulator.timeline()["start_record_frame"] + place
    stage.emulator.do("set_playhead", timecode=_timecode(at + 1))
    body = {"canvas_id": stage.canvas, "mode": "playhead", "process": [], "handles": cut.LONGER}
    longer = stage.api.client.post("/api/clips/push", body)[0]
    shown = cut.FRAMES - cut.TRIM_HEAD - cut.TRIM_TAIL
    wanted = shown + 2 * cut.LONGER
    stage.verdict.became("shot 3: frames given to its node", shot["frames"], longer["frames"], wanted, "bridge")
    return shot["frames"], longer["frames"]


def _timecode(frame: int) -> str:
    seconds, frames = divmod(frame, 24)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}:{frames:02}"


def _generate(stage: Stage, shot: dict[str, Any]) -> str:
    job = stage.api.client.post(
        "/api/jobs", {"canvas_id": stage.canvas, "node_id": shot["nodes"]["upscale"], "max_micros": 0}
    )
    done = watch_job(stage.api.client, job["job"], stage.console)
    if done["state"] != "done":
        raise JobFailedError(f"The take was not made: {done['error']['message']}", hint=done["error"]["hint"])
    return str(done["take"])


# --- the trip -------------------------------------------------------------------------------------------


def _dry_run(stage: Stage, edited: dict[str, Any]) -> RoundTrip:
    stage.say("\n[bold]4[/bold]  takebridge roundtrip --dry-run")
    planned = stage.api.roundtrip(RoundTripRequest(canvas_id=stage.canvas))
    stage.say(show_roundtrip.roundtrip(planned))
    stage.verdict.same("the timeline after the dry run", edited, stage.emulator.timeline())
    named = [one.name for one in planned.conflicts]
    stage.verdict.became("conflicts to decide: shot 8", 0, len(named), _CONFLICTS * (named == ["shot 8"]), "bridge")
    asked = [(one.shot, one.kind) for one in planned.requests]
    stage.verdict.became("shot 3: its longer take is named", "", asked == [("SH030", "slot")], True, "bridge")
    return planned


def _apply(stage: Stage, planned: RoundTrip) -> RoundTrip:
    chosen = {one.id: "canvas" for one in planned.conflicts}
    said = " ".join(f"--choose {quote(f'{key}=canvas')}" for key in chosen)
    stage.say(f"\n[bold]5[/bold]  The editor wants shot 8 back after all: takebridge roundtrip {said}")
    request = RoundTripRequest.model_validate({"canvas_id": stage.canvas, "dry_run": False, "choices": chosen})
    done = with_progress(stage.api.client, stage.console, lambda: stage.api.roundtrip(request))
    stage.say(show_roundtrip.roundtrip(done))
    if done.trip is not None:
        copied = stage.emulator.do("calls")
        names = [call["name"] for call in copied if call["name"] in ("DuplicateTimeline", "DeleteTimelines")]
        stage.verdict.became(
            "safety copy: made, and deleted after", "", names, ["DuplicateTimeline", "DeleteTimelines"]
        )
        stage.say("     before the first step: a safety copy of the timeline")
        for number, step in enumerate(done.trip.steps, 1):
            stage.say(f"     step {number}: {step}")
        stage.say("     then: the timeline read afresh and compared with the merged cut, the safety copy deleted")
    stage.verdict.became("the trip", "planned", done.outcome, "applied", "bridge")
    return done


def _verify(
    stage: Stage, edited: dict[str, Any], after: dict[str, Any], done: RoundTrip, takes: dict[int, str]
) -> None:
    verdict, start = stage.verdict, after["start_record_frame"]
    old = {item["id"]: item for item in cut.pictures(edited)}
    items = {item["start_record_frame"] - start: item for item in cut.pictures(after)}
    places = sorted((at, item["end_record_frame"] - start) for at, item in items.items())
    verdict.became("places of all clips", len(old), places, cut.expected_places())
    third = items[cut.place_of(cut.SHOT_3)[0] + cut.TRIM_HEAD]
    eighth = items[cut.place_of(cut.SHOT_8)[0]]
    canvas = stage.api.canvas(stage.canvas).canvas
    for shot, item, first in (
        (cut.SHOT_3, third, cut.source_of(cut.SHOT_3) + cut.TRIM_HEAD),
        (cut.SHOT_8, eighth, cut.source_of(cut.SHOT_8)),
    ):
        link = next(one for one in _links(stage) if one["shot"] == f"SH0{shot}0")
        files = [one["path"] for one in _deliveries(stage, link) if one["take_id"] == takes[shot]]
        verdict.became(f"shot {shot} shows its pinned take", "camera.mp4", item["media_path"] in files, True)
        count = item["end_record_frame"] - item["start_record_frame"]
        shown = _numbers(item["media_path"], item["left_offset"], count)
        verdict.became(f"shot {shot}: numbers in its pictures", "", shown, list(range(first, first + count)), "file")
        verdict.became(f"shot {shot}: the take is on the canvas", "", takes[shot] in canvas.takes, True, "bridge")
    verdict.same("shot 3: its look", old[third["id"]]["look"], third["look"])
    untouched = [one for one in items.values() if one["id"] not in (third["id"], eighth["id"])]
    verdict.same("all other clips", [old[one["id"]] for one in untouched], untouched)
    verdict.became("sound: every clip is where it was", "", _sound(edited) <= _sound(after), True)
    gained = sorted((start_, end) for start_, end, *_ in _sound(after) - _sound(edited))
    first, last = cut.place_of(cut.SHOT_8)
    verdict.became("sound: shot 8's is back", 0, gained, [(start + first, start + last)])
    names = [one["name"] for one in stage.emulator.do("state")["timelines"]]
    verdict.became("timelines left", 1, len(names), 1)
    verdict.became(
        "steps carried out", "", done.trip.done if done.trip else 0, len(done.trip.steps) if done.trip else 1
    )


def _sound(timeline: dict[str, Any]) -> set[tuple[int, int, str, int]]:
    tracks = [track for track in timeline["tracks"] if track["type"] == "audio"]
    return {
        (item["start_record_frame"], item["end_record_frame"], item["media_path"], item["source_start"])
        for track in tracks
        for item in track["items"]
    }


def _numbers(path: str, start: int, count: int) -> list[int]:
    return [read_frame_number(picture)[1] for picture in read_frames(Path(path), start, count)]


def _links(stage: Stage) -> list[dict[str, Any]]:
    return list(stage.api.client.get("/api/clips/links", canvas_id=stage.canvas))


def _deliveries(stage: Stage, link: dict[str, Any]) -> list[dict[str, Any]]:
    return list(stage.api.client.get(f"/api/clips/links/{link['id']}/deliveries"))


def _again(stage: Stage, after: dict[str, Any]) -> None:
    stage.say("\n[bold]6[/bold]  takebridge roundtrip, once more")
    again = stage.api.roundtrip(RoundTripRequest(canvas_id=stage.canvas, dry_run=False))
    stage.say(show_roundtrip.roundtrip(again))
    stage.verdict.became("a second trip", "applied", again.outcome, "nothing", "bridge")
    stage.verdict.same("the timeline after the second trip", after, stage.emulator.timeline())


# --- what is shown --------------------------------------------------------------------------------------


def _items(timeline: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for track in timeline["tracks"] for item in track["items"]]


def _table(title: str, timeline: dict[str, Any], notes: Mapping[int, str]) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="dim")
    for column in ("frames", "name", "file", "from frame", ""):
        table.add_column(column)
    for row in cut.rows(timeline, notes):
        table.add_row(*row)
    return table


def _export(stage: Stage, name: str) -> None:
    path = stage.out / f"{name}.otio"
    stage.api.client.post("/api/clips/export", {"path": str(path)})
    stage.verdict.files[f"Timeline {name}"] = str(path)
