"""Hand-made timelines for edit tests, at several rates, and checks every edit must pass."""

from __future__ import annotations

import difflib
from fractions import Fraction as F

from takebridge_fcpxml import Fcpxml, parse, place
from takebridge_fcpxml.view import Item, Sequence, Transition

RATES = {
    "23.976": (F(1001, 24000), "1001/24000s", "FFVideoFormat1080p2398", 24000),
    "25": (F(1, 25), "100/2500s", "FFVideoFormat1080p25", 2500),
    "29.97": (F(1001, 30000), "1001/30000s", "FFVideoFormat1080p2997", 30000),
}


def spell(value: F, timescale: int) -> str:
    """As Final Cut Pro spells: whole seconds plainly, others over the timescale."""
    if value.denominator == 1:
        return f"{value.numerator}s"
    assert timescale % value.denominator == 0
    return f"{value.numerator * (timescale // value.denominator)}/{timescale}s"


class Reel:
    """Builds documents at one rate: ``t`` spells frames, ``clip`` and friends are XML."""

    def __init__(self, rate: str = "25", tc_frames: int = 90000) -> None:
        self.frame, self.frame_text, self.format_name, self.timescale = RATES[rate]
        self.tc_frames = tc_frames

    def s(self, frames: int) -> F:
        return frames * self.frame

    def t(self, frames: int) -> str:
        return spell(self.s(frames), self.timescale)

    def record(self, frames: int) -> F:
        """Record seconds of a frame counted from the beginning of the sequence."""
        return self.s(self.tc_frames + frames)

    def asset(self, identifier: str, start: int = 0, duration: int = 1000, fmt: str = "r1", more: str = "") -> str:
        return (
            f'<asset id="{identifier}" name="{identifier}.mov" start="{self.t(start)}" duration="{self.t(duration)}" '
            f'hasVideo="1" format="{fmt}" videoSources="1" hasAudio="1" audioSources="1" audioChannels="2" '
            f'audioRate="48000"{more}><media-rep kind="original-media" src="file:///media/{identifier}.mov"/></asset>'
        )

    def clip(self, name: str, offset: int, duration: int, start: int = 0, inner: str = "", ref: str = "a1") -> str:
        begin = f' start="{self.t(start)}"' if start else ""
        head = f'<asset-clip ref="{ref}" offset="{self.t(self.tc_frames + offset)}" name="{name}"{begin}'
        return f'{head} duration="{self.t(duration)}" audioRole="dialogue">{inner}</asset-clip>'

    def gap(self, offset: int, duration: int, inner: str = "") -> str:
        at = self.t(self.tc_frames + offset)
        return f'<gap name="Gap" offset="{at}" start="3600s" duration="{self.t(duration)}">{inner}</gap>'

    def title(self, lane: int, offset: int, duration: int, name: str = "T") -> str:
        return (
            f'<title ref="e1" lane="{lane}" offset="{self.t(offset)}" name="{name}" start="3600s" '
            f'duration="{self.t(duration)}"/>'
        )

    def transition(self, offset: int, duration: int) -> str:
        at = self.t(self.tc_frames + offset)
        return f'<transition name="Cross Dissolve" offset="{at}" duration="{self.t(duration)}"/>'

    def film(self, *spine: str, resources: str = "", duration: int | None = None, version: str = "1.10") -> Fcpxml:
        assets = self.asset("a1") + self.asset("a2", start=90000, duration=500)
        length = f' duration="{self.t(duration)}"' if duration is not None else ""
        text = f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE fcpxml>

<fcpxml version="{version}"><resources>
<format id="r1" name="{self.format_name}" frameDuration="{self.frame_text}" width="1920" height="1080"/>
<format id="f25" name="FFVideoFormat1080p25" frameDuration="100/2500s" width="1920" height="1080"/>
<format id="f24" name="FFVideoFormat1080p24" frameDuration="100/2400s" width="1920" height="1080"/>
<format id="f2398" name="FFVideoFormat1080p2398" frameDuration="1001/24000s" width="1920" height="1080"/>
<format id="f2997" name="FFVideoFormat1080p2997" frameDuration="1001/30000s" width="1920" height="1080"/>
<format id="still" name="FFVideoFormatRateUndefined" width="1920" height="1080"/>
<effect id="e1" name="Basic Title" uid="title.moti"/>{assets}{resources}
</resources><library><event name="E"><project name="P">
<sequence format="r1"{length} tcStart="{self.t(self.tc_frames)}" tcFormat="NDF"><spine>{"".join(spine)}</spine>
</sequence></project></event></library></fcpxml>
"""
        return formatted(text)


def formatted(text: str) -> Fcpxml:
    """A document indented as Final Cut Pro indents."""
    from lxml import etree

    tree = etree.fromstring(text.encode(), etree.XMLParser(remove_blank_text=True))
    etree.indent(tree, space="    ")
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n\n'
    return parse(head + etree.tostring(tree, encoding="unicode") + "\n")


def sequence_of(film: Fcpxml) -> Sequence:
    return film.projects[0].sequence


def named(film: Fcpxml, name: str) -> Item:
    return next(item for item in film.descendants(Item) if item.name == name)


def where(film: Fcpxml, *names: str) -> list[F]:
    """Record starts of items by name."""
    found = {placed.item.name: placed.record_start for placed in place(sequence_of(film), alternates=True)}
    return [found[name] for name in names]


def timing(film: Fcpxml) -> list[tuple[object, ...]]:
    """Everything about the time of every item but gaps, for comparing what an edit left alone."""
    return [
        (placed.item.tag, placed.item.name, placed.record_start, placed.duration, placed.item.start, placed.lane)
        for sequence in film.sequences
        for placed in place(sequence, alternates=True)
    ]


def changed_lines(before: bytes, after: bytes) -> list[str]:
    """Lines that went (``-``) or came (``+``)."""
    lines = difflib.ndiff(before.decode().splitlines(), after.decode().splitlines())
    return [line[:2].strip() + line[2:].strip() for line in lines if line[:1] in "+-"]


def check_spine(film: Fcpxml, frame: F) -> None:
    """The primary storyline is contiguous from tcStart, on the grid, and no clip leaves its media."""
    from takebridge_fcpxml.edit.media import missing
    from takebridge_fcpxml.view import Audition

    sequence = sequence_of(film)
    cursor = sequence.tc_start
    for item in sequence.spine.items:
        assert (item.offset or F(0)) % frame == 0
        if isinstance(item, Transition):
            continue
        assert item.offset == cursor, f"hole or overlap at {item!r}"
        assert item.length % frame == 0
        assert item.length > 0
        cursor += item.length
    for placed in place(sequence, alternates=True):
        if not isinstance(placed.item, Audition | Transition):
            assert missing(placed.item, placed.item.start, placed.duration, placed.scale) == (0, 0), placed.item
    if sequence.duration is not None:
        assert sequence.duration == cursor - sequence.tc_start
