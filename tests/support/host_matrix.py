"""Every editor × every verb: done and proven, not offered, or what went wrong. Printed by ``make bench-hosts``.

Two more rows are for editors that are driven by documents: reading the cut whole, and writing an answer.
"""

from __future__ import annotations

import asyncio
import importlib.util
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.contract.premiere_cases import CASES, offered
from tests.support.agent_matrix import AGENTS, Row, cell
from tests.support.agent_rig import PROFILES as RESOLVES
from tests.support.exchange_rig import ExchangeRig
from tests.support.premiere_rig import PROFILES, Stages

from takebridge.cut.model import Clip, Cut, Span, Track, tile
from takebridge.errors import BridgeError, UnsupportedOpError
from takebridge.hosts.port import DocumentHost, Host
from takebridge.hosts.protocol import VERBS, Verb
from takebridge_server.answers import checked_answer

NOT_OFFERED = "not offered"
DOCUMENTS = ("document.read", "document.answer")
ROWS: tuple[str, ...] = (*VERBS, *DOCUMENTS)
NEWEST = RESOLVES[-1]
GREEN = ("ok", NOT_OFFERED)


@dataclass(frozen=True)
class Column:
    """One editor; ``outcome`` tries one row of the matrix in a world of its own."""

    host: str
    outcome: Callable[[str], str]


@contextmanager
def columns(resolves: tuple[str, ...] = (NEWEST,)) -> Iterator[list[Column]]:
    """All editors there are; their processes and folders end with the block."""
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="takebridge-hosts-", ignore_cleanup_errors=True))
        )
        stages = Stages()
        stack.callback(stages.close)
        yield [
            *(Column(f"Resolve {version} {name}", _resolve(name, version)) for name in AGENTS for version in resolves),
            *(Column(f"Premiere {version}", _premiere(stages, version, folder)) for version in PROFILES),
            *(Column(name, _documents(make, folder / name)) for name, make in _document_hosts()),
        ]


def matrix(editors: list[Column]) -> list[Row]:
    """Every editor × row, in that order; a `Row`'s agent is the editor, its profile is in the name."""
    return [Row(one.host, "", row, one.outcome(row)) for one in editors for row in ROWS]


def red(rows: list[Row]) -> list[Row]:
    """Those that are neither done nor left out."""
    return [row for row in rows if row.outcome not in GREEN]


# --- live editors ---------------------------------------------------------------------------------------


def _resolve(name: str, version: str) -> Callable[[str], str]:
    def outcome(row: str) -> str:
        if row in DOCUMENTS or row == "clip.swap":  # native takes are swapped by clip.pull and clip.select_take
            return NOT_OFFERED
        return cell(name, version, row).outcome

    return outcome


def _premiere(stages: Stages, version: str, folder: Path) -> Callable[[str], str]:
    def outcome(row: str) -> str:
        rig = stages.rig(version)
        if row not in rig.host.capabilities:
            return NOT_OFFERED
        found = next((one for one in CASES if one.verb == row and offered(one, version)), None)
        if found is None:
            return "no case"
        # A render that a cell began may still be writing; the folder around this one goes when all have ended.
        with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as place:
            try:
                args, expect = found.prepare(rig, Path(place))
                answer = rig.run(row, args, expect)
            except (AssertionError, BridgeError) as error:
                return f"failed: {str(error)[:60]}"
            if answer.error is not None:
                return answer.error.code
            written = found.proof == "file" and Path(str((answer.result or {}).get("path"))).is_file()
            return "ok" if answer.outcome == "verified" or written else str(answer.outcome)

    return outcome


# --- editors driven by documents ------------------------------------------------------------------------


def _folder_host(place: Path) -> Host:
    """A folder with one OpenTimelineIO export in it."""
    rig = ExchangeRig(place, ".otio")
    rig.export(rig.film(marked=(1,)))
    rig.look()
    return rig.exchange_host


def _final_cut(place: Path) -> Host:
    from tests.support.final_cut_rig import FinalCutRig  # where Final Cut's host is there

    rig = FinalCutRig(place)
    rig.save(rig.project(marked=(1,)), "Film")
    rig.look()
    return rig.exchange_host


def _capcut(place: Path) -> Host:
    from tests.support.capcut import film  # where CapCut's host is there

    from takebridge.hosts.capcut import CapCutHost
    from takebridge.interchange.capcut_export import hand_over

    root = place / "root"
    root.mkdir(parents=True)
    cut = film(place / "media")
    words = Track(
        "subtitle", tile([Clip("TakeBridge please", Span(2, 19), kind="caption")])
    )  # how a person marks there
    others = tuple(track for track in cut.tracks if track.kind != "subtitle")
    hand_over(replace(cut, tracks=(*others, words)), place / "first", root)
    return CapCutHost(root, place / "bundles")


DOCUMENT_HOSTS: dict[str, Callable[[Path], Host]] = {
    "Final Cut folder": _final_cut,
    "CapCut draft": _capcut,
    "Exchange folder": _folder_host,
}
_MODULES = {"Final Cut folder": "takebridge.hosts.final_cut", "CapCut draft": "takebridge.hosts.capcut"}


def _document_hosts() -> list[tuple[str, Callable[[Path], Host]]]:
    """Those whose module is there."""
    there = {name for name, module in _MODULES.items() if importlib.util.find_spec(module) is not None}
    return [(name, make) for name, make in DOCUMENT_HOSTS.items() if name in there or name not in _MODULES]


def _documents(make: Callable[[Path], Host], place: Path) -> Callable[[str], str]:
    made: list[Host] = []

    def outcome(row: str) -> str:
        if not made:
            place.mkdir(parents=True)
            made.append(make(place / "host"))
        host = made[0]
        try:
            return _document(host, row) if row in DOCUMENTS else _asked(host, row)
        except BridgeError as error:
            return error.code

    return outcome


def _document(host: Host, row: str) -> str:
    if not isinstance(host, DocumentHost):
        return NOT_OFFERED
    cut = asyncio.run(host.cut())
    shots = [clip for track in cut.tracks if track.kind == "video" for clip in track.clips]
    if row == "document.read":
        return "ok" if shots else "an empty cut"
    path, _ = asyncio.run(host.answer(_edited(cut)))
    return "ok" if Path(path).exists() else "no file"


def _edited(cut: Cut) -> Cut:
    """The cut with its first clip switched off: an answer that says something."""
    first, *others = cut.tracks
    shot = first.clips[0]
    items = tuple(replace(item, enabled=False) if item is shot else item for item in first.items)
    return replace(cut, tracks=(replace(first, items=items), *others))


def _asked(host: Host, row: str) -> str:
    verb: Verb = row  # type: ignore[assignment]
    if verb not in host.capabilities:
        args = VERBS[verb].model_construct()
        try:
            asyncio.run(host.call(verb, args))
        except UnsupportedOpError:
            return NOT_OFFERED
        return "answered what it does not offer"
    answer = checked_answer(verb, asyncio.run(host.call(verb, VERBS[verb]())))
    return "ok" if answer.outcome == "verified" else str(answer.error and answer.error.code)
