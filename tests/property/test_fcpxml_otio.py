"""Any storyline at any rate goes to OTIO and back with every time exact."""

from __future__ import annotations

import json
from fractions import Fraction

import opentimelineio as otio
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.fcpxml_story import counts, stands

from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.otio import KEY, from_otio, to_otio
from takebridge_fcpxml.otio.files import parse_otio
from takebridge_fcpxml.otio.rational import rational_time, read_time

RATES = [
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(50),
    Fraction(60000, 1001),
    Fraction(60),
]
KINDS = ["asset-clip", "video", "title", "gap", "audio", "clip", "audition"]


def spell(value: Fraction, factor: int = 1) -> str:
    return (
        f"{value.numerator * factor}/{value.denominator * factor}s"
        if value.denominator > 1 or factor > 1
        else f"{value}s"
    )


@st.composite
def items(draw: st.DrawFn, rate: Fraction, depth: int = 0, lane: int = 0, offset: Fraction | None = None) -> str:
    """One story item as XML; connected ones may stand between frames."""
    kind = draw(st.sampled_from(KINDS if lane == 0 else [kind for kind in KINDS if kind != "gap"]))
    frames = draw(st.integers(1, 5000))
    start = draw(st.integers(0, 200_000)) / draw(st.sampled_from([rate, Fraction(48000), Fraction(25)]))
    times = f'start="{spell(start, draw(st.sampled_from([1, 10])))}" duration="{spell(frames / rate)}"'
    place = f'offset="{spell(offset)}" ' if offset is not None else ""
    place += f'lane="{lane}" ' if lane else ""
    name = f'name="{draw(st.text("abcü é", max_size=5))}"'
    inside = ""
    if depth < 2 and kind != "audition":
        inside = "".join(
            draw(connected(rate, depth, start, connected_lane))
            for connected_lane in draw(st.lists(st.sampled_from([-2, -1, 1, 2]), max_size=2))
        )
    marker = f'<marker start="{spell(start + 1 / rate)}" duration="{spell(1 / rate)}" value="m"/>'
    marks = marker if draw(st.booleans()) else ""
    if kind == "audition":
        return (
            f'<audition {place}><asset-clip ref="r2" {name} {times}/>'
            f'<asset-clip ref="r3" name="other" {times}/></audition>'
        )
    if kind == "clip":
        inside = f'<video ref="r2" offset="0s" duration="9s"/>{inside}'
    reference = {"asset-clip": 'ref="r2"', "video": 'ref="r2"', "audio": 'ref="r3"', "title": 'ref="r4"'}.get(kind, "")
    return f"<{kind} {reference} {place}{name} {times}>{inside}{marks}</{kind}>"


@st.composite
def connected(draw: st.DrawFn, rate: Fraction, depth: int, start: Fraction, lane: int) -> str:
    """A connected item or storyline, on or off the frame grid."""
    unit = draw(st.sampled_from([rate, Fraction(48000), Fraction(144000)]))
    offset = start + draw(st.integers(0, 300)) / unit
    if draw(st.integers(0, 3)):
        return draw(items(rate, depth + 1, lane, offset))
    inner, cursor = "", Fraction(0)
    for _ in range(draw(st.integers(1, 3))):
        length = draw(st.integers(1, 400)) / rate
        inner += f'<asset-clip ref="r2" name="s" offset="{spell(cursor)}" start="1s" duration="{spell(length)}"/>'
        cursor += length + draw(st.integers(0, 3)) / rate
    return f'<spine lane="{lane}" offset="{spell(offset)}">{inner}</spine>'


@st.composite
def films(draw: st.DrawFn) -> str:
    rate = draw(st.sampled_from(RATES))
    origin = draw(st.sampled_from([Fraction(0), round(3600 * rate) / rate]))
    spine, cursor = "", origin
    for _ in range(draw(st.integers(0, 6))):
        item = draw(items(rate, offset=cursor))
        head = item.split(">")[0] if not item.startswith("<audition") else item.split(">")[1]
        length = Fraction(head.split('duration="')[1].split('s"')[0])
        spine += item
        cursor += length + draw(st.sampled_from([0, 0, 0, 3])) / rate
    return f"""<fcpxml version="1.10"><resources>
<format id="r1" frameDuration="{spell(1 / rate)}" width="1920" height="1080"/>
<asset id="r2" name="A" start="0s" duration="9000s" hasVideo="1" hasAudio="1" format="r1">
<media-rep kind="original-media" src="file:///m/a%20b.mov"/></asset>
<asset id="r3" name="B" start="0s" duration="9000s" hasAudio="1"><media-rep src="file:///m/b.wav"/></asset>
<effect id="r4" name="Basic Title" uid=".../Basic Title.moti"/>
</resources><library><event name="E"><project name="P"><sequence format="r1" tcStart="{spell(origin)}">
<spine>{spine}</spine></sequence></project></event></library></fcpxml>"""


