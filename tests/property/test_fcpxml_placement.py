"""Placement against the other direction: record places are chosen first, the offsets follow from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

import takebridge_fcpxml as fcpxml
from takebridge_fcpxml import format_time, place

FORMATS = """<format id="r1" frameDuration="1/60s"/><format id="r2" frameDuration="1001/24000s"/>
<asset id="a" start="0s" duration="1000s" hasVideo="1" format="r1"/>
<asset id="film" start="0s" duration="1000s" hasVideo="1" format="r2"/>"""
#: 23.98 in 60 plays 1.001 s of media a second (seen in Final Cut Pro).
SCALE = Fraction(1001, 1000)

moments = st.builds(Fraction, st.integers(-2_000_000, 2_000_000), st.sampled_from([1, 24, 25, 1000, 24000, 48000]))


@dataclass
class Story:
    """An item with its place in record time; ``kind`` says how it is written."""

    name: str
    record: Fraction
    duration: Fraction
    start: Fraction
    lane: int
    kind: str
    children: list[Story] = field(default_factory=list)
    storylines: list[tuple[int, Fraction, list[Story]]] = field(default_factory=list)

    @property
    def scale(self) -> Fraction:
        return SCALE if self.kind == "conformed" else Fraction(1)

    def local(self, record: Fraction) -> str:
        """The offset in this item of something at a record time."""
        return format_time(self.start + (record - self.record) * self.scale)

    def text(self, offset: str | None, lane: int) -> str:
        place = ("" if offset is None else f' offset="{offset}"') + (f' lane="{lane}"' if lane else "")
        own = f'name="{self.name}" start="{format_time(self.start)}" duration="{format_time(self.duration)}"'
        inside = "".join(child.text(self.local(child.record), child.lane) for child in self.children)
        for line, begin, items in self.storylines:
            held = "".join(item.text(format_time(item.record - begin), 0) for item in items)
            inside += f'<spine lane="{line}" offset="{self.local(begin)}">{held}</spine>'
        if self.kind == "audition":
            other = f'<asset-clip ref="a" name="other" duration="{format_time(self.duration)}"/>'
            return f'<audition{place}><asset-clip ref="a" {own}>{inside}</asset-clip>{other}</audition>'
        if self.kind == "conformed":
            return f'<asset-clip ref="film"{place} {own}><conform-rate srcFrameRate="23.98"/>{inside}</asset-clip>'
        return f'<{self.kind} ref="a"{place} {own}>{inside}</{self.kind}>'

    def expected(self, lane: int) -> list[tuple[str, Fraction, Fraction, Fraction, int]]:
        own = (self.name, self.record, self.duration, self.start, lane)
        found = [("", own[1], own[2], Fraction(0), lane)] if self.kind == "audition" else []
        found.append(own)
        for child in self.children:
            found += child.expected(child.lane)
        for line, _, items in self.storylines:
            for item in items:
                found += item.expected(line)
        return found


@st.composite
def stories(draw: st.DrawFn, names: list[int], depth: int = 0) -> Story:
    names.append(len(names))
    story = Story(
        f"n{len(names)}",
        draw(moments),
        abs(draw(moments)),
        draw(moments),
        draw(st.sampled_from([-3, -1, 1, 2])),
        draw(
            st.sampled_from(["asset-clip", "clip", "sync-clip", "ref-clip", "title", "video", "conformed", "audition"])
        ),
    )
    if depth < 3:
        story.children = [draw(stories(names, depth + 1)) for _ in range(draw(st.integers(0, 2)))]
        for _ in range(draw(st.integers(0, 1))):
            items = [draw(stories(names, depth + 2)) for _ in range(draw(st.integers(0, 2)))]
            story.storylines.append((draw(st.sampled_from([-2, 4])), draw(moments), items))
    return story


@st.composite
def films(draw: st.DrawFn) -> tuple[str, list[tuple[str, Fraction, Fraction, Fraction, int]]]:
    names: list[int] = []
    spine, expected, cursor = "", [], draw(moments)
    tc_start = format_time(cursor)
    for _ in range(draw(st.integers(1, 4))):
        story = draw(stories(names))
        follows = draw(st.booleans())
        if follows:
            story.record = cursor
        spine += story.text(None if follows else format_time(story.record), 0)
        cursor = story.record + story.duration
        expected += story.expected(0)
    text = f"""<fcpxml version="1.10"><resources>{FORMATS}</resources><project>
<sequence format="r1" tcStart="{tc_start}"><spine>{spine}</spine></sequence></project></fcpxml>"""
    return text, expected


@given(films())
def test_every_item_stands_where_it_was_put(
    case: tuple[str, list[tuple[str, Fraction, Fraction, Fraction, int]]],
) -> None:
    text, expected = case
    film = fcpxml.parse(text)
    found = [(p.item.name, p.record_start, p.duration, p.item.start, p.lane) for p in place(film.projects[0].sequence)]
    assert found == expected


@given(films(), moments)
def test_record_and_local_time_are_each_others_inverse(case: tuple[str, object], moment: Fraction) -> None:
    for placed in place(fcpxml.parse(case[0]).projects[0].sequence):
        assert placed.to_record(placed.to_local(moment)) == moment
        assert placed.to_local(placed.record_start) == placed.item.start
        assert placed.to_local(placed.record_end) - placed.item.start == placed.local_duration
