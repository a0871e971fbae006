"""Laws of exact time, against counting done here frame by frame."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takebridge.errors import InvalidTimeError
from takebridge.timebase import (
    EDIT_RATES,
    ClipMapping,
    FrameRange,
    FrameRate,
    MediaSpace,
    TimelineSpace,
    format_timecode,
    frame_at,
    frames_covering,
    parse_edit_rate,
    parse_media_rate,
    parse_timecode,
    to_seconds,
)

edit_rates = st.sampled_from(EDIT_RATES)
media_rates = (
    edit_rates
    | st.builds(FrameRate, st.integers(1, 240), st.sampled_from([1, 2, 1001]))
    | st.builds(FrameRate, st.integers(1, 120_000), st.just(1001))
)
frames = st.integers(-(10**7), 10**9)
seconds = st.fractions(min_value=-10_000, max_value=100_000, max_denominator=10**6)
COUNTED = [(rate, drop) for rate in EDIT_RATES for drop in ((False, True) if rate.denominator == 1001 else (False,))]
COUNTED = [
    (rate, drop) for rate, drop in COUNTED if not drop or str(rate) in ("30000/1001", "60000/1001", "120000/1001")
]
PER_SECOND = {"24000/1001": 24, "30000/1001": 30, "48000/1001": 48, "60000/1001": 60, "120000/1001": 120}
LEFT_OUT = {"30000/1001": 2, "60000/1001": 4, "120000/1001": 8}


def count(rate: FrameRate, drop: bool, minute: int, minutes: int) -> Iterator[tuple[int, int, int, int]]:
    """Count the labels of some minutes as a clock would, leaving out the first few of a minute when it must."""
    per_second = PER_SECOND.get(str(rate)) or int(str(rate))
    for total in range(minute, minute + minutes):
        for second in range(60):
            first = LEFT_OUT[str(rate)] if drop and second == 0 and total % 10 != 0 else 0
            for number in range(first, per_second):
                yield total // 60, total % 60, second, number


def spelled(label: tuple[int, int, int, int], rate: FrameRate, drop: bool) -> str:
    hours, minutes, second, number = label
    wide = str(rate) in ("120", "120000/1001")
    return f"{hours:02}:{minutes:02}:{second:02}{';' if drop else ':'}{number:0{3 if wide else 2}}"


@pytest.mark.parametrize(("rate", "drop"), COUNTED, ids=lambda value: str(value))
def test_timecode_agrees_with_counting_over_the_first_21_minutes(rate: FrameRate, drop: bool) -> None:
    # Two ten-minute boundaries; whole minutes at the seams, the first seconds of every minute.
    frame = -1
    for frame, label in enumerate(count(rate, drop, 0, 21)):
        if label[2] in (0, 1, 59) or frame % 97 == 0:
            text = spelled(label, rate, drop)
            assert format_timecode(frame, rate, drop=drop) == text
            assert parse_timecode(text, rate) == frame
    assert frame > 21 * 60 * 23


@pytest.mark.parametrize(
    ("rate", "hour"),
    [(FrameRate(30000, 1001), 107892), (FrameRate(60000, 1001), 215784), (FrameRate(120000, 1001), 431568)],
    ids=str,
)
def test_drop_frame_agrees_with_counting_around_the_first_hour(rate: FrameRate, hour: int) -> None:
    before = list(count(rate, True, 58, 2))
    for frame, label in enumerate(before, hour - len(before)):
        assert format_timecode(frame, rate, drop=True) == spelled(label, rate, True)
    for frame, label in enumerate(count(rate, True, 60, 2), hour):
        assert parse_timecode(spelled(label, rate, True), rate) == frame


@given(st.sampled_from(COUNTED), st.integers(0, 99 * 3600 * 24))
def test_a_label_leads_back_to_its_frame(counted: tuple[FrameRate, bool], frame: int) -> None:
    rate, drop = counted
    assert parse_timecode(format_timecode(frame, rate, drop=drop), rate) == frame


@given(
    st.sampled_from(COUNTED),
    st.tuples(st.integers(0, 99), st.integers(0, 59), st.integers(0, 59), st.integers(0, 125)),
)
def test_a_label_exists_exactly_when_counting_reaches_it(
    counted: tuple[FrameRate, bool], label: tuple[int, int, int, int]
) -> None:
    rate, drop = counted
    hours, minutes, _, _ = label
    exists = label in set(count(rate, drop, hours * 60 + minutes, 1))
    text = spelled(label, rate, drop)
    try:
        frame = parse_timecode(text, rate)
    except InvalidTimeError:
        assert not exists, f"{text} at {rate} exists but was refused"
    else:
        assert exists, f"{text} at {rate} does not exist but became {frame}"
        assert format_timecode(frame, rate, drop=drop) == text


@given(st.sampled_from([(rate, drop) for rate, drop in COUNTED if drop]), st.integers(0, 98))
def test_drop_frame_stays_within_a_tenth_of_a_second_of_the_clock(counted: tuple[FrameRate, bool], hours: int) -> None:
    rate, _ = counted
    real = to_seconds(parse_timecode(f"{hours:02}:00:00;00", rate), rate)
    assert abs(real - hours * 3600) <= Fraction(4, 1000) * max(hours, 1)


# --- rates ----------------------------------------------------------------------------------------------


@given(edit_rates, st.sampled_from(["{}", " {} ", "{} fps", "{}FPS", "{} DF", "{} NDF"]))
def test_every_exact_spelling_leads_to_its_rate(rate: FrameRate, frame_of: str) -> None:
    assert parse_edit_rate(frame_of.format(rate)) == rate
    assert parse_edit_rate(frame_of.format(f"{rate.numerator * 3}/{rate.denominator * 3}")) == rate


@given(edit_rates, st.integers(2, 15))
def test_every_rounding_from_two_digits_on_leads_to_its_rate(rate: FrameRate, digits: int) -> None:
    assert parse_edit_rate(f"{float(rate.fraction):.{digits}f}") == rate
    assert parse_edit_rate(round(float(rate.fraction), digits)) == rate


@given(st.text(max_size=12) | st.floats() | st.integers() | st.fractions())
def test_whatever_is_taken_for_a_rate_is_one_within_a_hundredth(value: str | float | int | Fraction) -> None:
    try:
        rate = parse_edit_rate(value)
    except InvalidTimeError:
        return
    assert rate in EDIT_RATES
    if not isinstance(value, str):
        assert abs(Fraction(value) - rate.fraction) < Fraction(1, 100)


@given(st.fractions(min_value=Fraction(1, 1000), max_value=1000))
def test_media_rates_are_taken_as_they_are(value: Fraction) -> None:
    assert FrameRate.of_media(value).fraction == value
    if value.numerator < 10**9 and value.denominator < 10**9:
        assert parse_media_rate(f"{value.numerator}/{value.denominator}").fraction == value


# --- frames and seconds ---------------------------------------------------------------------------------


@given(frames, media_rates)
def test_a_frames_own_start_is_on_that_frame(frame: int, rate: FrameRate) -> None:
    assert frame_at(to_seconds(frame, rate), rate) == frame
    assert frames_covering(to_seconds(frame, rate), rate) == frame


@given(seconds, media_rates)
def test_the_frame_on_screen_started_and_the_next_has_not(time: Fraction, rate: FrameRate) -> None:
    frame = frame_at(time, rate)
    assert Fraction(frame) / rate.fraction <= time < Fraction(frame + 1) / rate.fraction


@given(seconds, media_rates)
def test_covering_frames_last_long_enough_and_one_fewer_does_not(time: Fraction, rate: FrameRate) -> None:
    covering = frames_covering(time, rate)
    assert Fraction(covering - 1) / rate.fraction < time <= Fraction(covering) / rate.fraction


# --- spaces ---------------------------------------------------------------------------------------------


@given(edit_rates, st.integers(0, 10**7), st.integers(0, 10**7))
def test_timeline_frames_and_record_frames_lead_back(rate: FrameRate, start: int, frame: int) -> None:
    timeline = TimelineSpace(rate, start)
    assert timeline.to_timeline_frame(timeline.to_record_frame(frame)) == frame
    assert timeline.to_record_frame(timeline.to_timeline_frame(start + frame)) == start + frame


@given(media_rates, st.integers(0, 10**7), frames)
def test_source_frames_and_media_timecode_lead_back(rate: FrameRate, start: int, frame: int) -> None:
    media = MediaSpace(rate, 100, start)
    assert media.to_source_frame(media.to_media_tc_frame(frame)) == frame
    assert media.to_media_tc_frame(media.to_source_frame(frame)) == frame


@st.composite
def clips(draw: st.DrawFn) -> ClipMapping:
    timeline = TimelineSpace(draw(edit_rates), draw(st.integers(0, 500_000)))
    start = timeline.start_record_frame + draw(st.integers(0, 500_000))
    media = MediaSpace(draw(media_rates), 10**6, draw(st.integers(0, 10**6)))
    return ClipMapping(timeline, media, FrameRange.of(start, draw(st.integers(1, 5000))), draw(st.integers(0, 10**5)))


@given(clips(), st.integers(0, 4999))
def test_the_source_frame_seen_is_the_floor(clip: ClipMapping, offset: int) -> None:
    source = clip.source_frame_at(clip.record.start + offset) - clip.source_start
    elapsed = Fraction(offset) / clip.timeline.rate.fraction
    assert Fraction(source) / clip.media.rate.fraction <= elapsed < Fraction(source + 1) / clip.media.rate.fraction


@given(clips())
def test_the_first_record_frame_shows_the_first_source_frame_and_the_range_holds_all_that_is_seen(
    clip: ClipMapping,
) -> None:
    seen = [clip.source_frame_at(frame) for frame in range(clip.record.start, clip.record.end)][:300]
    assert seen[0] == clip.source_start
    assert seen == sorted(seen)
    last = clip.source_frame_at(clip.record.end - 1)
    assert clip.source_range == FrameRange(clip.source_start, last + 1)
    assert clip.source_range.contains(FrameRange(seen[0], seen[-1] + 1))


@given(clips(), st.integers(0, 5000))
def test_the_record_frame_of_a_source_frame_is_the_first_that_shows_it_or_a_later_one(
    clip: ClipMapping, offset: int
) -> None:
    source = clip.source_start + offset
    record = clip.record_frame_of(source)
    assert clip.source_frame_at(record) >= source
    assert clip.source_frame_at(record - 1) < source


@given(clips(), st.integers(0, 4999))
def test_a_clip_whose_rates_agree_maps_one_to_one(clip: ClipMapping, offset: int) -> None:
    media = MediaSpace(clip.timeline.rate, 10**6)
    same = ClipMapping(clip.timeline, media, clip.record, clip.source_start)
    record = clip.record.start + offset
    assert same.source_frame_at(record) == clip.source_start + offset
    assert same.record_frame_of(same.source_frame_at(record)) == record


# --- ranges ---------------------------------------------------------------------------------------------

ranges = st.builds(FrameRange.of, st.integers(-50, 50), st.integers(0, 40))


def members(span: FrameRange) -> set[int]:
    return set(range(span.start, span.end))


@given(ranges, ranges)
def test_ranges_are_sets_of_frames(one: FrameRange, other: FrameRange) -> None:
    assert one.duration == len(members(one))
    assert one.overlaps(other) is bool(members(one) & members(other))
    if members(other):
        assert one.contains(other) is (members(other) <= members(one))
    clamped = one.clamped(other)
    assert members(clamped) == members(one) & members(other)
    assert other.start <= clamped.start <= clamped.end <= other.end


@given(ranges, st.integers(0, 30), st.integers(0, 30), st.integers(-99, 99))
def test_growing_and_moving_are_undone_by_their_opposites(span: FrameRange, head: int, tail: int, by: int) -> None:
    assert span.expanded(head, tail).expanded(-head, -tail) == span
    assert span.shifted(by).shifted(-by) == span
    assert span.expanded(head, tail).duration == span.duration + head + tail
