"""A diff as one HTML page: no network, nothing to install, every text of the documents escaped.

The page's content policy allows exactly its own style sheet and script, by their hashes, and pictures within it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from fractions import Fraction
from hashlib import sha256
from html import escape
from importlib.resources import files
from math import ceil, log2
from pathlib import Path
from string import Template

from takebridge.cut.model import Cut, clips_of
from takebridge.cut.report_types import WORDS, AddressJson, CutFacts, DiffReport, PairFacts
from takebridge.errors import UsageError
from takebridge.media.publish import publishing
from takebridge.services.cut_labels import Key, Places, key_of, number, timecode
from takebridge.services.cut_lanes import STATES, Lanes, Side, clip_id, has_row, row_label, state_of, words_of
from takebridge.services.cut_reports import Compared
from takebridge.services.cut_thumbnails import Shown, first_frame, pictures

_GLYPHS = {"changed": "~", "shifted": "→", **{name: glyph for name, glyph, _ in STATES}}
_LEGEND = (
    ("added", "added, copied"),
    ("removed", "removed"),
    ("changed", "trimmed, slipped, retimed, other"),
    ("moved", "moved, other track"),
    ("media", "other media, other take"),
    ("shifted", "only shifted by a ripple"),
)
_MOST_EVIDENCE = 12
_NOW = (
    '<aside id="now" hidden><div></div><a href="#">in the list</a>'
    '<button type="button" title="Close">✕</button></aside>'
)
"""What happened to the clip one is at."""


def write_page(found: Compared, html: Path, inputs: tuple[Path, Path], *, thumbnails: bool = True) -> None:
    """Write the page of a diff, whole or not at all. Raises UsageError, also where ``html`` is one of the inputs."""
    for given in inputs:
        if html.exists() and given.exists() and html.samefile(given):
            raise UsageError(f"“{html.name}” is one of the documents given.", hint="Choose another name for the page.")
    shown = _wanted(found, inputs) if thumbnails else {}
    made = pictures(_by_importance(found, shown)) if shown else {}
    text = page_of(found, {place: made[one] for place, one in shown.items() if one in made})
    with publishing(html) as part:
        part.write_text(text, "utf-8", errors="replace", newline="\n")


def page_of(found: Compared, thumbnails: Mapping[tuple[Side, Key], bytes] | None = None) -> str:
    """Return the page. ``thumbnails`` are JPEGs by side and address."""
    classes, rules = _picture_rules(thumbnails or {})
    lanes = Lanes(found.report, {"a": found.a.cut, "b": found.b.cut}, classes)
    drawn = lanes.markup()
    body = "\n".join((_header(found.report), "<main>", drawn, _sections(found.report, classes), "</main>", _NOW))
    style = _part("cut.css") + "\n".join([*lanes.sheet.rules, *rules])
    script = _part("cut.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    title = escape(f"{found.report.a.file} → {found.report.b.file}")
    return Template(_part("cut.html")).substitute(policy=policy, title=title, style=style, script=script, body=body)


def _part(name: str) -> str:
    return (files("takebridge.services") / "pages" / name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


# --- pictures -------------------------------------------------------------------------------------------


def _wanted(found: Compared, inputs: tuple[Path, Path]) -> dict[tuple[Side, Key], Shown]:
    wanted: dict[tuple[Side, Key], Shown] = {}
    sides: tuple[tuple[Side, Cut, Path], ...] = (("a", found.a.cut, inputs[0]), ("b", found.b.cut, inputs[1]))
    for side, cut, path in sides:
        for address, clip in clips_of(cut):
            shown = first_frame(clip, path.absolute().parent) if address[0] == "video" else None
            if shown is not None:
                wanted[side, tuple(address)] = shown
    return wanted


def _by_importance(found: Compared, shown: Mapping[tuple[Side, Key], Shown]) -> list[Shown]:
    """Frames of changed clips first: there may be no time for all."""
    places: list[tuple[Side, Key]] = []
    for pair in filter(has_row, found.report.pairs):
        places += [("a", key_of(pair.a))] if pair.a else []
        places += [("b", key_of(pair.b))] if pair.b else []
    return [shown[place] for place in (*places, *shown) if place in shown]


def _picture_rules(made: Mapping[tuple[Side, Key], bytes]) -> tuple[dict[tuple[Side, Key], str], list[str]]:
    """Return the class of each clip's picture, and one rule a picture, however many clips show it."""
    names: dict[bytes, str] = {}
    classes = {place: names.setdefault(jpeg, f"x{len(names)}") for place, jpeg in made.items()}
    rules = [
        f".{name}{{background-image:url(data:image/jpeg;base64,{b64encode(jpeg).decode()})}}"
        for jpeg, name in names.items()
    ]
    return classes, rules


