"""Lint cases above the timelines: documents, references, values, media."""

from __future__ import annotations

from tests.support.fcpxml import FORMAT_23, film
from tests.support.fcpxml_lint import Case, asset, at, clip, connected, document, frames, gap

from takebridge_fcpxml.view import Fcpxml

_SEQUENCE = f'<sequence format="r1"><spine><gap offset="0s" duration="{frames(10)}"/></spine></sequence>'
_RESOURCES = f"<resources>{FORMAT_23}</resources>"


def _event(inside: str, resources: str = _RESOURCES) -> str:
    return f'{resources}<library><event name="E">{inside}</event></library>'


def _project(name: str = "P", inside: str = _SEQUENCE, more: str = "") -> str:
    return f'<project name="{name}" {more}>{inside}</project>'


def _multicam(angle: str) -> Fcpxml:
    media = (
        '<media id="m"><multicam format="r1"><mc-angle angleID="one">'
        f'<gap offset="0s" duration="{frames(9)}"/></mc-angle></multicam></media>'
    )
    source = f'<mc-source angleID="{angle}"/>'
    return film(
        f'<mc-clip ref="m" offset="{at(0)}" duration="{frames(9)}">{source}</mc-clip>', resources=media, version="1.10"
    )


def _compound(inner: str) -> Fcpxml:
    play = f'<ref-clip ref="{{}}" offset="0s" duration="{frames(9)}"/>'
    shape = '<media id="{}"><sequence format="r1"><spine>{}</spine></sequence></media>'
    media = shape.format("one", play.format("two")) + shape.format("two", play.format(inner))
    media += shape.format("three", f'<gap offset="0s" duration="{frames(9)}"/>')
    return film(gap(9), resources=media)


def _asset_with(src: str) -> Fcpxml:
    return film(gap(9), resources=asset().replace("file:///media/a.mov", src))


def _video_format(form: str, file: str = "a.mov") -> Fcpxml:
    found = asset(form="f").replace("a.mov", file)
    return film(gap(9), resources=f'<format id="f" {form}/>' + found)


def _gap_of(duration: str) -> Fcpxml:
    return film(f'<gap offset="{at(0)}" duration="{duration}"/>')


_STYLED = (
    '<caption lane="1" offset="0s" duration="1001/24000s"><text><text-style ref="{}">Hi</text-style></text>'
    '<text-style-def id="ts1"><text-style/></text-style-def></caption>'
)
_WIDE = 2**63
_NOISE = '<effect id="e" uid="u"/>'

