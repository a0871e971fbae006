"""Lint cases on the timelines: storylines, lanes, auditions, media ranges, retiming, transitions, targets."""

from __future__ import annotations

from tests.support.fcpxml import film
from tests.support.fcpxml_lint import ORIGIN, Case, asset, at, clip, connected, frames, gap

from takebridge_fcpxml.view import Fcpxml

_EFFECT = '<effect id="e" uid="u"/>'
_TITLE = '<title ref="e" {} duration="1001/6000s"/>'


def _two(first: int, second_at: int) -> Fcpxml:
    return film(gap(first) + gap(10, at_frame=second_at))


def _storyline(second_at: int) -> Fcpxml:
    """A connected storyline of two titles of 4 frames, the second at this frame of the storyline."""
    titles = "".join(_TITLE.format(f'offset="{frames(place)}"') for place in (0, second_at))
    return connected(f'<spine lane="1" offset="{frames(7)}">{titles}</spine>', resources=_EFFECT)


def _title(attributes: str) -> Fcpxml:
    return connected(_TITLE.format(attributes), resources=_EFFECT)


def _audition(picks: str) -> Fcpxml:
    return film(f'<audition offset="{at(0)}">{picks}</audition>', resources=asset() + asset("b"))


def _pick(more: str = "", ref: str = "a") -> str:
    return f'<asset-clip ref="{ref}" start="0s" duration="{frames(9)}" {more}/>'


def _used(start: int, length: int, *, more: str = "", inside: str = "", **told: object) -> Fcpxml:
    """One clip of a 100 frame asset whose timecode begins at frame 1000."""
    found = clip(start, length, more=more, inside=inside)
    return film(found, resources=asset(start=1000) + str(told.get("resources", "")))


def _retimed(value_end: int) -> str:
    return (
        f'<timeMap><timept time="0s" value="0s" interp="linear"/>'
        f'<timept time="{frames(100)}" value="{frames(value_end)}" interp="linear"/></timeMap>'
    )


def _conformed(inside: str, *, rate: str = "1/25s", length: str = "4s", duration: str = "4s") -> Fcpxml:
    """A clip of 4 s media of another rate in the 23.976 film."""
    media = (
        f'<format id="f" frameDuration="{rate}"/>'
        f'<asset id="a" name="a.mov" duration="{length}" hasVideo="1" format="f">'
        '<media-rep src="file:///a.mov"/></asset>'
    )
    return film(f'<asset-clip ref="a" offset="{at(0)}" duration="{duration}">{inside}</asset-clip>', resources=media)


def _played(start: int, length: int) -> Fcpxml:
    """A compound clip of a 50 frame compound."""
    media = (
        f'<media id="m"><sequence format="r1" duration="{frames(50)}"><spine><gap offset="0s" duration="{frames(50)}"/>'
        "</spine></sequence></media>"
    )
    return film(
        f'<ref-clip ref="m" offset="{at(0)}" start="{frames(start)}" duration="{frames(length)}"/>', resources=media
    )


def _transition(at_frame: int, length: int, *, left: int = 50, handles: int = 20, sides: str = "both") -> Fcpxml:
    """Two clips cut at frame ``left``, the second one 50 frames long, with media ``handles`` around both."""
    transition = f'<transition offset="{at(at_frame)}" duration="{frames(length)}"/>'
    spine = clip(handles, left) + transition + clip(handles, 50, at_frame=left, ref="b")
    if sides == "none":
        spine = transition
    media = asset("a", length=left + 2 * handles) + asset("b", length=50 + 2 * handles)
    return film(spine, resources=media)


