"""What changed between two cuts, and what a merge did, drawn for people in a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from shlex import quote

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from takebridge.cut.model import TRACK_KINDS
from takebridge.cut.report_types import (
    AddressJson,
    ConvertReport,
    CutFacts,
    DiffReport,
    Entry,
    MergeReport,
    PairFacts,
)
from takebridge.services.cut_labels import Places, number, signed, timecode, track_label
from takebridge.services.cut_reports import only_shifted

_COMMANDS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""What a terminal would obey instead of show; names in documents are anybody's text."""
MOST_ROWS = 200
"""Rows a table shows; the page and the JSON have all."""

_MARKS: tuple[tuple[frozenset[str], str, str], ...] = (
    (frozenset({"removed"}), "−", "red"),
    (frozenset({"added", "duplicated"}), "+", "green"),
    (frozenset({"razored"}), "✂", "yellow"),
    (frozenset({"media_replaced", "take_switched", "relinked"}), "⇄", "cyan"),
    (frozenset({"moved", "retracked"}), "↔", "blue"),
)
_OTHER = ("~", "yellow")


def plain(text: str) -> str:
    """Return a text of a document without what a terminal would obey, on one line."""
    return _COMMANDS.sub("�", text)


def safe(text: str) -> str:
    """Return `plain` text that means nothing as markup."""
    return escape(plain(text))


def difference(found: DiffReport, most: int = MOST_ROWS) -> RenderableType:
    """Both documents, the counts, one row a changed clip, one line a ripple, then what is not sure."""
    parts: list[RenderableType] = [_document("A", found.a), _document("B", found.b), _counts(found)]
    shown = sorted((pair for pair in found.pairs if pair.changes and not only_shifted(pair)), key=_place)
    if shown:
        parts += ["", _changes(found, shown[:most])]
    if len(shown) > most:
        parts.append(f"{len(shown) - most} more: --json and --html have all.")
    ripples = [f"[dim]→ {safe(text)}[/dim]" for text in _ripples(found)]
    cut = [f"· {safe(change.text)}" for change in found.cut_changes]
    parts += [line for lines in (ripples, cut) if lines for line in ("", *lines)]
    doubtful = [pair for pair in found.pairs if pair.ambiguous]
    if doubtful:
        parts += ["", "[magenta]Not sure[/magenta]", *_doubts(found, doubtful[:most])]
    return Group(*parts)


def _ripples(found: DiffReport) -> list[str]:
    if found.ripples or not found.summary.shifted:
        return [ripple.text for ripple in found.ripples]
    return [f"{counted(found.summary.shifted, 'clip')} only shifted"]


def _document(side: str, cut: CutFacts) -> str:
    length = f"{counted(cut.clips, 'clip')}, {cut.frames} frames at {cut.rate}{' DF' if cut.drop_frame else ''}"
    who = f"[bold]{side}[/bold] " if side else ""
    return f"{who}{safe(cut.file)}  “{safe(cut.name)}”, {length}"


def _counts(found: DiffReport) -> str:
    counts = found.summary
    if counts.unchanged == counts.pairs:
        cut = " of any clip" if found.cut_changes else ""
        return f"[green]No changes{cut}.[/green]"
    said = [(counts.changed, "changed"), (counts.shifted, "only shifted"), (counts.unchanged, "unchanged")]
    line = ", ".join(f"{count} {word}" for count, word in said if count)
    return line + (f"; [magenta]{counts.ambiguous} not sure[/magenta]" if counts.ambiguous else "")


def _place(pair: PairFacts) -> tuple[object, ...]:
    """Where an editor looks for it: by track, then by time, where it is now or else where it was."""
    address = pair.b or pair.a or ["video", 0, 0]
    record = pair.record.b or pair.record.a or (0, 0)
    kind, track, *rest = address
    within = rest if len(rest) > 1 else []
    return TRACK_KINDS.index(str(kind)), int(track), not within, number(record[0]), tuple(map(int, rest))


