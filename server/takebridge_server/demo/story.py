"""The story the demo tells, step by step, and what it reads back after each."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from takebridge.client.http import BridgeClient
from takebridge.errors import JobFailedError, UsageError
from takebridge.store.data_folder import DataLayout
from takebridge.store.ledger import Ledger
from takebridge_server.demo import lua_act, pictures
from takebridge_server.demo.actors import Emulator, Server, wait_for_agent
from takebridge_server.demo.checks import Verdict
from takebridge_server.demo.footage import Footage, prepare, timeline_spec
from takebridge_server.watch import live, watch_job, with_progress

SHOT_INDEX = 1
_FRAMES_BEFORE_CRASH = 3


@dataclass(slots=True)
class Stage:
    """What the acts share."""

    out: Path
    home: Path
    footage: list[Footage]
    emulator: Emulator
    client: BridgeClient
    console: Console | None
    verdict: Verdict

    def say(self, text: str) -> None:
        """Tell the audience."""
        if self.console is not None:
            self.console.print(text)


def tell(media: list[Path], out: Path, profile: str, console: Console | None) -> Verdict:
    """Run the demo and return its verdict; everything made is in ``out``. Raises BridgeErrors for unfit footage."""
    out = out.absolute()
    data = fresh_folder(out / "data")
    footage = prepare(media, data)
    spec = data / "timeline.json"
    spec.write_text(json.dumps(timeline_spec(footage)), "utf-8")
    home, verdict = data / "bridge", Verdict()
    server = Server(home, out / "server.log")
    try:
        with Emulator(spec, profile, home, out / "emulator.log") as emulator:
            with BridgeClient(home) as client:
                stage = Stage(out, home, footage, emulator, client, console, verdict)
                canvas_id, clip = _first_half(stage, server.url)
                job = _crash_point(stage, canvas_id, clip)
            server.kill()
            stage.say(f"[bold]6[/bold]  The server was killed (SIGKILL, process {server.pid}) in the middle of it.")
            server.end()
            server = Server(home, out / "server.log")
            with BridgeClient(home) as client:
                stage.client = client
                _after_crash(stage, canvas_id, clip, job)
        with BridgeClient(home) as client:
            if lua_act.can_play():
                verdict.facts += lua_act.play(client, canvas_id, footage, out, home, stage.say).facts
            else:
                stage.say("[bold]8[/bold]  Left out: the Lua agent's act needs the package “lupa”.")
    finally:
        server.end()
    if console is not None:
        _close(console, verdict)
    return verdict


def fresh_folder(folder: Path) -> Path:
    """Make the folder anew. What an earlier demo left is removed, what anybody else put there is not."""
    marker = folder / "takebridge-demo"
    if folder.exists() and not marker.exists():
        raise UsageError(f"{folder} is not from an earlier demo.", hint="Choose another folder with --out.")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True)
        marker.touch()
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be made: {error.strerror}.", hint="Choose a folder of your own with --out."
        ) from error
    return folder


def _close(console: Console, verdict: Verdict) -> None:
    console.print(verdict.table())
    for what, path in verdict.files.items():
        console.print(f"{what}: {path}")
    console.print("[green]Everything as expected.[/green]" if verdict.passed else "[red]Something is off.[/red]")


def _first_half(stage: Stage, url: str) -> tuple[str, dict[str, Any]]:
    """Acts 1 to 4: push, generate, pull, repeat, look."""
    host = wait_for_agent(stage.client)
    timeline = host["timeline"]
    stage.say(
        f"[bold]1[/bold]  Server at {url}; agent in {host['product']} {host['version']} ({host['edition']}), "
        f"timeline “{timeline['timeline_name']}” at {timeline['rate']}, start frame {timeline['start_record_frame']}."
    )
    canvas_id = str(stage.client.post("/api/canvases", {"title": "Demo"})["canvas"]["id"])
    before = stage.emulator.timeline()
    clip = _push(stage, canvas_id)
    takes = _generate(stage, canvas_id, clip)
    reports = _pull(stage, clip, takes)
    after = stage.emulator.timeline()
    compare_timelines(stage.verdict, before, after, reports)
    pictures.check_frames(stage.verdict, stage.footage[SHOT_INDEX], clip, reports)
    _repeat(stage, clip, takes["upscale"], after)
    _write_results(stage, clip, reports)
    return canvas_id, clip


def _push(stage: Stage, canvas_id: str) -> dict[str, Any]:
    body = {"canvas_id": canvas_id, "mode": "playhead", "process": ["upscale", "previz"]}
    clip = dict(stage.client.post("/api/clips/push", body)[0])
    again = stage.client.post("/api/clips/push", body)[0]
    link = clip["link"]
    stage.say(
        f"[bold]2[/bold]  Pushed “{clip['name']}” as {link['shot']}: {clip['frames']} frames, "
        f"handles {clip['head']}+{clip['tail']} of {clip['asked']}+{clip['asked']} asked."
    )
    stage.verdict.became("push again makes nothing", "", again["repeated"], True, "bridge")
    return clip


def _generate(stage: Stage, canvas_id: str, clip: dict[str, Any]) -> dict[str, str]:
    """Return the take of each step. The previz gets words to draw and a picture to refer to."""
    node = clip["nodes"]["previz"]
    picture = pictures.reference_still(stage.footage[-1], stage.home.parent / "reference.png")
    stage.client.post(f"/api/canvases/{canvas_id}/references", {"path": str(picture), "feeds": node})
    words = {"prompt": "The same place an hour later, slow push in", "title": clip["link"]["shot"]}
    settings = {**words, "style": "kenburns", "seed": 7}
    ops = [{"op": "set_param", "node": node, "name": name, "value": value} for name, value in settings.items()]
    stage.client.post(f"/api/canvases/{canvas_id}/ops", {"ops": ops})
    takes = {}
    for step in ("previz", "upscale"):
        job = stage.client.post("/api/jobs", {"canvas_id": canvas_id, "node_id": clip["nodes"][step]})
        done = watch_job(stage.client, job["job"], stage.console)
        if done["state"] != "done":
            raise JobFailedError(f"{step}: {done['error']['message']}", hint=done["error"]["hint"])
        takes[step] = str(done["take"])
        stage.say(f"[bold]3[/bold]  {done['model']} made a take of {done['total']} frames.")
    return takes


def _pull(stage: Stage, clip: dict[str, Any], takes: dict[str, str]) -> dict[str, dict[str, Any]]:
    reports = {}
    for step, select in (("previz", False), ("upscale", True)):
        body = {"link_id": clip["link"]["id"], "take_id": takes[step], "select": select}
        work = partial(stage.client.post, "/api/clips/pull", body)
        report = reports[step] = dict(with_progress(stage.client, stage.console, work))
        shown = "selected" if select else "added"
        name = Path(report["path"]).name
        stage.say(f"[bold]4[/bold]  {name} is take {report['takes_after']} in the editor, {shown}.")
    return reports


def _repeat(stage: Stage, clip: dict[str, Any], take: str, after: dict[str, Any]) -> None:
    body = {"link_id": clip["link"]["id"], "take_id": take}
    again = stage.client.post("/api/clips/pull", body)
    stage.verdict.became("pull again changes nothing", "", not again["changed"], True, "bridge")
    stage.verdict.same("timeline after the repeated pull", after, stage.emulator.timeline())


def compare_timelines(
    verdict: Verdict, before: dict[str, Any], after: dict[str, Any], reports: dict[str, dict[str, Any]]
) -> None:
    """Compare the editor's own state before the trip and after it."""
    old, new = _clip(before), _clip(after)
    verdict.same("record range of the clip", _range(old), _range(new))
    verdict.same("duration in frames", old["duration"], new["duration"])
    verdict.became("native takes", len(old["takes"]), len(new["takes"]), 3)
    verdict.became("selected take", old["selected_take"], new["selected_take"], 3)
    verdict.became("media shown", _name(old), _name(new), Path(reports["upscale"]["path"]).name)
    verdict.became("media of take 2", "", Path(_take(new, 2)["media_path"]).name, Path(reports["previz"]["path"]).name)
    used = (_take(new, 3)["start"], _take(new, 3)["end"])
    wanted = (reports["upscale"]["head"], reports["upscale"]["head"] + new["duration"])
    verdict.became("frames of take 3 in use", "", used, wanted)
    verdict.became("source in of the take", old["left_offset"], new["left_offset"], reports["upscale"]["head"])
    verdict.same("transform, colour, grade, enabled", old["look"], new["look"])
    verdict.same("linked sound", old["linked"], new["linked"])
    verdict.same("neighbours and sound tracks", _others(before, old), _others(after, new))


