"""Documents made for measuring: a long film, a film with one of each construct, and three clips at any rate."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n\n'
_CLIP_FRAMES = 48
_ASSET_FRAMES = 240

#: name → (what a person types, what it means exactly).
RATES: dict[str, tuple[float, Fraction]] = {
    "24": (24, Fraction(24)),
    "25": (25, Fraction(25)),
    "30": (30, Fraction(30)),
    "50": (50, Fraction(50)),
    "60": (60, Fraction(60)),
    "24000/1001": (24000 / 1001, Fraction(24000, 1001)),
    "30000/1001": (30000 / 1001, Fraction(30000, 1001)),
    "60000/1001": (60000 / 1001, Fraction(60000, 1001)),
    "23.976": (23.976, Fraction(24000, 1001)),
    "23.98": (23.98, Fraction(24000, 1001)),
    "29.97": (29.97, Fraction(30000, 1001)),
    "48": (48, Fraction(48)),
    "120": (120, Fraction(120)),
}
#: Frames of source start and duration: short ones, so that a lost frame shows.
THREE = ((10, 31), (0, 48), (5, 25))


def long_film(clips: int) -> str:
    """A film of ``clips`` video clips at 23.976, two connected audio clips each, a marker on every second one."""
    frame = 1001
    out = [f'{_HEAD}<fcpxml version="1.10">\n    <resources>\n']
    out.append(
        '        <format id="r1" name="FFVideoFormat1080p2398" frameDuration="1001/24000s" width="1920" '
        'height="1080" colorSpace="1-1-1 (Rec. 709)"/>\n'
    )
    assets = max(1, clips // 10)
    out.extend(_asset(number, frame) for number in range(assets))
    out.append('    </resources>\n    <library>\n        <event name="E">\n            <project name="P">\n')
    out.append(
        f'                <sequence format="r1" duration="{clips * _CLIP_FRAMES * frame}/24000s" '
        f'tcStart="{86400 * frame}/24000s" tcFormat="NDF" audioLayout="stereo" audioRate="48k">\n'
        "                    <spine>\n"
    )
    out.extend(_clip(number, assets, frame) for number in range(clips))
    out.append(
        "                    </spine>\n                </sequence>\n            </project>\n        </event>\n"
        "    </library>\n</fcpxml>\n"
    )
    return "".join(out)


def _asset(number: int, frame: int) -> str:
    return (
        f'        <asset id="a{number}" name="clip{number}.mov" start="0s" '
        f'duration="{_ASSET_FRAMES * frame}/24000s" hasVideo="1" format="r1" hasAudio="1" audioSources="1" '
        f'audioChannels="2" audioRate="48000">\n'
        f'            <media-rep kind="original-media" src="file:///media/clip{number}.mov"/>\n        </asset>\n'
    )


def _clip(number: int, assets: int, frame: int) -> str:
    ref, pad = f"a{number % assets}", " " * 24
    start, duration = f"{number % 100 * frame}/24000s", f"{_CLIP_FRAMES * frame}/24000s"
    offset = f"{(86400 + _CLIP_FRAMES * number) * frame}/24000s"
    out = [
        f'{pad}<asset-clip ref="{ref}" offset="{offset}" name="clip{number}.mov" start="{start}" '
        f'duration="{duration}" format="r1" tcFormat="NDF" audioRole="dialogue">\n'
    ]
    out += [
        f'{pad}    <asset-clip ref="{ref}" lane="{lane}" offset="{start}" name="clip{number}.mov" start="{start}" '
        f'duration="{duration}" srcEnable="audio" audioRole="dialogue.d{-lane}"/>\n'
        for lane in (-1, -2)
    ]
    if number % 2 == 0:
        out.append(f'{pad}    <marker start="{start}" duration="{frame}/24000s" value="m{number}"/>\n')
    return "".join((*out, f"{pad}</asset-clip>\n"))


def one_of_each() -> str:
    """A small valid film (1.10) at 29.97 with every construct the tables ask about at least once."""
    return f"""{_HEAD}<fcpxml version="1.10">
    <resources>
        <format id="r1" name="FFVideoFormat1080p2997" frameDuration="1001/30000s" width="1920" height="1080"/>
        <format id="r2" name="FFVideoFormat1080p2398" frameDuration="1001/24000s" width="1920" height="1080"/>
        <asset id="r3" name="a.mov" start="18018/5s" duration="100100/1000s" hasVideo="1" format="r1" hasAudio="1">
            <media-rep kind="original-media" src="file:///media/a.mov"/>
        </asset>
        <asset id="r4" name="b.mov" start="0s" duration="100100/1000s" hasVideo="1" format="r2" hasAudio="1">
            <media-rep kind="original-media" src="file:///media/b.mov"/>
        </asset>
        <effect id="r5" name="Basic Title" uid=".../Titles.localized/Basic.localized/Title.moti"/>
        <effect id="r6" name="Cross Dissolve" uid="FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265"/>
        <media id="r7" name="Compound">
            <sequence format="r1" duration="30030/30000s">
                <spine>
                    <asset-clip ref="r3" offset="0s" name="a.mov" start="18018/5s" duration="30030/30000s"/>
                </spine>
            </sequence>
        </media>
        <media id="r8" name="Multicam">
            <multicam format="r1">
                <mc-angle name="A" angleID="angle-a">
                    <asset-clip ref="r3" offset="0s" name="a.mov" start="18018/5s" duration="60060/30000s"/>
                </mc-angle>
            </multicam>
        </media>
    </resources>
    <library>
        <event name="Event">
            <project name="Film">
                <sequence format="r1" duration="240240/30000s" tcStart="18018/5s" tcFormat="NDF">
                    <spine>
                        <asset-clip ref="r3" offset="18018/5s" name="a.mov" start="18018/5s"
                            duration="30030/30000s" audioRole="dialogue" videoRole="video">
                            <note>first</note>
                            <adjust-transform position="1 2" scale="1.5 1.5"/>
                            <adjust-volume amount="-6dB"/>
                            <asset-clip ref="r4" lane="-1" offset="18018/5s" name="b.mov" duration="24024/24000s"
                                srcEnable="audio" audioRole="music.score" enabled="0">
                                <conform-rate srcFrameRate="23.98"/>
                            </asset-clip>
                            <title ref="r5" lane="1" offset="18018/5s" name="Hello" start="3600s"
                                duration="15015/30000s">
                                <text><text-style ref="ts1">Hello</text-style></text>
                                <text-style-def id="ts1"><text-style font="Helvetica" fontSize="60"/></text-style-def>
                            </title>
                            <caption lane="2" offset="18018/5s" name="Hi" duration="15015/30000s"
                                role="SRT?captionFormat=SRT.en">
                                <text><text-style ref="ts2">Hi</text-style></text>
                                <text-style-def id="ts2"><text-style font="Helvetica"/></text-style-def>
                            </caption>
                            <marker start="18018/5s" duration="1001/30000s" value="here" completed="0"/>
                            <chapter-marker start="18018/5s" duration="1001/30000s" value="One" posterOffset="0s"/>
                            <rating start="18018/5s" duration="30030/30000s" value="favorite"/>
                            <keyword start="18018/5s" duration="30030/30000s" value="one, two"/>
                            <audio-channel-source srcCh="1, 2" role="dialogue.boom"/>
                            <filter-video ref="r6" name="Filter"/>
                            <metadata><md key="org.example.take" value="t1" type="string"/></metadata>
                        </asset-clip>
                        <transition name="Cross Dissolve" offset="108123015/30000s" duration="30030/30000s">
                            <filter-video ref="r6" name="Cross Dissolve"/>
                        </transition>
                        <asset-clip ref="r4" offset="108138030/30000s" name="b.mov" start="24024/24000s"
                            duration="30030/30000s">
                            <conform-rate srcFrameRate="23.98"/>
                        </asset-clip>
                        <asset-clip ref="r3" offset="108168060/30000s" name="a.mov" start="0s"
                            duration="30030/30000s">
                            <timeMap>
                                <timept time="0s" value="18018/5s" interp="linear"/>
                                <timept time="50050/1000s" value="3703700/1000s" interp="linear"/>
                            </timeMap>
                        </asset-clip>
                        <ref-clip ref="r7" offset="108198090/30000s" name="Compound" duration="30030/30000s"/>
                        <mc-clip ref="r8" offset="108228120/30000s" name="Multicam" duration="30030/30000s">
                            <mc-source angleID="angle-a" srcEnable="all"/>
                        </mc-clip>
                        <audition offset="108258150/30000s">
                            <asset-clip ref="r3" name="a.mov" start="18018/5s" duration="30030/30000s"/>
                            <asset-clip ref="r4" name="b.mov" start="0s" duration="30030/30000s">
                                <conform-rate srcFrameRate="23.98"/>
                            </asset-clip>
                        </audition>
                        <sync-clip offset="108288180/30000s" name="Sync" duration="30030/30000s">
                            <asset-clip ref="r3" offset="0s" name="a.mov" start="18018/5s" duration="30030/30000s"/>
                            <sync-source sourceID="storyline">
                                <audio-role-source role="dialogue.dialogue-1"/>
                            </sync-source>
                        </sync-clip>
                        <gap name="Gap" offset="108318210/30000s" start="3600s" duration="30030/30000s">
                            <spine lane="1" offset="3600s">
                                <asset-clip ref="r3" offset="0s" name="a.mov" start="18018/5s" duration="15015/30000s"/>
                            </spine>
                        </gap>
                    </spine>
                </sequence>
            </project>
        </event>
    </library>
