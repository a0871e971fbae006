"""The control line of the emulator process: one JSON object in, one out (docs/emulator.md lists the verbs)."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from .truth import describe

if TYPE_CHECKING:
    from .world import World

Request = dict[str, object]
EDITS = (
    "move_item",
    "trim_item",
    "slip_item",
    "delete_item",
    "razor_item",
    "rename_item",
    "set_item",
    "unlink_item",
    "select_take",
    "import_file",
    "delete_media",
)
"""What ``user_edit`` does, the method named in ``edit``, with or without "_item"."""
PLAIN = (
    "set_playhead",
    "select",
    "mark",
    "busy",
    "modal",
    "dismiss_modal",
    "playback",
    "lock_track",
    "switch_timeline",
    "switch_project",
    "deliver_preset",
    "finish_renders",
    "new_run",
)


KNOBS: dict[str, type] = {
    "latency_ms": int,
    "occupied": str,
    "wedged": bool,
    "render_polls": int,
    "foreground": bool,
    "gallery_visible": bool,
    "blocks_switch": bool,
    "unsure_vanish": bool,
    "h264": bool,
    "stale_stills": bool,
}
"""What ``knobs`` sets."""


class Control:
    """Answers requests on one world. ``extra`` adds the verbs of the process around it."""

    def __init__(self, world: World, extra: Mapping[str, Callable[[Request], object]] | None = None) -> None:
        self._world = world
        self._hook_errors: list[str] = []
        self._verbs: dict[str, Callable[[Request], object]] = {
            "state": lambda _: describe(world),
            "hook_errors": lambda _: list(self._hook_errors),
            "calls": lambda _: [vars(call) for call in world.ui.call_log],
            "clear_calls": lambda _: world.ui.call_log.clear(),
            "user_edit": self._user_edit,
            "on_call": self._on_call,
            "knobs": self._knobs,
            **{name: functools.partial(_call, getattr(world.ui, name)) for name in PLAIN},
            **(extra or {}),
        }

    def answer(self, line: str) -> dict[str, object]:
        """Do what a line asks; every failure is an answer with ``ok`` false, nothing is raised."""
        request: object = None
        try:
            request = json.loads(line)
            if not isinstance(request, dict):
                raise ValueError("A request is one JSON object.")
            return {"id": request.get("id"), "ok": True, "result": self.perform(request)}
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            number = request.get("id") if isinstance(request, dict) else None
            return {"id": number, "ok": False, "error": f"{type(error).__name__}: {error}"}

    def perform(self, request: Request) -> object:
        """Run one request. Raises ValueError, TypeError or LookupError when it is wrong."""
        verb = request.get("do")
        if not isinstance(verb, str) or verb not in self._verbs:
            raise ValueError(f"No verb {verb!r}; there are {', '.join(sorted(self._verbs))}.")
        return self._verbs[verb]({key: value for key, value in request.items() if key not in ("id", "do")})

    def _user_edit(self, request: Request) -> object:
        edit = str(request.pop("edit", ""))
        found = next((name for name in EDITS if name in (edit, f"{edit}_item")), None)
        if found is None:
            raise ValueError(f"No edit {edit!r}; there are {', '.join(EDITS)}.")
        return getattr(self._world.ui, found)(**request)

    def _on_call(self, request: Request) -> None:
        then = request.get("then")
        name, when, times = request.get("name"), request.get("when", "before"), request.get("times", 1)
        if not isinstance(then, dict) or not isinstance(name, str) or not isinstance(times, int):
            raise ValueError("on_call needs a name, then (a request) and a whole number of times.")
        if when != "before" and when != "after":
            raise ValueError("on_call: when is 'before' or 'after'.")
        if then.get("do") not in self._verbs:
            raise ValueError(f"No verb {then.get('do')!r} to run then.")
        self._world.ui.on_call(name, when=when, do=lambda: self._later(dict(then)), times=times)

    def _later(self, request: Request) -> None:
        """Run a hook's request: a wrong one is kept for ``hook_errors``, the script must not see it."""
        try:
            self.perform(request)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            self._hook_errors.append(f"{type(error).__name__}: {error}")

    def _knobs(self, request: Request) -> None:
        for key, value in request.items():
            if key not in KNOBS or not isinstance(value, KNOBS[key]):
                raise ValueError(f"No knob {key!r} with the value {value!r}.")
        for key, value in request.items():
            setattr(self._world.ui, key, value)


def _call(method: Callable[..., object], request: Request) -> object:
    return method(**request)