def _clip(timeline: dict[str, Any]) -> dict[str, Any]:
    video = next(track for track in timeline["tracks"] if track["type"] == "video" and track["index"] == 1)
    return dict(video["items"][SHOT_INDEX])


def _take(item: dict[str, Any], index: int) -> dict[str, Any]:
    """Return the take with this 1-based index; an empty one when there is none, so that the comparison says so."""
    nothing = {"media_path": "", "start": None, "end": None}
    return next((dict(take) for take in item["takes"][index - 1 : index]), nothing)


def _others(timeline: dict[str, Any], clip: dict[str, Any]) -> list[Any]:
    return [[t["type"], t["index"], [i for i in t["items"] if i["id"] != clip["id"]]] for t in timeline["tracks"]]


def _range(item: dict[str, Any]) -> tuple[int, int]:
    return item["start_record_frame"], item["end_record_frame"]


def _name(item: dict[str, Any]) -> str:
    return Path(item["media_path"]).name


def _write_results(stage: Stage, clip: dict[str, Any], reports: dict[str, dict[str, Any]]) -> None:
    timeline = stage.out / "demo.otio"
    losses = stage.client.post("/api/clips/export", {"path": str(timeline)})["losses"]
    stage.verdict.became("timeline written as OTIO, losses", "", len(losses), 0, "file")
    sheet = pictures.contact_sheet(stage.footage[SHOT_INDEX], clip, reports, stage.out / "contact-sheet.png")
    stage.verdict.files |= {"Timeline": str(timeline), "Contact sheet": str(sheet)}


