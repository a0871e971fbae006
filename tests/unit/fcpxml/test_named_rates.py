"""The rate of a format that says no frame duration: standard formats have it in their names."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.support.fcpxml import film

from takebridge_fcpxml.placement import sequence_rate
from takebridge_fcpxml.rates import named_rate


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("FFVideoFormat1080p2398", Fraction(24000, 1001)),
        ("FFVideoFormat720p25", Fraction(25)),
        ("FFVideoFormat3840x2160p5994", Fraction(60000, 1001)),
        ("FFVideoFormatDV720x576i50", Fraction(25)),
        ("FFVideoFormat1080i5994", Fraction(30000, 1001)),
        ("FFVideoFormatRateUndefined", None),
        ("FFAudioFormat48k", None),
        ("FFVideoFormat1080p7", None),
        ("", None),
    ],
)
def test_the_name_of_a_format_says_its_rate(name: str, rate: Fraction | None) -> None:
    assert named_rate(name) == rate


def test_a_timeline_of_a_named_format_has_its_rate() -> None:
    made = film('<gap name="Gap" offset="0s" duration="1s"/>')
    form = made.resources.formats[0]
    form.element.attrib.pop("frameDuration")
    form.element.set("name", "FFVideoFormat1080p2997")
    assert form.rate == sequence_rate(made.projects[0].sequence) == Fraction(30000, 1001)


@pytest.mark.parametrize(("frame", "still"), [("1/25s", False), (None, True)])
def test_a_moving_picture_of_an_odd_size_is_no_still(frame: str | None, still: bool) -> None:
    said = f'frameDuration="{frame}" ' if frame else ""
    resources = (
        f'<format id="r8" name="FFVideoFormatRateUndefined" {said}width="500" height="500"/>'
        '<asset id="r9" name="a.mov" start="0s" duration="4s" hasVideo="1" format="r8">'
        '<media-rep src="file:///m/a.mov"/></asset>'
    )
    made = film('<gap name="Gap" offset="0s" duration="1s"/>', resources=resources)
    assert [one.is_still for one in made.resources.assets] == [still]
