"""The lanes of the diff page: every track of both cuts, A above B, to scale, with what ties them together between.

All places are percentages of the lane, so zooming is one width. They stand in a style sheet and not in ``style``
attributes: the page's content policy allows no inline styles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from html import escape
from itertools import groupby
from typing import Literal

from takebridge.cut.model import TRACK_KINDS, Clip, Cut, items_of
from takebridge.cut.report_types import DiffReport, PairFacts, Range
from takebridge.services.cut_labels import LETTERS, Key, key_of, number, signed, timecode, track_label
from takebridge.services.cut_reports import only_shifted
from takebridge.timebase import FrameRate

Side = Literal["a", "b"]
SIDES: tuple[Side, ...] = ("a", "b")

STATES: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("removed", "−", frozenset({"removed"})),
    ("added", "+", frozenset({"added", "duplicated"})),
    ("media", "⇄", frozenset({"media_replaced", "take_switched", "relinked"})),
    ("moved", "↔", frozenset({"moved", "retracked", "nested"})),
)
"""Colour and glyph of a clip by its weightiest words; everything else is "changed"."""
_TICKS = (12, 48, 192, 768)
"""About so many ticks of the ruler at each level of zoom."""
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18000, 36000)
"""Seconds between two ticks that people count in."""


def state_of(pair: PairFacts) -> tuple[str, str]:
    """Return the name of a pair's colour and its glyph, both "" for an unchanged clip."""
    if not pair.changes:
        return ("doubt", "?") if pair.ambiguous else ("", "")
    if only_shifted(pair):
        return "shifted", "→"
    words = set(pair.changes)
    return next(((name, glyph) for name, glyph, said in STATES if said & words), ("changed", "~"))


@dataclass(frozen=True, slots=True)
class Scale:
    """Frames of each side as percentages of the lanes, both sides on one clock."""

    seconds: Fraction
    rates: Mapping[Side, Fraction]

    @classmethod
    def of(cls, report: DiffReport) -> Scale:
        """The scale in which the longer cut fills the lane."""
        rates: dict[Side, Fraction] = {"a": Fraction(report.a.rate), "b": Fraction(report.b.rate)}
        longest = max(number(report.a.frames) / rates["a"], number(report.b.frames) / rates["b"])
        return cls(longest or Fraction(1), rates)

    def percent(self, side: Side, frame: Fraction) -> float:
        """Return where a timeline frame lies, 0 to 100."""
        return round(float(frame / self.rates[side] / self.seconds * 100), 4)


@dataclass(slots=True)
class Sheet:
    """Rules for a style sheet, gathered while the markup is made."""

    rules: list[str] = field(default_factory=list)

    def add(self, selector: str, rule: str) -> None:
        """Add one rule."""
        self.rules.append(f"{selector}{{{rule}}}")