def _changes(found: DiffReport, pairs: Sequence[PairFacts]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("", "track", "at"):
        table.add_column(column, no_wrap=True)
    table.add_column("clip", overflow="fold", ratio=2)
    table.add_column("what happened", overflow="fold", ratio=5)
    for pair in pairs:
        glyph, colour = mark_of(pair.changes)
        doubt = " [magenta]?[/magenta]" if pair.ambiguous else ""
        table.add_row(
            f"[{colour}]{glyph}[/{colour}]",
            track_label(pair.b or pair.a or ["video", 0, 0]),
            _at(found, pair),
            safe(pair.name) or "[dim]no name[/dim]",
            f"[{colour}]{safe(sentence(pair))}[/{colour}]{doubt}",
        )
    return table


def mark_of(words: Iterable[str]) -> tuple[str, str]:
    """Return the glyph and the colour of what matters most among the words."""
    said = set(words)
    return next(((glyph, colour) for mark, glyph, colour in _MARKS if mark & said), _OTHER)


def sentence(pair: PairFacts) -> str:
    """Return everything that happened to a clip, in one line; that it was carried along comes last and short."""
    own = [detail.text or detail.word.replace("_", " ") for detail in pair.details if detail.word != "shifted"]
    carried = [f"→ {signed(detail.frames)}" for detail in pair.details if detail.word == "shifted"]
    return " · ".join([*own, *carried])


def _at(found: DiffReport, pair: PairFacts) -> str:
    if pair.record.b is not None:
        return timecode(found.b, pair.record.b[0])
    return timecode(found.a, pair.record.a[0]) if pair.record.a is not None else ""


def _doubts(found: DiffReport, pairs: Iterable[PairFacts]) -> list[str]:
    places = Places(found)
    lines = []
    for pair in pairs:
        side, address = ("a", pair.a) if pair.a is not None else ("b", pair.b)
        if address is None:
            continue
        other = places.say("b", pair.b) if pair.a is not None and pair.b is not None else "nothing"
        rivals = [places.say("b" if side == "a" else "a", rival) for rival in pair.rivals[:3]]
        ask = f", or {'; '.join(rivals)}" if rivals else ""
        line = f"? {side.upper()} {places.say(side, address)} = {other} ({round(pair.score * 100)} %){ask}"
        lines.append(f"  {safe(line)}")
    return lines


# --- merge and convert ----------------------------------------------------------------------------------


def merged(found: MergeReport) -> RenderableType:
    """What was written, then edits, requests, conflicts with their choices, and what is gone."""
    counts = found.summary
    parts: list[RenderableType] = [
        *(_document(side, cut) for side, cut in _sides(found)),
        f"[green]{safe(found.merged.file)}[/green]: {counted(counts.edits, 'edit')}, "
        f"{counted(counts.requests, 'request')}, {counted(counts.conflicts, 'conflict')}, {counts.removed} removed",
    ]
    parts += _list("Edits", "green", found.edits)
    parts += _list("Needs new takes", "yellow", found.requests)
    parts += _list("Removed", "red", found.removed)
    if found.conflicts:
        parts += ["", "[red]Conflicts[/red]  (--choose ID=choice decides)"]
        for conflict in found.conflicts:
            others = " | ".join(f"[bold]{one}[/bold]" if one == conflict.chosen else one for one in conflict.choices)
            parts.append(f"  {_who(conflict)}{safe(conflict.text)}")
            parts.append(f"    {safe(quote(conflict.id))} = {others}")
    return Group(*parts)


def _sides(found: MergeReport) -> tuple[tuple[str, CutFacts], ...]:
    return (("base  ", found.base), ("editor", found.editor), ("canvas", found.canvas))


def _list(title: str, colour: str, entries: Sequence[Entry]) -> list[RenderableType]:
    if not entries:
        return []
    lines = [f"  {_who(entry)}{safe(entry.text)}" for entry in entries[:MOST_ROWS]]
    more = [f"  {len(entries) - MOST_ROWS} more: --json has all."] if len(entries) > MOST_ROWS else []
    return ["", f"[{colour}]{title}[/{colour}]", *lines, *more]


def _who(entry: Entry) -> str:
    address: AddressJson | None = entry.editor or entry.base or entry.canvas
    where = f"{track_label(address)} " if address else ""
    return f"{where}[bold]{safe(entry.name)}[/bold]: " if entry.name else f"{where}"


def converted(found: ConvertReport) -> RenderableType:
    """What was read and what was written."""
    target = f" for {found.target}" if found.target else ""
    return Group(_document("", found.source), f"[green]{safe(found.file)}[/green] written{safe(target)}.")


def counted(count: int, word: str) -> str:
    """Return "1 clip", "2 clips"."""
    return f"{count} {word}{'' if count == 1 else 's'}"


def losses(reader: Iterable[tuple[str, Iterable[str]]]) -> list[str]:
    """Return one line a loss, each with the document it is about."""
    return [plain(f"{file}: {loss}") for file, lines in reader for loss in lines]
