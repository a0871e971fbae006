"""Every action of the panel with its keys: the one list that menus, tooltips, the ``?`` sheet and tests read.

Keys are written as Qt's portable text. ``weight`` says what an action touches: ``show`` only looks, ``rate`` marks a
take, ``edit`` changes the cut, ``spend`` may cost money. Nothing that edits or spends sits on a bare letter, so a key
that was meant for the editor's window can do no harm here (review_ux §2.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Weight = Literal["show", "rate", "edit", "spend"]


@dataclass(frozen=True, slots=True)
class Action:
    """One action: ``name`` for code, ``title`` for people, ``keys`` as they ship, ``group`` of the ``?`` sheet."""

    name: str
    title: str
    group: str
    keys: tuple[str, ...]
    weight: Weight = "show"


PLAY, TAKES, RATE, COMPARE, CUT, WINDOW = "Play", "Takes", "Rate", "Compare", "Timeline and canvas", "Window"

_LIST = (
    Action("play", "Play or stop", PLAY, ("Space",)),
    Action("shuttle_back", "Play backwards; again is faster", PLAY, ("J",)),
    Action("shuttle_stop", "Stop; held with J or L: slow", PLAY, ("K",)),
    Action("shuttle_on", "Play forwards; again is faster", PLAY, ("L",)),
    Action("frame_back", "One frame back", PLAY, ("Left",)),
    Action("frame_on", "One frame on", PLAY, ("Right",)),
    Action("leap_back", "Ten frames (or a second) back", PLAY, ("Shift+Left",)),
    Action("leap_on", "Ten frames (or a second) on", PLAY, ("Shift+Right",)),
    Action("first_frame", "First frame", PLAY, ("Home",)),
    Action("last_frame", "Last frame", PLAY, ("End",)),
    Action("note_before", "Previous note or marker", PLAY, (",",)),
    Action("note_after", "Next note or marker", PLAY, (".",)),
    Action("mark_in", "Best range starts here", PLAY, ("I",), "rate"),
    Action("mark_out", "Best range ends here", PLAY, ("O",), "rate"),
    Action("clear_marks", "Clear the best range", PLAY, ("Alt+X",), "rate"),
    Action("play_around", "Play with the shots either side", PLAY, ("/",)),
    Action("take_before", "Previous take, same frame", TAKES, ("Up",)),
    Action("take_after", "Next take, same frame", TAKES, ("Down",)),
    *(Action(f"slot_{n}", f"Show take in slot {n}", TAKES, (f"Alt+{n}",)) for n in range(1, 10)),
    Action("pin", "Pin the ringed take", TAKES, ("Return", "Enter"), "edit"),
    Action("keep_as_is", "Keep as is", TAKES, ("Ctrl+Shift+A",), "edit"),
    Action("lock", "Lock or unlock the node", TAKES, ("Ctrl+Shift+L",), "edit"),
    Action("note", "Note at this frame", TAKES, ("M",), "rate"),
    Action("stars_0", "No stars", RATE, ("0",), "rate"),
    *(Action(f"stars_{n}", f"{n} star" + ("s" if n > 1 else ""), RATE, (str(n),), "rate") for n in range(1, 5)),
    Action("stars_5", "4 stars, the most: for hands used to five", RATE, ("5",), "rate"),
    Action("pick", "Pick", RATE, ("P",), "rate"),
    Action("reject", "Reject: hides, never deletes", RATE, ("X",), "rate"),
    Action("unrate", "Clear pick and reject", RATE, ("U",), "rate"),
    Action("compare", "Compare on or off", COMPARE, ("C",)),
    Action("flip", "Flip between A and B", COMPARE, ("Q",)),
    Action("wipe", "Wipe", COMPARE, ("W",)),
    Action("difference", "Difference", COMPARE, ("D",)),
    Action("hold", "Hold this take as A", COMPARE, ("H",)),
    Action("sheet", "All takes on one sheet", COMPARE, ("N",)),
    Action("full_window", "Full window", COMPARE, ("F",)),
    Action("one_to_one", "1:1", COMPARE, ("Z",)),
    Action("fit", "Fit", COMPARE, ("Shift+Z",)),
    Action("push", "Push clip to canvas", CUT, ("Ctrl+Shift+P",), "edit"),
    Action("generate", "Generate a take: plan and price first", CUT, ("G",)),
    Action("pull", "Pull the pinned take into the timeline", CUT, ("Shift+Return", "Shift+Enter"), "edit"),
    Action("confirm", "Confirm in the open dialog", CUT, ("Ctrl+Return", "Ctrl+Enter"), "spend"),
    Action("send", "Send to canvas: template or model, prompt, price", CUT, ("Ctrl+Shift+S",)),
    Action("stay", "Stay on this clip", CUT, ("Ctrl+T",)),
    Action("look_again", "Look at the clip again", CUT, ("F5",)),
    Action("undo", "Undo", CUT, ("Ctrl+Z",), "edit"),
    Action("redo", "Redo", CUT, ("Ctrl+Shift+Z",), "edit"),
    Action("connection", "Connection", WINDOW, ("Ctrl+Shift+C",)),
    Action("jobs", "Jobs in progress", WINDOW, ("Ctrl+J",)),
    Action("tab_clip", "Clip", WINDOW, ("Ctrl+1",)),
    Action("tab_trip", "Round trip", WINDOW, ("Ctrl+2",)),
    Action("tab_gaps", "Gaps", WINDOW, ("Ctrl+3",)),
    Action("tab_log", "Log", WINDOW, ("Ctrl+4",)),
    Action("settings", "Settings", WINDOW, ("Ctrl+,",)),
    Action("keys", "Keys", WINDOW, ("?", "F1")),
    Action("commands", "All actions", WINDOW, ("Ctrl+K",)),
    Action("leave", "Leave field, then compare, then selection", WINDOW, ("Escape",)),
)

ACTIONS: dict[str, Action] = {action.name: action for action in _LIST}
"""By name, in the order of the ``?`` sheet."""

GROUPS = (PLAY, TAKES, RATE, COMPARE, CUT, WINDOW)


def is_bare(key: str) -> bool:
    """Say whether a key is one printable character without Ctrl, Alt or Meta: what a person could be typing."""
    return len(key.removeprefix("Shift+")) == 1


def spoken(keys: tuple[str, ...], *, mac: bool = False) -> str:
    """Return keys as people read them: ``Shift+Enter``, ``↑``; the first only where Return and Enter are one."""
    shown = [key for key in keys if not key.endswith("Return") or key.replace("Return", "Enter") not in keys]
    names = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓", "Escape": "Esc", "Return": "Enter"}
    spelled = ["+".join(names.get(part, part) for part in _parts(key)) for key in shown]
    if mac:
        spelled = [key.replace("Ctrl+", "⌘").replace("Alt+", "⌥").replace("Shift+", "⇧") for key in spelled]
    return " or ".join(spelled)


def _parts(key: str) -> list[str]:
    return [*key[:-2].split("+"), "+"] if key.endswith("++") else key.split("+")


def clashes(keys: dict[str, tuple[str, ...]]) -> list[tuple[str, str, str]]:
    """Return ``(key, one action, another)`` for every key that two actions have."""
    owner: dict[str, str] = {}
    found = []
    for name, own in keys.items():
        for key in own:
            if key in owner:
                found.append((key, owner[key], name))
            owner.setdefault(key, name)
    return found