CASES: list[Case] = [
    Case(
        "version-missing",
        "error",
        document(_event(_project()), version=""),
        document(_event(_project())),
        "fcpxml",
    ),
    Case(
        "version-unknown",
        "warning",
        document(_event(_project()), version=' version="1.99"'),
        document(_event(_project()), version=' version="1.14"'),
        "fcpxml@version",
    ),
    Case("nothing-to-do", "info", document(_event("")), document(_event(_project())), "fcpxml"),
    Case(
        "no-resources",
        "info",
        document(_event(_project(), resources="")),
        document(_event(_project())),
        "fcpxml",
    ),
    Case("no-sequence", "error", document(_event(_project(inside=""))), document(_event(_project())), "/project"),
    Case(
        "no-spine",
        "error",
        document(_event(_project(inside='<sequence format="r1"/>'))),
        document(_event(_project(inside='<sequence format="r1"><spine/></sequence>'))),
        "/sequence",
    ),
    Case(
        "element-order",
        "error",
        film(gap(9, inside='<marker start="0s" value="m"/><note>n</note>')),
        film(gap(9, inside='<note>n</note><marker start="0s" value="m"/><of-1.99/>')),
        "/gap/note",
    ),
    Case(
        "element-order",
        "error",
        film(clip(0, 9, inside="<adjust-conform/><adjust-crop/>"), resources=asset()),
        film(clip(0, 9, inside="<of-1.99/><adjust-crop/><adjust-conform/>"), resources=asset()),
        "/adjust-crop",
        name="crop before conform",
    ),
    Case(
        "enum-value",
        "error",
        film(gap(9), sequence='audioRate="48000"'),
        film(gap(9), sequence='audioRate="48k"'),
        "/sequence@audioRate",
    ),
    Case(
        "enum-value",
        "error",
        film(gap(9), sequence='audioLayout="5.1"'),
        film(gap(9), sequence='audioLayout="surround"'),
        "/sequence@audioLayout",
        name="layout",
    ),
    Case(
        "enum-value",
        "error",
        film(clip(0, 9, inside='<conform-rate srcFrameRate="23.976"/>'), resources=asset()),
        film(clip(0, 9, inside='<conform-rate srcFrameRate="23.98"/>'), resources=asset()),
        "/conform-rate@srcFrameRate",
        name="source rate",
    ),
    Case(
        "same-project-name",
        "info",
        document(_event(_project("Cut") + _project("Cut"))),
        document(_event(_project("Cut v01") + _project("Cut v02"))),
        "/project[2]",
    ),
    Case(
        "clips-beside-project",
        "info",
        document(_event('<asset-clip ref="a"/>' + _project(), f"<resources>{FORMAT_23}{asset()}</resources>")),
        document(_event('<keyword-collection name="k"/>' + _project())),
        "/event/asset-clip",
    ),
    Case(
        "mod-date",
        "info",
        document(_event(_project(more='modDate="2025-10-31 5:25:16 PM +0200"'))),
        document(_event(_project(more='modDate="2025-10-31 17:25:16 +0200"'))),
        "/project@modDate",
    ),
    Case(
        "duplicate-id",
        "error",
        film(gap(9), resources=asset("a") + asset("b").replace('id="b"', 'id="a"')),
        film(gap(9), resources=asset("a") + asset("b")),
        "/asset[2]@id",
    ),
    Case(
        "duplicate-id",
        "error",
        connected(_STYLED.format("ts1"), resources='<effect id="ts1" uid="u"/>'),
        connected(_STYLED.format("ts1"), resources=_NOISE),
        "/text-style-def@id",
        name="a style and an effect",
    ),
    Case(
        "dangling-reference",
        "error",
        film(clip(0, 9, ref="gone")),
        film(clip(0, 9), resources=asset()),
        "/asset-clip@ref",
    ),
    Case(
        "dangling-reference",
        "error",
        connected(_STYLED.format("ts2")),
        connected(_STYLED.format("ts1")),
        "/text-style@ref",
        name="text style",
    ),
    Case(
        "dangling-reference",
        "error",
        film(f'<title offset="{at(0)}" duration="{frames(9)}"/>'),
        film(f'<title ref="e" offset="{at(0)}" duration="{frames(9)}"/>', resources=_NOISE),
        "/title",
        name="no ref at all",
    ),
    Case(
        "dangling-reference",
        "error",
        film(gap(9), resources=asset(form="gone")),
        film(gap(9), resources=asset()),
        "/asset@format",
        name="format",
    ),
    Case(
        "dangling-reference",
        "error",
        film(gap(9), resources='<media id="m" projectRef="gone"/>'),
        film(gap(9), resources='<media id="m"/>'),
        "/media@projectRef",
        name="project",
    ),
    Case(
        "dangling-reference",
        "error",
        connected(f'<live-drawing lane="1" duration="{frames(9)}" dataLocator="gone"/>'),
        connected(f'<live-drawing lane="1" duration="{frames(9)}" dataLocator=""/>'),
        "/live-drawing@dataLocator",
        name="locator, which may be empty",
    ),
    Case(
        "dangling-reference",
        "error",
        film(clip(0, 9, inside='<adjust-transform tracking="gone"/>'), resources=asset()),
        film(
            clip(
                0,
                9,
                inside='<object-tracker><tracking-shape id="s"/></object-tracker><adjust-transform tracking="s"/>',
            ),
            resources=asset(),
        ),
        "/adjust-transform@tracking",
        name="tracking shape",
    ),
    Case(
        "wrong-reference",
        "error",
        film(clip(0, 9, ref="e"), resources=_NOISE),
        film(f'<video ref="e" offset="{at(0)}" duration="{frames(9)}"/>', resources=_NOISE),
        "/asset-clip@ref",
    ),
    Case(
        "wrong-reference",
        "error",
        film(
            f'<ref-clip ref="m" offset="{at(0)}" duration="{frames(9)}"/>',
            resources='<media id="m"><multicam format="r1"/></media>',
        ),
        film(f'<ref-clip ref="m" offset="{at(0)}" duration="{frames(9)}"/>', resources='<media id="m" uid="u"/>'),
        "/ref-clip@ref",
        name="a compound clip of a multicam",
    ),
    Case("unknown-angle", "info", _multicam("two"), _multicam("one"), "/mc-source@angleID"),
    Case("unknown-angle", "warning", _multicam("two"), _multicam("one"), "/mc-source@angleID", "fcp", "for a target"),
    Case("recursive-compound", "error", _compound("one"), _compound("three"), "/ref-clip@ref"),
    Case("bad-time", "error", _gap_of("12 frames"), _gap_of(frames(12)), "/gap@duration"),
    Case("bad-time", "error", _gap_of("5/0s"), _gap_of("1001/1000s"), "/gap@duration", name="zero denominator"),
    Case(
        "time-width",
        "error",
        _gap_of(f"{_WIDE}s"),
        _gap_of(f"{(2**53) * 1001}/24000s"),
        "/gap@duration",
    ),
    Case(
        "time-width",
        "warning",
        _gap_of(f"{_WIDE * 1001}/{_WIDE * 24000}s"),
        _gap_of("1001000000/24000000s"),
        "/gap@duration",
        name="only spelled so",
    ),
    Case("decimal-time", "warning", _gap_of("1.001s"), _gap_of("1001/1000s"), "/gap@duration"),
    Case(
        "bad-lane",
        "error",
        connected(f'<video ref="e" lane="one" duration="{frames(9)}"/>', resources=_NOISE),
        connected(f'<video ref="e" lane="1" duration="{frames(9)}"/>', resources=_NOISE),
        "/video@lane",
    ),
    Case(
        "no-frame-duration",
        "error",
        document(
            _event(
                _project(inside='<sequence format="f"><spine/></sequence>'), '<resources><format id="f"/></resources>'
            )
        ),
        document(_event(_project())),
        "/format",
    ),
    Case(
        "no-frame-duration",
        "error",
        document(_event(_project(inside="<sequence><spine/></sequence>"))),
        document(_event(_project())),
        "/sequence",
        name="sequence without a format",
    ),
    Case(
        "no-frame-duration",
        "error",
        _video_format('frameDuration=""'),
        _video_format('frameDuration="100/2999s"'),
        "/format[2]",
        name="empty, against the odd rate of a phone",
    ),
    Case(
        "no-frame-duration",
        "error",
        _video_format('frameDuration="0s"'),
        _video_format('name="FFVideoFormatRateUndefined" width="10" height="10"'),
        "/format[2]",
        name="zero, against a still",
    ),
    Case(
        "no-frame-duration",
        "error",
        _video_format('name="FFVideoFormat"'),
        _video_format('name="broken"', file="scan.pdf"),
        "/format[2]",
        name="moving picture, against a PDF",
    ),
    Case(
        "no-frame-duration",
        "info",
        _video_format('name="FFVideoFormat720p25"'),
        _video_format('name="FFVideoFormat720p25" frameDuration="1/25s"'),
        "/format[2]",
        name="the name says the rate",
    ),
    Case(
        "no-media-file",
        "error",
        film(gap(9), resources='<asset id="a" name="a"/>'),
        film(gap(9), resources='<asset id="a" name="a" src="file:///a.mov"/>'),
        "/asset",
    ),
    Case(
        "url-encoding",
        "info",
        _asset_with("file:///media/my film.mov"),
        _asset_with("file:///media/my%20film%20(1)%E2%80%94.mov"),
        "/media-rep@src",
    ),
    Case(
        "url-encoding",
        "warning",
        _asset_with("file:///media/don't.mov"),
        _asset_with("file:///media/don%27t.mov"),
        "/media-rep@src",
        "resolve",
        "an apostrophe for Resolve",
    ),
    Case(
        "url-not-file",
        "info",
        _asset_with("media/a.mov"),
        _asset_with("file:///C:/media/a.mov"),
        "/media-rep@src",
    ),
    Case(
        "url-not-file",
        "warning",
        _asset_with("https://example.com/a.mov"),
        _asset_with("file://localhost/media/a.mov"),
        "/media-rep@src",
        "fcp",
        "for a target",
    ),
    Case(
        "same-file",
        "info",
        film(gap(9), resources=asset("a") + asset("a").replace('id="a"', 'id="b"')),
        film(gap(9), resources=asset("a") + asset("b")),
        "/asset[2]",
    ),
]