# --- parts of the page ----------------------------------------------------------------------------------


def _header(report: DiffReport) -> str:
    counts = report.summary
    said = [
        (counts.changed, "changed"),
        (counts.shifted, "only shifted"),
        (counts.unchanged, "unchanged"),
        (counts.ambiguous, "not sure"),
    ]
    line = " · ".join(f"<b>{count}</b> {word}" for count, word in said if count)
    return (
        f'<header><div class="top"><h1>{escape(report.a.name)} → {escape(report.b.name)}</h1>'
        f'<button id="theme" type="button">Light</button></div>'
        f'<div class="sides">{_side("a", report.a)}{_side("b", report.b)}</div>'
        f'<p class="sum">{line or "No clips on either side."}</p>{_tools(report)}{_legend()}</header>'
    )


def _side(side: Side, cut: CutFacts) -> str:
    drop = " DF" if cut.drop_frame else ""
    length = f"{timecode(cut, 0)} – {timecode(cut, cut.frames)}"
    lost = "".join(f"<li>{escape(loss)}</li>" for loss in cut.losses)
    losses = f"<details><summary>{len(cut.losses)} not read</summary><ul>{lost}</ul></details>" if lost else ""
    return (
        f'<div class="side {side}"><b>{side.upper()} · {escape(cut.file)}</b><p>“{escape(cut.name)}”, '
        f"{escape(cut.format)}, {escape(cut.rate)}{drop}</p><p>{length}, {cut.clips} clips</p>{losses}</div>"
    )


def _tools(report: DiffReport) -> str:
    counts: dict[str, int] = {word: report.summary.words[word] for word in WORDS if word in report.summary.words}
    if report.summary.ambiguous:
        counts["ambiguous"] = report.summary.ambiguous
    chips = "".join(
        f'<button type="button" class="chip" value="{word}" aria-pressed="false">{_spoken(word)}<b>{count}</b></button>'
        for word, count in counts.items()
    )
    return (
        f'<div class="tools">{chips}<input type="search" id="search" placeholder="Clip name" aria-label="Clip name">'
        f'<span id="shown" class="said" aria-live="polite"></span>'
        f'<label>Zoom <input type="range" id="zoom" min="0" max="{_most_zoom(report)}" step="0.5" value="0"></label>'
        '<button type="button" id="previous" title="Previous change (p)">◀</button>'
        '<button type="button" id="next" title="Next change (n)">▶</button></div>'
    )


def _most_zoom(report: DiffReport) -> int:
    """How often the lanes can be doubled: until about eight seconds fill the window."""
    seconds = [float(number(cut.frames) / Fraction(cut.rate)) for cut in (report.a, report.b)]
    return min(12, max(3, ceil(log2(max(1.0, *seconds) / 8))))


def _spoken(word: str) -> str:
    return word.replace("_", " ")


def _legend() -> str:
    known = "".join(f'<span><i class="badge k-{name}">{_GLYPHS[name]}</i>{text}</span>' for name, text in _LEGEND)
    return f'<p class="legend">{known}<span><i class="badge k-doubt">?</i>not sure (dashed)</span></p>'


def _sections(report: DiffReport, classes: Mapping[tuple[Side, Key], str]) -> str:
    ripples = [f"→ {escape(ripple.text)}" for ripple in report.ripples]
    changes = [escape(change.text) for change in report.cut_changes]
    parts = [_table(report, classes), _list("Shifted together", ripples), _list("The cut itself", changes)]
    return "".join([*parts, _doubts(report)])


def _list(title: str, lines: Iterable[str]) -> str:
    items = "".join(f"<li>{line}</li>" for line in lines)
    return f'<h2>{title}</h2><ul class="list">{items}</ul>' if items else ""