class Lanes:
    """Both cuts' own tracks; clips in nests are in the table only."""

    def __init__(self, report: DiffReport, cuts: Mapping[Side, Cut], pictures: Mapping[tuple[Side, Key], str]) -> None:
        self._report = report
        self._cuts = cuts
        self._pictures = pictures
        self._scale = Scale.of(report)
        self._pairs: dict[tuple[Side, Key], list[int]] = defaultdict(list)
        for place, pair in enumerate(report.pairs):
            for side, address in (("a", pair.a), ("b", pair.b)):
                if address is not None:
                    self._pairs["a" if side == "a" else "b", key_of(address)].append(place)
        self.sheet = Sheet()

    def markup(self) -> str:
        """Return the lanes; their places are in `sheet` afterwards."""
        tracks = _track_rows(self._cuts)
        heads = "".join(
            f'<div class="track{_small(kind)}"><em class="a">A</em><strong>{LETTERS[kind]}{track + 1}</strong>'
            f'<em class="b">B</em></div>'
            for kind, track in tracks
        )
        rows = "".join(self._track(kind, track) for kind, track in tracks)
        return (
            f'<div class="lanes"><div class="heads"><div class="ruler"></div>{heads}</div>'
            f'<div class="scroll"><div class="inner" data-level="0">{self._ruler()}{rows}</div></div></div>'
        )

    def _track(self, kind: str, track: int) -> str:
        a, b = (self._lane(side, kind, track) for side in SIDES)
        return f'<div class="track{_small(kind)}">{a}{self._ties(kind, track)}{b}</div>'

    def _lane(self, side: Side, kind: str, track: int) -> str:
        clips = list(_clips_on(self._cuts[side], kind, track))
        if clips or _has_track(self._cuts[side], kind, track):
            return f'<div class="lane {side}">{"".join(self._clip(side, *one) for one in clips)}</div>'
        return f'<div class="lane {side} none"></div>'

    def _clip(self, side: Side, address: Key, clip: Clip) -> str:
        places = self._pairs.get((side, address), [])
        pairs = [self._report.pairs[place] for place in places]
        shown = max(pairs, key=_weight, default=None)
        name, glyph = state_of(shown) if shown else ("", "")
        mark = clip_id(side, address)
        left = self._scale.percent(side, Fraction(clip.record.start))
        width = self._scale.percent(side, Fraction(clip.record.duration))
        self.sheet.add(f"#{mark}", f"left:{left}%;width:{width}%")
        classes = ["c", *([f"k-{name}"] if name else []), *(["off"] if not clip.enabled else [])]
        classes += ["doubt"] if any(pair.ambiguous for pair in pairs) else []
        classes += [self._pictures[side, address]] if (side, address) in self._pictures else []
        link = next((place for place in places if _is_listed(self._report.pairs[place])), None)
        tag, where = ("span", ' tabindex="-1"') if link is None else ("a", f' href="#p{link}"')
        badge = f"<i>{glyph}</i>" if glyph and name != "shifted" else ""
        return (
            f'<{tag} id="{mark}"{where} class="{" ".join(classes)}" data-p="{" ".join(map(str, places))}" '
            f'data-f="{width}" data-w="{words_of(pairs)}" data-s="{escape(clip.name)}" '
            f'title="{escape(self._title(side, clip, pairs))}">'
            f"<span>{escape(clip.name)}</span>{badge}</{tag}>"
        )

    def _title(self, side: Side, clip: Clip, pairs: Sequence[PairFacts]) -> str:
        cut = self._report.a if side == "a" else self._report.b
        start, end = (timecode(cut, _exact(frame)) for frame in (clip.record.start, clip.record.end))
        media = f"\n{clip.media.name}" if clip.media and clip.media.name and clip.media.name != clip.name else ""
        said = [detail.text for pair in pairs for detail in pair.details]
        lines = [f"{clip.name or 'no name'}{media}", f"{start} – {end}, {clip.record.duration} frames", *said]
        doubt = ["not sure: another match is about as likely"] if any(pair.ambiguous for pair in pairs) else []
        return "\n".join([*lines[:12], *doubt])

    # --- what ties A to B

    def _ties(self, kind: str, track: int) -> str:
        """One shape a changed clip; neighbours that moved alike, or not at all, share one."""
        here = [
            (place, pair)
            for place, pair in enumerate(self._report.pairs)
            if pair.a and pair.b and pair.record.a and pair.record.b and _is_here(pair, kind, track)
        ]
        shapes, labels = [], []
        for run in _runs(here):
            shapes.append(self._shape(run))
            if only_shifted(run[0][1]):
                labels.append(self._label(run))
        drawing = f'<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">{"".join(shapes)}</svg>'
        return f'<div class="ties">{drawing}{"".join(labels)}</div>'

    def _shape(self, run: Sequence[tuple[int, PairFacts]]) -> str:
        pairs = [pair for _, pair in run]
        top, bottom = self._extent("a", pairs), self._extent("b", pairs)
        name, _ = state_of(pairs[0])
        kind = f"k-{name}" if name else "same"
        points = f"{top[0]},0 {top[1]},0 {bottom[1]},100 {bottom[0]},100"
        places = " ".join(str(place) for place, _ in run) if len(run) == 1 else ""
        names = escape(pairs[0].name) if len(run) == 1 else ""
        owner = f' data-p="{places}"' if places else ""
        return f'<polygon class="t {kind}" points="{points}"{owner} data-w="{words_of(pairs)}" data-s="{names}"/>'

    def _extent(self, side: Side, pairs: Iterable[PairFacts]) -> tuple[float, float]:
        records: list[Range] = [
            found for pair in pairs if (found := pair.record.a if side == "a" else pair.record.b) is not None
        ]
        first, last = min(number(one[0]) for one in records), max(number(one[1]) for one in records)
        return self._scale.percent(side, first), self._scale.percent(side, last)

    def _label(self, run: Sequence[tuple[int, PairFacts]]) -> str:
        pairs = [pair for _, pair in run]
        (left, right), mark = self._extent("b", pairs), f"r{run[0][0]}"
        if len(run) == 1 and right - left < 2:
            return ""
        self.sheet.add(f"#{mark}", f"left:{round((left + right) / 2, 4)}%")
        count = f"{len(run)} clips " if len(run) > 1 else ""
        return f'<b id="{mark}">→ {count}{signed(_exact(Fraction(_moved(pairs[0]))))}</b>'

    def _ruler(self) -> str:
        cut, seconds = self._report.b, self._scale.seconds
        nominal = FrameRate.of_media(Fraction(cut.rate))
        found: dict[int, int] = {}
        for level, wanted in enumerate(_TICKS):
            step = next((one for one in _STEPS if seconds / one <= wanted), _STEPS[-1] * 4)
            for place in range(min(int(seconds / step) + 1, 2 * wanted)):
                found.setdefault(place * step * nominal.nominal, level)
        ticks = []
        for frame, level in sorted(found.items()):
            at = self._scale.percent("b", Fraction(frame))
            if at < 100:
                self.sheet.add(f"#u{frame}", f"left:{at}%")
                ticks.append(f'<span class="tick l{level}" id="u{frame}">{timecode(cut, frame)}</span>')
        return f'<div class="ruler">{"".join(ticks)}</div>'