CASES: list[Case] = [
    Case(
        "off-grid",
        "warning",
        film(f'<gap offset="{at(0)}" duration="1/2s"/>'),
        film(f'<gap offset="{at(0)}" duration="15015/360000s"/>'),
        "/gap@duration",
    ),
    Case(
        "off-grid",
        "warning",
        film(gap(9) + f'<gap offset="{ORIGIN * 1001 + 9010}/24000s" duration="{frames(9)}"/>'),
        film(gap(9) + gap(9, at_frame=9)),
        "/gap[2]@offset",
        name="offset",
    ),
    Case("overlap", "error", _two(10, 9), _two(10, 10), "/gap[2]@offset"),
    Case("overlap", "error", _storyline(3), _storyline(4), "/title[2]@offset", name="in a connected storyline"),
    Case("hole", "warning", _two(10, 11), _two(10, 10), "/gap[2]@offset"),
    Case("hole", "warning", _storyline(5), _storyline(4), "/title[2]@offset", name="in a connected storyline"),
    Case(
        "hole",
        "warning",
        _two(10, 12),
        film(gap(10) + f'<gap duration="{frames(5)}"/>' + gap(5, at_frame=15)),
        "/gap[2]@offset",
        name="an item without an offset follows",
    ),
    Case("hole", "info", film(gap(9, at_frame=3)), film(gap(9)), "/gap@offset", name="before the first item"),
    Case("duration", "error", film(gap(-9)), film(gap(9)), "/gap@duration"),
    Case(
        "duration",
        "error",
        film(gap(9) + gap(0, at_frame=9)),
        film(
            f'<clip offset="{at(0)}" duration="{frames(9)}"><video ref="a" duration="0s"/></clip>',
            resources=asset(length=0),
        ),
        "/gap[2]@duration",
        name="none, against a still in a clip",
    ),
    Case(
        "duration-missing",
        "error",
        film(f'<gap offset="{at(0)}"/>'),
        film(f'<asset-clip ref="a" offset="{at(0)}"/>', resources=asset()),
        "/gap",
    ),
    Case("no-lane", "info", _title(""), _title('lane="-1"'), "/gap/title"),
    Case("no-lane", "warning", _title('lane="0"'), _title('lane="1"'), "/gap/title", "fcp", "lane 0 for a target"),
    Case(
        "no-lane",
        "info",
        connected('<spine offset="0s"/>'),
        film(f'<clip offset="{at(0)}" duration="{frames(9)}"><spine offset="0s"/></clip>'),
        "/gap/spine",
        name="storyline",
    ),
    Case("lane-on-gap", "error", film(gap(9, more='lane="1"')), film(gap(9)), "/gap@lane"),
    Case(
        "lane-in-storyline",
        "info",
        film(clip(0, 9, more='lane="1"'), resources=asset()),
        film(clip(0, 9, more='lane="0"'), resources=asset()),
        "/asset-clip@lane",
    ),
    Case("audition-empty", "error", _audition("<!-- no takes -->"), _audition(_pick()), "/audition"),
    Case(
        "audition-pick",
        "error",
        _audition(_pick() + f'<mc-clip ref="m" duration="{frames(9)}"/>'),
        _audition(_pick() + _pick(ref="b")),
        "/audition/mc-clip",
    ),
    Case(
        "audition-offset",
        "warning",
        _audition(_pick() + _pick(f'offset="{frames(1)}"', "b")),
        _audition(_pick() + _pick('offset="0s"', "b")),
        "/asset-clip[2]",
    ),
    Case(
        "audition-offset",
        "warning",
        _audition(_pick('lane="1"')),
        _audition(_pick()),
        "/audition/asset-clip",
        name="lane",
    ),
    Case("outside-media", "error", _used(1001, 100), _used(1000, 100), "/asset-clip"),
    Case("outside-media", "error", _used(0, 50), _used(1050, 50), "/asset-clip", name="start timecode forgotten"),
    Case(
        "outside-media",
        "error",
        _used(1000, 102),
        film(
            f'<asset-clip ref="a" offset="{at(0)}" start="{frames(1000)}" duration="{frames(100)[:-1]}s"/>',
            resources=asset(start=1000).replace(frames(100), f"{100 * 1001 - 1000}/24000s"),
        ),
        "/asset-clip",
        name="less than a frame is forgiven",
    ),
    Case(
        "outside-media",
        "error",
        connected(f'<video ref="a" lane="1" offset="0s" start="0s" duration="{frames(101)}"/>', resources=asset()),
        connected(
            f'<video ref="a" lane="1" offset="0s" start="3600s" duration="{frames(101)}"/>',
            resources='<format id="s" name="FFVideoFormatRateUndefined"/>' + asset(length=0, form="s"),
        ),
        "/gap/video",
        name="a still has no bounds",
    ),
    Case(
        "outside-media",
        "error",
        _audition(_pick() + f'<asset-clip ref="b" start="0s" duration="{frames(101)}"/>'),
        _audition(_pick() + f'<asset-clip ref="b" start="0s" duration="{frames(100)}"/>'),
        "/asset-clip[2]",
        name="a waiting take",
    ),
    Case(
        "outside-media",
        "info",
        film(clip(0, 100, inside=_retimed(150)), resources=asset()),
        film(clip(0, 100, inside=_retimed(50)), resources=asset(length=50)),
        "/asset-clip",
        name="through a time map",
    ),
    Case(
        "outside-media",
        "error",
        # 25 in 24 plays 0.96 s of media a second, so 4 s of media last 4.17 s and not 4.25 s (24With25Media).
        _conformed('<conform-rate srcFrameRate="25"/>', duration=frames(102)),
        _conformed('<conform-rate srcFrameRate="25"/>', duration=frames(100)),
        "/asset-clip",
        name="conformed",
    ),
    Case(
        "audio-outside-media",
        "warning",
        _used(1000, 50, more=f'audioStart="{frames(1000)}" audioDuration="{frames(101)}"'),
        _used(1020, 50, more=f'audioStart="{frames(1000)}" audioDuration="{frames(100)}"'),
        "/asset-clip@audioStart",
    ),
    Case("outside-compound", "info", _played(1, 50), _played(0, 50), "/ref-clip"),
    Case(
        "marker-outside",
        "info",
        _used(1010, 10, inside=f'<marker start="{frames(1009)}" value="m"/>'),
        _used(1010, 10, inside=f'<keyword start="{frames(1)}" value="k"/><marker start="{frames(1020)}" value="m"/>'),
        "/marker@start",
    ),
    Case(
        "conform-missing",
        "info",
        _conformed(""),
        _conformed('<conform-rate scaleEnabled="0" srcFrameRate="25"/>'),
        "/asset-clip",
    ),
    Case(
        "conform-missing",
        "info",
        _conformed("<note>25</note>"),
        _conformed("", rate="100/2999s"),
        "/asset-clip",
        name="not for phones",
    ),
    Case(
        "conform-source",
        "info",
        _conformed("<conform-rate/>"),
        _conformed('<conform-rate scaleEnabled="0"/>'),
        "/conform-rate@srcFrameRate",
    ),
    Case(
        "conform-source",
        "info",
        _conformed('<conform-rate srcFrameRate="30"/>'),
        _conformed('<conform-rate srcFrameRate="50"/>'),
        "/conform-rate@srcFrameRate",
        name="contradicts, but fields may count",
    ),
    Case(
        "time-map",
        "warning",
        film(clip(0, 9, inside=_retimed(50).replace(frames(100), "0s")), resources=asset()),
        film(clip(0, 9, inside=_retimed(50)), resources=asset()),
        "/timeMap",
    ),
    Case(
        "time-map",
        "warning",
        film(clip(0, 9, inside='<timeMap><timept time="0s" value="0s"/></timeMap>'), resources=asset()),
        film(clip(0, 9, inside=_retimed(50)), resources=asset()),
        "/timeMap",
        name="one point",
    ),
    Case("transition-alone", "warning", _transition(0, 9, sides="none"), _transition(40, 20), "/transition"),
    Case("transition-off-cut", "info", _transition(10, 20), _transition(40, 20), "/transition@offset"),
    Case(
        "transition-off-cut", "warning", _transition(70, 20), _transition(50, 20), "/transition@offset", "fcp", "late"
    ),
    Case(
        "transition-too-long",
        "info",
        _transition(5, 20, left=15),
        _transition(5, 15, left=15),
        "/transition@duration",
    ),
    Case(
        "transition-handles",
        "info",
        film(
            clip(0, 50)
            + f'<transition offset="{at(40)}" duration="{frames(20)}"/>'
            + clip(20, 50, at_frame=50, ref="b"),
            resources=asset("a", length=58) + asset("b"),
        ),
        _transition(40, 20, handles=10),
        "/transition",
    ),
    Case(
        "transition-handles",
        "warning",
        film(
            clip(0, 50)
            + f'<transition offset="{at(40)}" duration="{frames(20)}"/>'
            + clip(8, 50, at_frame=50, ref="b"),
            resources=asset("a") + asset("b"),
        ),
        film(
            clip(0, 50)
            + f'<transition offset="{at(40)}" duration="{frames(20)}"/>'
            + clip(10, 50, at_frame=50, ref="b"),
            resources=asset("a") + asset("b"),
        ),
        "/transition",
        "resolve",
        "of the incoming clip",
    ),
    Case(
        "resolve-version",
        "warning",
        film(gap(9), version="1.13"),
        film(gap(9), version="1.10"),
        "fcpxml@version",
        "resolve",
    ),
    Case(
        "resolve-name",
        "warning",
        film(gap(9), resources=asset().replace('name="a.mov"', 'name="a"')),
        film(gap(9), resources=asset()),
        "/asset@name",
        "resolve",
    ),
    Case(
        "resolve-name",
        "warning",
        film(clip(0, 9).replace('name="a.mov"', 'name="Shot 1"'), resources=asset()),
        film(clip(0, 9), resources=asset()),
        "/asset-clip@name",
        "resolve",
        "clip",
    ),
    Case(
        "resolve-volume",
        "warning",
        film(clip(0, 9, inside='<adjust-volume amount="-6dB"/>'), resources=asset()),
        film(clip(0, 9, inside='<adjust-volume amount="-6"/>'), resources=asset()),
        "/adjust-volume@amount",
        "resolve",
    ),
    Case(
        "resolve-time-map",
        "warning",
        film(clip(0, 100, inside=_retimed(50)), resources=asset(length=200)),
        film(clip(0, 90, inside=_retimed(50)), resources=asset(length=200)),
        "/timeMap",
        "resolve",
    ),
]
