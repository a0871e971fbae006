"""Emulated Resolves for tests of pages, each with the real agent inside, and what a person does in them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.support.media import card

from takebridge.client.http import BridgeClient
from takebridge.errors import BridgeError, UsageError
from takebridge.timebase import parse_edit_rate
from takebridge_server.demo.actors import Emulator, wait_for_agent

DEFAULT = "resolve"
WIDTH, HEIGHT = 320, 180
_LONGEST_CAMERA = 600
_SHOT_EDITS = {"trim", "move", "slip", "razor", "delete", "rename", "set", "unlink", "select_take"}


class Editors:
    """The emulated editors of one data folder, by name. Safe from threads."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._open: dict[str, tuple[Emulator, str]] = {}
        self._lock = threading.RLock()

    def start(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Start one; returns its session, project and timeline."""
        name = str(asked.get("name", DEFAULT))
        folder = self._home.parent / "editors" / name
        folder.mkdir(parents=True, exist_ok=True)
        spec = asked.get("spec") or shots(folder, asked)
        described = folder / "world.json"
        described.write_text(json.dumps(spec), "utf-8")
        with self._lock, BridgeClient(self._home) as client:
            known = {host["session"] for host in client.get("/api/status")["hosts"]}
            if name in self._open:
                raise UsageError(f"“{name}” runs already.", hint="Give it another name, or stop it.")
            emulator = Emulator(
                described, asked.get("profile", "20.3"), self._home, folder / "log.txt", asked.get("agent", "python")
            )
            host = wait_for_agent(client)
            while host["session"] in known:  # the one that was there before says nothing new
                host = wait_for_agent(client)
            self._open[name] = (emulator, str(host["session"]))
        return {"session": host["session"], "project": spec["project"], "timeline": spec["timeline"]["name"]}

    def do(self, verb: str, asked: dict[str, Any]) -> Any:
        """Do what ``resolve.<verb>`` asks."""
        words = {key: value for key, value in asked.items() if key not in ("id", "do", "name", "shot", "track")}
        with self._lock:
            emulator, _ = self._of(asked)
            if verb == "state":
                return emulator.timeline()
            if verb == "tell":
                return emulator.do(str(words.pop("verb")), **words)
            if verb in _SHOT_EDITS:
                return emulator.do("user_edit", edit=verb, item=_item(emulator, asked), **_plain(verb, words))
            if verb in _PLAIN:
                return _PLAIN[verb](emulator, words)
        raise KeyError(f"resolve.{verb}")

    def stop(self, asked: dict[str, Any], *, crash: bool = False) -> None:
        """End one: its agent says goodbye first, unless it is to crash."""
        with self._lock:
            emulator, session = self._of(asked)
            del self._open[str(asked.get("name", DEFAULT))]
            if crash:
                emulator.kill()
            else:
                with suppress(BridgeError), BridgeClient(self._home) as client:  # the bridge may be another by now
                    client.post(f"/api/hosts/{session}/stop")
            emulator.end()

    def close(self) -> None:
        """End all of them, whatever they do."""
        with self._lock:
            for emulator, _ in self._open.values():
                emulator.kill()
                emulator.end()
            self._open.clear()

    def _of(self, asked: dict[str, Any]) -> tuple[Emulator, str]:
        name = str(asked.get("name", DEFAULT))
        if name not in self._open:
            raise UsageError(f"No editor “{name}” runs.", hint="Start one with resolve.start.")
        return self._open[name]


def shots(folder: Path, asked: dict[str, Any]) -> dict[str, Any]:
    """Describe a timeline of ``clips`` shots side by side on V1, all from one numbered camera file beside it."""
    count, frames = int(asked.get("clips", 5)), int(asked.get("frames", 24))
    rate, step = str(asked.get("rate", "24")), 5
    length = min(_LONGEST_CAMERA, 80 + frames + step * count)
    camera = folder / f"camera_{rate}_{length}.mp4"
    if not camera.exists():
        card(camera, parse_edit_rate(rate), length, width=WIDTH, height=HEIGHT)
    turn = max(1, (length - 80 - frames) // step)
    clips = [
        {
            "kind": "clip",
            "path": str(camera),
            "name": f"shot {number + 1}",
            "track": 1,
            "timeline_start": number * frames,
            "duration": frames,
            "source_start": 40 + step * (number % turn),
            "audio": bool(asked.get("audio", False)),
        }
        for number in range(count)
    ]
    timeline = {
        "name": str(asked.get("timeline", "Cut")),
        "rate": rate,
        "drop_frame": bool(asked.get("drop_frame", False)),
        "start_timecode": str(asked.get("start_timecode", "01:00:00:00")),
        "width": WIDTH,
        "height": HEIGHT,
    }
    more: dict[str, Any] = {key: asked[key] for key in ("locked", "other_timelines", "other_projects") if key in asked}
    project = str(asked.get("project", "Film"))
    return {"project": project, "timeline": timeline, "clips": clips, "marks": [0, count * frames - 1], **more}


def _item(emulator: Emulator, asked: dict[str, Any]) -> str:
    """The item named, or the ``shot``-th picture of a video track as it is now, counted from 1."""
    if "item" in asked:
        return str(asked["item"])
    wanted = ("video", int(asked.get("track", 1)))
    tracks = emulator.timeline()["tracks"]
    items = next(track["items"] for track in tracks if (track["type"], track["index"]) == wanted)
    return str(sorted(items, key=lambda item: int(item["start_record_frame"]))[int(asked["shot"]) - 1]["id"])


def _plain(verb: str, words: dict[str, Any]) -> dict[str, Any]:
    """Arguments of the emulator's own edit; the name it gives a clip is ours for the editor, so ours is ``to``."""
    told = {key: value for key, value in words.items() if key not in ("item", "to")}
    return told | ({"name": words["to"]} if verb == "rename" else {})


_PLAIN: dict[str, Callable[[Emulator, dict[str, Any]], Any]] = {
    "switch": lambda emulator, words: emulator.do("switch_timeline", name=words["timeline"]),
    "lock": lambda emulator, words: emulator.do(
        "lock_track",
        track_type=words.get("type", "video"),
        index=int(words.get("index", 1)),
        locked=bool(words.get("locked", True)),
    ),
    "playhead": lambda emulator, words: emulator.do("set_playhead", timecode=words["timecode"]),
    "select": lambda emulator, words: emulator.do("select", item_ids=words["items"]),
    "slow": lambda emulator, words: emulator.do("knobs", latency_ms=int(words["latency_ms"])),
}