</fcpxml>
"""


def otio_film(clips: int) -> Any:  # noqa: ANN401 - OpenTimelineIO has no types
    """The long film at 24 fps as an OTIO timeline of three tracks: the shape the peers write best."""
    tracks = {"Video": 1, "Audio": 2}
    timeline, schema, opentime = _timeline("P", 24)
    for kind, count in tracks.items():
        for index in range(count):
            track = schema.Track(f"{kind} {index + 1}", kind=kind)
            for number in range(clips):
                clip = _otio_clip(f"clip{number}.mov", number % max(1, clips // 10), 24, number % 100, _CLIP_FRAMES)
                if kind == "Video" and number % 2 == 0:
                    at = opentime.TimeRange(opentime.RationalTime(number % 100, 24), opentime.RationalTime(1, 24))
                    clip.markers.append(schema.Marker(f"m{number}", at))
                track.append(clip)
            timeline.tracks.append(track)
    return timeline


def otio_three(rate: float) -> Any:  # noqa: ANN401
    """Three clips on one track at a rate as somebody typed it."""
    timeline, schema, _ = _timeline("Three", rate)
    track = schema.Track("V1", kind="Video")
    track.extend([_otio_clip(f"c{n}.mov", n, rate, start, length) for n, (start, length) in enumerate(THREE)])
    timeline.tracks.append(track)
    return timeline


def _timeline(name: str, rate: float) -> tuple[Any, Any, Any]:
    from opentimelineio import opentime, schema

    timeline = schema.Timeline(name)
    timeline.global_start_time = opentime.RationalTime(86400, rate)
    return timeline, schema, opentime


def _otio_clip(name: str, media: int, rate: float, start: int, length: int) -> Any:  # noqa: ANN401
    from opentimelineio import opentime, schema

    def span(first: int, count: int) -> Any:  # noqa: ANN401
        return opentime.TimeRange(opentime.RationalTime(first, rate), opentime.RationalTime(count, rate))

    reference = schema.ExternalReference(f"file:///media/clip{media}.mov", span(0, _ASSET_FRAMES))
    reference.name = f"clip{media}.mov"
    return schema.Clip(name, reference, span(start, length))