def clip_id(side: Side, address: Key) -> str:
    """Return the id of a clip's box on the page."""
    kind, *rest = address
    return f"{side}{LETTERS[str(kind)]}{'-'.join(map(str, rest))}"


def has_row(pair: PairFacts) -> bool:
    """Say whether a pair has a row of its own in the table: rippling alone is one line for all."""
    return bool(pair.changes) and not only_shifted(pair)


def words_of(pairs: Iterable[PairFacts]) -> str:
    """Return the words by which parts of the page are chosen."""
    found = dict.fromkeys(word for pair in pairs for word in [*pair.changes, *(["ambiguous"] * pair.ambiguous)])
    return " ".join(found) or "unchanged"


def _weight(pair: PairFacts) -> int:
    return 2 * has_row(pair) + bool(pair.changes) + pair.ambiguous


def _small(kind: str) -> str:
    return "" if kind == "video" else " small"


def _exact(frame: int | Fraction) -> int | str:
    found = Fraction(frame)
    return found.numerator if found.denominator == 1 else f"{found.numerator}/{found.denominator}"


def _track_rows(cuts: Mapping[Side, Cut]) -> list[tuple[str, int]]:
    """Tracks as editors stack them: the highest video on top, then sound, then subtitles."""
    counts = {
        kind: max(sum(track.kind == kind for track in cut.tracks) for cut in cuts.values()) for kind in TRACK_KINDS
    }
    rows = [(kind, track) for kind in TRACK_KINDS for track in range(counts[kind])]
    return sorted(rows, key=lambda row: (TRACK_KINDS.index(row[0]), -row[1] if row[0] == "video" else row[1]))


def _has_track(cut: Cut, kind: str, track: int) -> bool:
    return sum(one.kind == kind for one in cut.tracks) > track


def _clips_on(cut: Cut, kind: str, track: int) -> Iterator[tuple[Key, Clip]]:
    for address, item in items_of(cut):
        if address[0] == kind and address[1] == track and isinstance(item, Clip):
            yield tuple(address), item


def _is_here(pair: PairFacts, kind: str, track: int) -> bool:
    ends = [address for address in (pair.a, pair.b) if address is not None]
    return all(len(end) == 3 and end[0] == kind and end[1] == track for end in ends)


def _moved(pair: PairFacts) -> Fraction:
    a, b = pair.record.a, pair.record.b
    return number(b[0]) - number(a[0]) if a and b else Fraction(0)


def _runs(pairs: Sequence[tuple[int, PairFacts]]) -> list[list[tuple[int, PairFacts]]]:
    """Neighbours that are unchanged or shifted alike together, everything else alone."""

    def alike(one: tuple[int, PairFacts]) -> tuple[object, ...]:
        place, pair = one
        return (pair.changes[:1], _moved(pair), -1) if not has_row(pair) else ((), 0, place)

    ordered = sorted(pairs, key=lambda one: number((one[1].record.b or (0, 0))[0]))
    return [list(run) for _, run in groupby(ordered, alike)]


def row_label(pair: PairFacts) -> str:
    """Return the track of a pair's row, or both where the clip changed tracks."""
    labels = [track_label(address) for address in (pair.a, pair.b) if address is not None]
    return " → ".join(dict.fromkeys(labels))


def _is_listed(pair: PairFacts) -> bool:
    return has_row(pair) or pair.ambiguous