def _table(report: DiffReport, classes: Mapping[tuple[Side, Key], str]) -> str:
    rows = [_row(report, place, pair, classes) for place, pair in enumerate(report.pairs) if has_row(pair)]
    if not rows:
        return '<h2>Changes</h2><p class="none-yet">No clip changed by itself.</p>'
    head = "<tr><th></th><th>Track</th><th>At</th><th>Clip</th><th>What happened</th><th>Match</th></tr>"
    return (
        f'<h2>Changes ({len(rows)})</h2><div class="scrolled"><table><thead>{head}</thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _row(report: DiffReport, place: int, pair: PairFacts, classes: Mapping[tuple[Side, Key], str]) -> str:
    name, _ = state_of(pair)
    badges = "".join(f'<span class="badge k-{_colour(word)}">{_spoken(word)}</span>' for word in pair.changes)
    doubt = '<span class="badge k-doubt">? not sure</span>' if pair.ambiguous else ""
    said = "<br>".join(escape(detail.text) for detail in pair.details if detail.text != detail.word)
    return (
        f'<tr id="p{place}" class="k-{name}" data-p="{place}" data-w="{words_of([pair])}" data-s="{escape(pair.name)}">'
        f"<td>{_pictures(pair, classes)}</td><td class=w>{row_label(pair)}</td><td class=n>{_times(report, pair)}</td>"
        f"<td>{_links(pair)}</td><td>{badges}{doubt}<div class=said>{said}</div></td><td>{_match(pair)}</td></tr>"
    )


def _colour(word: str) -> str:
    found = next((name for name, _, words in STATES if word in words), "changed")
    return "shifted" if word == "shifted" else found


def _pictures(pair: PairFacts, classes: Mapping[tuple[Side, Key], str]) -> str:
    ends: tuple[tuple[Side, AddressJson | None], ...] = (("a", pair.a), ("b", pair.b))
    found = [classes[side, key_of(end)] for side, end in ends if end is not None and (side, key_of(end)) in classes]
    drawn = "→".join(f'<div class="pic {name}"></div>' for name in dict.fromkeys(found))
    return f'<div class="pics">{drawn}</div>' if drawn else ""


def _times(report: DiffReport, pair: PairFacts) -> str:
    before = timecode(report.a, pair.record.a[0]) if pair.record.a else ""
    after = timecode(report.b, pair.record.b[0]) if pair.record.b else ""
    return "<br>→ ".join(dict.fromkeys(one for one in (before, after) if one))


def _links(pair: PairFacts) -> str:
    name = escape(pair.name) or "no name"
    ends: tuple[tuple[Side, AddressJson | None], ...] = (("a", pair.a), ("b", pair.b))
    own = [(side, end) for side, end in ends if end is not None and len(end) == 3]
    links = " ".join(
        f'<a href="#{clip_id(side, key_of(end))}" data-go="{clip_id(side, key_of(end))}">{side.upper()}</a>'
        for side, end in own
    )
    return f'{name} <span class="said">{links}</span>'


def _match(pair: PairFacts) -> str:
    why = "".join(f"<li>{escape(line)}</li>" for line in pair.evidence[:_MOST_EVIDENCE])
    score = f"{round(pair.score * 100)} %"
    return f'<details class="why"><summary>{score}</summary><ul>{why}</ul></details>' if why else score


def _doubts(report: DiffReport) -> str:
    places = Places(report)
    lines = [_doubt(place, pair, places) for place, pair in enumerate(report.pairs) if pair.ambiguous]
    if not lines:
        return ""
    return f'<h2>Not sure ({len(lines)})</h2><ul class="list doubts">{"".join(lines)}</ul>'


def _doubt(place: int, pair: PairFacts, places: Places) -> str:
    side: Side = "a" if pair.a is not None else "b"
    other: Side = "b" if side == "a" else "a"
    address = pair.a or pair.b
    if address is None:
        return ""
    answer = _linked("b", pair.b, places) if side == "a" and pair.b is not None else "nothing"
    rivals = "; ".join(_linked(other, rival, places) for rival in pair.rivals)
    asked = f'<span class="said">, or {rivals}</span>' if rivals else ""
    mark = "" if has_row(pair) else f' id="p{place}"'
    return (
        f'<li{mark}><meter min="0" max="1" value="{pair.score}"></meter> {round(pair.score * 100)} % · '
        f"{side.upper()} {_linked(side, address, places)} = {answer}{asked}</li>"
    )


def _linked(side: Side, address: AddressJson, places: Places) -> str:
    text = escape(places.say(side, address))
    if len(address) > 3:
        return text
    mark = clip_id(side, key_of(address))
    return f'<a href="#{mark}" data-go="{mark}">{text}</a>'