# --- the crash ------------------------------------------------------------------------------------------


def _crash_point(stage: Stage, canvas_id: str, clip: dict[str, Any]) -> str:
    """Start another generation and return when it is well under way."""
    job = stage.client.post("/api/jobs", {"canvas_id": canvas_id, "node_id": clip["nodes"]["upscale"]})["job"]
    with live(stage.client) as socket:
        for text in socket:
            event = json.loads(text)
            if event.get("topic") == "job.progress" and event["data"]["done"] >= _FRAMES_BEFORE_CRASH:
                stage.say(
                    f"[bold]5[/bold]  Another upscale is at frame {event['data']['done']} of {event['data']['total']}."
                )
                return str(job)
            if event.get("topic") == "job.changed" and event["data"]["state"] in ("done", "failed"):
                break
    raise JobFailedError("The second generation ended before it could be interrupted.", hint="Run the demo again.")


def _after_crash(stage: Stage, canvas_id: str, clip: dict[str, Any], job: str) -> None:
    done = watch_job(stage.client, job, stage.console)
    stage.say(f"[bold]7[/bold]  Restarted: the job is {done['state']}; it was submitted {done['starts']} time(s).")
    verdict = stage.verdict
    verdict.became("job after SIGKILL and restart", "running", done["state"], "done", "bridge")
    verdict.became("submitted to the provider", "1 time", done["starts"], 1, "bridge")
    takes = stage.client.get(f"/api/canvases/{canvas_id}")["canvas"]["takes"].values()
    made = [take for take in takes if take["job_id"] == job]
    verdict.became("takes of that job", 0, len(made), 1, "bridge")
    verdict.became(
        "takes of the upscale node", 1, sum(t["node_id"] == clip["nodes"]["upscale"] for t in takes), 2, "bridge"
    )
    host = wait_for_agent(stage.client)
    verdict.became("agent found the new server by itself", "", host["alive"], True, "bridge")
    ledger = Ledger(DataLayout(stage.home).ledger_db)
    try:
        entries = [(entry.token, entry.state) for entry in ledger.all()]
    finally:
        ledger.close()
    states = {state for _, state in entries}
    verdict.became("state of all ledger entries", "", ", ".join(sorted(states)), "settled", "file")
    verdict.became("ledger entries of that job", "", sum(token == job for token, _ in entries), 1, "file")
