"""Results drawn for people in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from shlex import quote
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from takebridge_server import show_jobs

if TYPE_CHECKING:
    from takebridge_server.doctor import Diagnosis  # looks at everything; a status has no need of it


MOST_JOBS = 12
"""Jobs a status shows."""


def diagnosis(found: Diagnosis) -> RenderableType:
    """One line per check, then the first thing to fix."""
    table = Table(box=None, show_header=False)
    for _ in ("mark", "name", "message"):
        table.add_column(overflow="fold")
    for check in found.checks:
        mark = "[green]ok[/green]" if check.ok else "[red]fix[/red]" if check.fatal else "[yellow]look[/yellow]"
        table.add_row(mark, escape(check.name), escape(check.message))
    first = found.first
    advice = (
        "Everything works." if first is None else f"First: {escape(first.name)}: {escape(first.hint or first.message)}"
    )
    return Group(table, advice)


def status(found: dict[str, Any], titles: Mapping[str, str]) -> RenderableType:
    """Editors, shots and the newest jobs of a running bridge. ``titles``: what nodes are called."""
    editors = Table(title="Editors", title_justify="left", box=None)
    for column in ("editor", "edition", "timeline", "rate", "agent"):
        editors.add_column(column)
    for host in found["hosts"]:
        timeline = host["timeline"] or {"timeline_name": "none open", "rate": ""}
        alive = "busy" if host["busy"] else "answers" if host["alive"] else "silent"
        name = f"{host['product']} {host['version']}"
        editors.add_row(escape(name), host["edition"], escape(timeline["timeline_name"]), timeline["rate"], alive)
    shots = Table(title="Shots", title_justify="left", box=None)
    for column in ("shot", "timeline", "record frames", "source frames", "media"):
        shots.add_column(column)
    for link in found["shots"]:
        record = f"{link['start_record_frame']}–{link['end_record_frame']}"
        source = f"{link['source_start_frame']}–{link['source_end_frame']}"
        name = link["media_path"].replace("\\", "/").rsplit("/", 1)[-1]
        shots.add_row(link["shot"], escape(link["timeline_name"]), record, source, escape(name))
    canvases = ", ".join(f"{title} ({canvas})" for canvas, title in found["canvases"].items()) or "none yet"
    parts: list[RenderableType] = [
        f"TakeBridge {found['version']}  data: {escape(found['home'])}",
        f"Canvases: {escape(canvases)}",
    ]
    exchange = _exchange(found.get("exchange"))
    if found["hosts"] or not exchange:
        parts.append(editors if found["hosts"] else "No editor is connected.")
    parts += [*exchange, shots if found["shots"] else "No shots yet."]
    parts += [f"[yellow]{escape(problem)}[/yellow]" for problem in found.get("problems", [])]
    newest = found["jobs"][-MOST_JOBS:]
    if len(newest) < len(found["jobs"]):
        parts.append(f"{len(found['jobs'])} jobs; the newest {len(newest)} (all: takebridge jobs):")
    return Group(*parts, show_jobs.jobs(newest, titles))


def _exchange(found: dict[str, Any] | None) -> list[str]:
    """Each watched folder in a line, and what is wrong with it in another."""
    if not found:
        return []
    there = found["timelines"]
    newest = f"{len(there)} {'timeline' if len(there) == 1 else 'timelines'}, newest “{there[-1]}”" if there else ""
    whose = found.get("product") or "Exchange folder"
    lines = [escape(f"{whose} {found['folder']}: {newest or 'nothing exported yet'}  (takebridge exchange)")]
    if found["unreadable"]:
        files = "1 file" if found["unreadable"] == 1 else f"{found['unreadable']} files"
        lines.append(f"[yellow]{files} in it cannot be read: takebridge exchange[/yellow]")
    lines += [f"[yellow]{escape(found['problem'])}[/yellow]"] if found["problem"] else []
    return [*lines, *(line for one in found.get("more") or () for line in _exchange(one))]


def pushed(clips: list[dict[str, Any]]) -> RenderableType:
    """What was pushed, with the handles really given."""
    lines = []
    for clip in clips:
        link = clip["link"]
        record = f"record frames {link['start_record_frame']}–{link['end_record_frame']}"
        source = f"source frames {link['source_start_frame']}–{link['source_end_frame']}"
        handles = f"handles {clip['head']}+{clip['tail']} of {clip['asked']}+{clip['asked']}"
        done = "was pushed before, unchanged" if clip["repeated"] else f"{clip['frames']} frames"
        lines.append(f"[green]{link['shot']}[/green] {escape(clip['name'])}: {done}; {record}, {source}, {handles}")
        lines += [f"  {escape(note)}" for note in clip["notes"]]
        lines += [f"  node {kind}: {node}" for kind, node in clip["nodes"].items()]
    return "\n".join(lines)


def pulled(report: dict[str, Any]) -> RenderableType:
    """What was read back after a pull."""
    before, after = report["record_before"], report["record_after"]
    head = "is on the timeline" if report["changed"] else "was there already, nothing changed"
    lines = [
        f"[green]{report['shot']}[/green] take {report['number']} {head}",
        f"  {escape(report['path'])}",
        f"  record frames {before[0]}–{before[1]} before, {after[0]}–{after[1]} after; "
        f"takes {report['takes_before']} → {report['takes_after']}, take {report['selected_take']} selected",
        f"  {report['frame_count']} frames, handles {report['head']}+{report['tail']}; "
        f"untouched: neighbours {report['neighbours']}, linked clips {report['linked']}",
    ]
    return "\n".join([*lines, *(f"  {escape(note)}" for note in report["notes"])])


def job(found: dict[str, Any]) -> RenderableType:
    """One job's end, or how far it is."""
    word = "[yellow]Cancelled[/yellow]" if found["state"] == "cancelled" else show_jobs.status_words(found)
    lines = [f"{word} {found['job']} ({found['model']})"]
    if found["take"]:
        number = f"{found['take_number']} of “{escape(found['title'])}”: " if found.get("take_number") else ""
        lines.append(f"  take {number}{found['take']}")
    lines += [f"  {escape(note)}" for note in found.get("notes", ())]
    if found.get("pinned") is False:
        pin = f"takebridge node pin {quote(found['title'])} {found['take_number']}"
        lines.append(f"  The node's pin stays. To use this take: {escape(pin)}")
        lines.append(f"  To bring it into the editor: takebridge pull SHOT --take {found['take']}")
    if found.get("had_ended"):
        lines.append("  It had ended already; nothing was changed.")
    if found["error"]:
        lines += [f"  {escape(found['error']['message'])}", f"  {escape(found['error']['hint'])}"]
    return "\n".join(lines)
