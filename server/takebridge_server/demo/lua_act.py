"""The last act of the demo: the free edition that runs no Python, with the Lua agent and its mailbox."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from takebridge.client.http import BridgeClient
from takebridge.errors import JobFailedError
from takebridge_server.demo.actors import Emulator, wait_for_agent
from takebridge_server.demo.checks import Verdict
from takebridge_server.demo.footage import Footage, timeline_spec
from takebridge_server.watch import watch_job

PROFILE = "21.1 free"
SHOT_INDEX = 1


def can_play() -> bool:
    """Whether the emulator can run Lua here: its runtime is a package for development, not for editing films."""
    return find_spec("lupa") is not None


def play(
    client: BridgeClient, canvas_id: str, footage: list[Footage], out: Path, home: Path, say: Callable[[str], None]
) -> Verdict:
    """Push, generate and pull in a Resolve whose only script is the Lua agent; return what was read back."""
    spec = out / "data" / "lua_timeline.json"
    spec.write_text(json.dumps({**timeline_spec(footage), "project": "Demo on the free edition"}), "utf-8")
    verdict = Verdict()
    with Emulator(spec, PROFILE, home, out / "emulator_lua.log", agent="lua") as emulator:
        host = wait_for_agent(client, "takebridge-lua")
        say(f"[bold]8[/bold]  {host['product']} {host['version']} ({host['edition']}) runs no Python: the Lua agent.")
        before = emulator.timeline()
        clip = client.post("/api/clips/push", {"canvas_id": canvas_id, "mode": "playhead", "process": ["previz"]})[0]
        take = _generate(client, canvas_id, clip)
        report = client.post("/api/clips/pull", {"link_id": clip["link"]["id"], "take_id": take})
        again = client.post("/api/clips/pull", {"link_id": clip["link"]["id"], "take_id": take})
        _compare(verdict, before, emulator.timeline(), report)
    name = Path(report["path"]).name
    say(f"[bold]9[/bold]  {clip['link']['shot']}: {name} went through the mailbox and is take {report['takes_after']}.")
    verdict.became("Lua: the agent is", "", host["agent"], "takebridge-lua", "bridge")
    verdict.became("Lua: pull again changes nothing", "", not again["changed"], True, "bridge")
    return verdict


def _generate(client: BridgeClient, canvas_id: str, clip: dict[str, Any]) -> str:
    node = clip["nodes"]["previz"]
    settings = {"prompt": "The same place in the rain", "title": clip["link"]["shot"], "style": "kenburns", "seed": 11}
    ops = [{"op": "set_param", "node": node, "name": name, "value": value} for name, value in settings.items()]
    client.post(f"/api/canvases/{canvas_id}/ops", {"ops": ops})
    done = watch_job(client, client.post("/api/jobs", {"canvas_id": canvas_id, "node_id": node})["job"], None)
    if done["state"] != "done":
        raise JobFailedError(f"previz: {done['error']['message']}", hint=done["error"]["hint"])
    return str(done["take"])


def _compare(verdict: Verdict, before: dict[str, Any], after: dict[str, Any], report: dict[str, Any]) -> None:
    old, new = _clip(before), _clip(after)
    place = ("start_record_frame", "end_record_frame")
    verdict.same("Lua: record range of the clip", [old[key] for key in place], [new[key] for key in place])
    verdict.became("Lua: native takes", len(old["takes"]), len(new["takes"]), 2)
    verdict.became("Lua: media shown", _name(old), _name(new), Path(report["path"]).name)
    verdict.same("Lua: transform, colour, grade, enabled", old["look"], new["look"])
    verdict.same("Lua: neighbours and sound tracks", _others(before, old), _others(after, new))


def _clip(timeline: dict[str, Any]) -> dict[str, Any]:
    video = next(track for track in timeline["tracks"] if track["type"] == "video" and track["index"] == 1)
    return dict(video["items"][SHOT_INDEX])


def _others(timeline: dict[str, Any], clip: dict[str, Any]) -> list[Any]:
    return [[t["type"], t["index"], [i for i in t["items"] if i["id"] != clip["id"]]] for t in timeline["tracks"]]


def _name(item: dict[str, Any]) -> str:
    return Path(item["media_path"]).name
