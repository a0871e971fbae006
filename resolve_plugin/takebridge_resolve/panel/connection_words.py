"""What stands between the person and the cut, in words, and the one thing to do next. Pure (review_ux §3 f)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from takebridge.errors import BridgeError
from takebridge_resolve.panel.words import bridge_away, counted

if TYPE_CHECKING:
    from takebridge.client.replies import Status

Standing = Literal["looking", "bridge_down", "no_host", "busy", "silent", "no_agent", "exchange", "ready"]
Next = Literal["", "start_bridge", "check_again", "use_exchange", "look_at_folder"]

NO_HOST = "Resolve isn't connected. In Resolve choose Workspace > Scripts > TakeBridge."
BUSY = "Resolve is busy (a dialog is open or it is rendering). Waiting; nothing is lost."
NO_AGENT = "This Resolve can't run the live agent. You can still exchange files."
NO_TIMELINE = "No timeline is open"
USE_EXCHANGE = (
    "Stop the bridge and start it with a folder that your editor exports to: takebridge serve --exchange FOLDER. "
    "Every timeline exported there is answered with one that has the takes in it."
)
_NEEDED = frozenset({"timeline.snapshot", "selection.get"})


@dataclass(frozen=True, slots=True)
class Connection:
    """Where the connection stands. ``mark`` is the shape of the dot, ``token`` its colour, ``short`` the strip's text.

    ``cause`` says in words what is so, ``button`` and ``next`` the one thing to do ("" where there is nothing to do).
    """

    standing: Standing
    mark: str
    token: str
    short: str
    cause: str
    button: str = ""
    next: Next = ""
    session: str = ""
    capabilities: frozenset[str] = frozenset()

    @property
    def is_live(self) -> bool:
        """Whether an editor with an agent answers, busy or not."""
        return self.standing in ("ready", "busy")


LOOKING = Connection("looking", "◌", "pending", "Looking for the bridge…", "Looking for the bridge.")


def bridge_down(error: BridgeError | None = None, *, stopped: bool, seconds: int = 0) -> Connection:
    """The bridge is away; ``stopped``: it ran ``seconds`` ago."""
    short = "Bridge stopped" if stopped else "Bridge not running"
    cause = bridge_away(error, stopped=stopped, seconds=seconds)
    return Connection("bridge_down", "✕", "failed", short, cause, "Start bridge", "start_bridge")


def connection(status: Status, *, busy: bool = False) -> Connection:
    """Return where things stand with a bridge that answers. ``busy``: the editor refused the last op as busy."""
    agents = [host for host in status.hosts if host.get("host") != "folder"]
    if agents:
        return _agent(agents[-1], busy)
    if status.exchange is not None or status.hosts:
        return _exchange(status)
    return Connection("no_host", "○", "stale", "Resolve isn't connected", NO_HOST, "Check again", "check_again")


def _agent(host: Mapping[str, Any], busy: bool) -> Connection:
    session, offered = str(host.get("session", "")), frozenset(map(str, host.get("capabilities", ())))
    name = product(host)
    if not offered & _NEEDED:
        return Connection(
            "no_agent", "△", "stale", f"{name}: no live agent", NO_AGENT, "Use file exchange", "use_exchange"
        )
    timeline = timeline_of(host)
    short = f"{_short(host)} · {timeline or NO_TIMELINE}"
    if not host.get("alive", True):
        cause = (
            f"{name} doesn't answer. Nothing is lost; it goes on as soon as it does. If it was closed, open it again."
        )
        return Connection("silent", "△", "stale", short, cause, "Check again", "check_again", session, offered)
    if busy or _error_code(host) == "host_busy":
        return Connection("busy", "◔", "stale", short, BUSY, session=session, capabilities=offered)
    where = f"timeline “{timeline}”" if timeline else "no timeline open: open one to begin"
    return Connection("ready", "●", "fresh", short, f"Connected to {name}, {where}.", "", "", session, offered)


def _exchange(status: Status) -> Connection:
    found = status.exchange
    if found is not None and found.problem:
        return Connection("exchange", "△", "stale", "Exchange folder", found.problem, "Look again", "look_at_folder")
    timelines = len(found.timelines) if found is not None else 0
    folder = f" through {found.folder}" if found is not None else ""
    unread = f" {counted(found.unreadable, 'file')} cannot be read." if found is not None and found.unreadable else ""
    cause = f"Exchanging files{folder}: {counted(timelines, 'timeline')}.{unread} No editor is connected live."
    return Connection("exchange", "■", "locked", "Exchange folder", cause, "Look again", "look_at_folder")


def product(host: Mapping[str, Any]) -> str:
    """Return an editor's name as it calls itself, with edition and version: ``DaVinci Resolve Studio 20.3.1``."""
    name = str(host.get("product") or "Resolve")
    edition = "Studio" if host.get("edition") == "studio" and "studio" not in name.lower() else ""
    return " ".join(part for part in (name, edition, str(host.get("version") or "")) if part)


def _short(host: Mapping[str, Any]) -> str:
    return str(host.get("product") or "Resolve").removeprefix("DaVinci ").strip() or "Resolve"


def timeline_of(host: Mapping[str, Any]) -> str:
    """Return the name of the open timeline, "" for none."""
    timeline = host.get("timeline")
    return str(timeline.get("timeline_name", "")) if isinstance(timeline, Mapping) else ""


def _error_code(host: Mapping[str, Any]) -> str:
    error = host.get("error")
    return str(error.get("code", "")) if isinstance(error, Mapping) else ""


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One step of the first run; ``where`` shows a person where to do it."""

    title: str
    done: bool
    where: str


def first_steps(standing: Connection) -> str:
    """Return the steps of a first run as lines: what is done with its mark, the next one with where to do it."""
    steps = checklist(standing, pushed=False)
    following = next(step for step in steps if not step.done)
    lines = [f"{'✓' if step.done else '○'} {step.title}" for step in steps]
    return "\n".join([*lines, "", following.where])


def checklist(standing: Connection, pushed: bool) -> tuple[CheckItem, ...]:
    """The three steps of a first run; each turns ✓ by itself."""
    bridge = standing.standing not in ("looking", "bridge_down")
    return (
        CheckItem("Bridge running", bridge, "Press “Start bridge”, or run takebridge serve."),
        CheckItem(
            "Connect Resolve",
            standing.is_live,
            "In Resolve choose Workspace > Scripts > TakeBridge. Not there? Run: takebridge install resolve",
        ),
        CheckItem("Push a clip", pushed, "Park the playhead on a clip and press “Push clip to canvas”."),
    )