@settings(max_examples=60)
@given(films())
def test_times_names_and_lanes_are_exact_through_otio_json(text: str) -> None:
    before = Document.parse(text)
    found, _ = to_otio(before)
    read, _ = parse_otio(found.to_json_string())
    after, losses = from_otio(read)
    assert stands(after.root) == stands(before.root)
    assert counts(after.root) == counts(before.root)
    assert not losses.only("dropped", "approximated"), losses.rows()


@settings(max_examples=60)
@given(films(), st.data())
def test_what_is_trimmed_or_removed_in_otio_stands_exactly_where_otio_shows_it(text: str, data: st.DataObject) -> None:
    found, _ = to_otio(Document.parse(text))
    rate = found.global_start_time.rate
    for number, clip in enumerate(found.tracks.find_clips()):
        clip.name = f"u{number}"
    for track in found.tracks:
        for clip in [one for one in track if isinstance(one, otio.schema.Clip)]:
            span = clip.source_range
            change = data.draw(st.sampled_from(["keep", "keep", "trim", "gap"]))
            if change == "trim" and span.duration.rate == rate and span.duration.value >= 2:
                shorter = otio.opentime.RationalTime(span.duration.value // 2, rate)
                clip.source_range = otio.opentime.TimeRange(span.start_time, shorter)
            elif change == "gap":
                track[track.index(clip)] = otio.schema.Gap(duration=span.duration)
    again, _ = parse_otio(found.to_json_string())
    document, _ = from_otio(again)
    shown = {(stand.name, stand.start, stand.duration) for stand in stands(document.root)}
    for track in again.tracks:
        cursor = read_time(again.global_start_time).seconds
        for item in track:
            length = read_time(item.source_range.duration).seconds
            if "key" in item.metadata.get(KEY, {}) and isinstance(item, otio.schema.Clip):
                assert (item.name, cursor, length) in shown
            cursor += length


def leaves(value: object, found: list[tuple[dict[str, object] | list[object], str | int]]) -> None:
    """Every place in JSON where something else could stand."""
    places = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in places:
        found.append((value, key))  # type: ignore[arg-type]
        leaves(inner, found)


DAMAGE = [None, 0, -1, 1e300, "", "x", "5/0", "<gap/>", [], {}, {"OTIO_SCHEMA": "Alien.1"}, {"OTIO_SCHEMA": "Clip.99"}]


@settings(max_examples=60)
@given(films(), st.data())
def test_damaged_json_ends_in_a_document_or_in_our_error(text: str, data: st.DataObject) -> None:
    value = json.loads(to_otio(Document.parse(text))[0].to_json_string())
    places: list[tuple[dict[str, object] | list[object], str | int]] = []
    leaves(value, places)
    for index in data.draw(st.lists(st.integers(0, len(places) - 1), min_size=1, max_size=3)):
        holder, key = places[index]
        holder[key] = data.draw(st.sampled_from(DAMAGE))  # type: ignore[index]
    try:
        document, _ = from_otio(parse_otio(json.dumps(value))[0])
        Document.parse(document.to_bytes())
    except FcpxmlError as error:
        assert error.message and error.hint


@given(st.integers(-(10**7), 10**7), st.sampled_from(RATES))
def test_frames_at_every_rate_survive_the_double(frames: int, rate: Fraction) -> None:
    time = rational_time(frames / rate, rate)
    assert (time.value, time.rate) == (frames, float(rate))
    assert read_time(time) == (frames / rate, True)


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**9))
def test_any_time_off_the_grid_survives_json(numerator: int, denominator: int) -> None:
    value = Fraction(numerator, denominator)
    clip = otio.schema.Clip()
    clip.source_range = otio.opentime.TimeRange(rational_time(value, Fraction(24000, 1001)), rational_time(Fraction(1)))
    again = otio.core.deserialize_json_from_string(clip.to_json_string())
    assert read_time(again.source_range.start_time).seconds == value
