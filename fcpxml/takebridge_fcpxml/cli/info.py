"""``info``: what is in a file, as an editor would ask."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from takebridge_fcpxml.cli.outcome import CLEAN, FINDINGS, Outcome, counted
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.info import BrowserClip, DocumentInfo, MediaInfo, ProblemInfo, TimelineInfo, describe
from takebridge_fcpxml.rates import source_rate_name
from takebridge_fcpxml.tables import Column, clean, table, terminal_width, wrap

#: What an editor calls one and several of a kind; video items are stills, generators and components of clips.
_KINDS = {
    "asset-clip": ("clip", "clips"),
    "clip": ("clip with components", "clips with components"),
    "ref-clip": ("compound clip", "compound clips"),
    "mc-clip": ("multicam clip", "multicam clips"),
    "sync-clip": ("synchronized clip", "synchronized clips"),
    "live-drawing": ("drawing", "drawings"),
    "video": ("video item", "video items"),
    "audio": ("audio item", "audio items"),
}
_LABEL = 12


def run_info(file: str) -> Outcome:
    """Everything about a document; exit 1 when some of it could not be read."""
    info = describe(Document.read(file))
    code = FINDINGS if info.problems else CLEAN
    return Outcome(code, "\n\n".join(_blocks(info)), info.to_json())


def _blocks(info: DocumentInfo) -> Iterable[str]:
    yield _head(info)
    for project in info.projects:
        yield _timeline(project)
    if info.compounds:
        yield _compounds(info.compounds)
    if info.clips:
        yield _clips(info.clips)
    told = {media.id for project in info.projects for media in project.media}
    rest = [media for media in info.media if media.id not in told]
    if rest:
        title = "Media used by no project itself" if info.projects else "Media"
        yield f"{title}\n{_media(rest)}"
    if info.problems:
        yield _problems(info.problems)


def _head(info: DocumentInfo) -> str:
    kind = "bundle" if info.kind == "bundle" else "file"
    events = "; ".join(
        f"{event.name or '(no name)'} ({counted(event.projects, 'project')}, {counted(event.clips, 'clip')})"
        for event in info.events
    )
    facts = [
        ("File", f"{info.file or ''} ({kind}, FCPXML {info.version or 'without version'})"),
        ("Library", None if info.library is None else info.library or "(no location)"),
        ("Events", events),
        ("Projects", str(len(info.projects))),
    ]
    return _facts(facts, 0)


def _facts(facts: Iterable[tuple[str, str | None]], indent: int) -> str:
    lines: list[str] = []
    width = terminal_width() - indent - _LABEL
    for name, value in facts:
        if value:
            first, *rest = wrap(clean(value), width)
            lines.append(f"{' ' * indent}{name:<{_LABEL}}{first}")
            lines.extend(" " * (indent + _LABEL) + line for line in rest)
    return "\n".join(lines)


def rate_words(rate: str | None) -> str:
    """``23.98 fps`` for ``24000/1001``; an unusual rate as it is."""
    if rate is None:
        return "no frame rate"
    return f"{source_rate_name(Fraction(rate)) or rate} fps"


def seconds_words(seconds: Fraction | None) -> str:
    """A time of no frame rate, such as that of sound, to the millisecond; empty for none. --json has it exactly."""
    if seconds is None:
        return ""
    return f"{float(round(seconds, 3)):.3f}".rstrip("0").rstrip(".") + " s"


def _timeline(info: TimelineInfo) -> str:
    size = f"{info.width}x{info.height}" if info.width and info.height else None
    form = ", ".join(part for part in (size, rate_words(info.rate), info.field_order, info.colour_space) if part)
    frames = "" if info.duration_frames is None else f" ({counted(info.duration_frames, 'frame')})"
    count = "drop frame" if info.drop_frame else "non-drop frame"
    facts = [
        ("Format", form),
        ("Timecode", f"{info.start_timecode} - {info.end_timecode} ({count})" if info.start_timecode else None),
        ("Duration", f"{info.duration_timecode or seconds_words(info.duration)}{frames}"),
        ("Items", _counts(info.items_by_kind)),
        ("Lanes", _lanes(info)),
        ("Marks", ", ".join(counted(number, name) for name, number in info.marks.items())),
        ("Roles", ", ".join(f"{role} ({number})" for role, number in info.roles.items())),
    ]
    parts = [f"Project {clean(info.name) or '(no name)'}", _facts(facts, 2)]
    if info.media:
        parts.append(f"  Media\n{_media(info.media, 4)}")
    if info.auditions:
        parts.append(f"  Auditions\n{_auditions(info)}")
    return "\n".join(parts)


def _counts(kinds: dict[str, int]) -> str:
    words = [counted(number, *_KINDS.get(kind, (kind,))) for kind, number in kinds.items()]
    return ", ".join(words) or "none"


def _lanes(info: TimelineInfo) -> str:
    primary = sum(item.host is None and item.active for item in info.items)
    words = [f"{primary:,} in the {'angles' if info.angles else 'primary storyline'}"]
    words.extend(f"{number:,} on lane {lane}" for lane, number in info.lanes.items() if lane)
    if info.storylines:
        words.append(counted(info.storylines, "connected storyline"))
    return ", ".join(words)


def _media(media: Iterable[MediaInfo], indent: int = 2) -> str:
    columns = (
        Column("Name", "middle"),
        Column("Path", "middle"),
        Column("Starts at"),
        Column("Duration"),
        Column("Used", right=True),
    )
    rows = [
        (one.name, one.path, one.timecode or "", one.duration_timecode or seconds_words(one.duration), one.used)
        for one in media
    ]
    return table(columns, rows, indent=indent)


def _auditions(info: TimelineInfo) -> str:
    columns = (
        Column("Timecode"),
        Column("Lane", right=True),
        Column("Takes", right=True),
        Column("Pick", "wrap"),
        Column("Waiting", "wrap"),
    )
    rows = [
        (one.timecode or seconds_words(one.record_start), one.lane, one.takes, one.pick, ", ".join(one.alternates))
        for one in info.auditions
    ]
    return table(columns, rows, indent=4)


def _compounds(compounds: Iterable[TimelineInfo]) -> str:
    columns = (
        Column("Name", "wrap"),
        Column("Kind"),
        Column("Rate"),
        Column("Duration"),
        Column("Holds", "wrap"),
        Column("Used", right=True),
    )
    rows = [
        (
            one.name,
            one.kind,
            rate_words(one.rate),
            one.duration_timecode or seconds_words(one.duration),
            f"angles {', '.join(one.angles)}" if one.angles else _counts(one.items_by_kind),
            one.used,
        )
        for one in compounds
    ]
    return f"Compound clips and multicams\n{table(columns, rows, indent=2)}"


def _clips(clips: Iterable[BrowserClip]) -> str:
    columns = (
        Column("Name", "wrap"),
        Column("Kind"),
        Column("Event", "wrap"),
        Column("Starts at"),
        Column("Duration"),
        Column("Media", "middle"),
    )
    rows = [
        (
            one.name,
            _KINDS.get(one.kind, (one.kind,))[0],
            one.event,
            one.timecode,
            one.duration_timecode or seconds_words(one.duration),
            one.media,
        )
        for one in clips
    ]
    return f"Browser clips\n{table(columns, rows, indent=2)}"


def _problems(problems: Iterable[ProblemInfo]) -> str:
    columns = (Column("Code"), Column("Line", right=True), Column("Problem", "wrap"), Column("What to do", "wrap"))
    rows = [(one.code, one.line or "", one.message, one.hint) for one in problems]
    return f"Not readable (told as missing or 0 above)\n{table(columns, rows, indent=2)}"
