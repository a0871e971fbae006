"""One small document for every construct whose life the version table tells, made by hand from the table's names.

``~`` in a piece marks where the planted element takes its attributes.
"""

from __future__ import annotations

from takebridge_fcpxml.document import Document
from takebridge_fcpxml.versions.history import READABLE, Life

_FILTER = '<filter-video ref="fx"~/>'
_CLIP = '<asset-clip ref="a1" offset="0s" duration="4s">{}</asset-clip>'
_OLD_CLIP = '<clip offset="0s" duration="4s"~><video ref="a1" offset="0s" duration="4s"/>{}</clip>'
_REF = '<ref-clip ref="m2" offset="0s" duration="4s"~>{}</ref-clip>'
_MC = '<mc-clip ref="m1" offset="0s" duration="4s"~>{}</mc-clip>'
_TITLE = '<title ref="t1" offset="0s" duration="4s">{}</title>'
_MASK = '<filter-video-mask>{}<filter-video ref="fx"/></filter-video-mask>'
_PARAM = '<filter-video ref="fx"><param name="x" value="1"~/></filter-video>'
_KEYFRAME = (
    '<filter-video ref="fx"><param name="x"><keyframeAnimation><keyframe time="0s" value="1"~/></keyframeAnimation>'
    "</param></filter-video>"
)
_TRACKER = '<object-tracker><tracking-shape id="s1"~/></object-tracker>'
_VIDEO = '<video ref="a1" offset="0s" duration="4s">{}</video>'

#: Where an element is planted on the timeline. Old documents have no asset clips, so some stand in a plain clip.
TIMELINE = {
    "audio-source": _OLD_CLIP.replace("~", "").format('<audio-source srcCh="1, 2" role="dialogue"/>'),
    "audio-aux-source": _OLD_CLIP.replace("~", "").format('<audio-aux-source srcCh="1"/>'),
    "asset-clip": '<asset-clip ref="a1" offset="0s" duration="4s" audioRole="dialogue"/>',
    "sync-clip": '<sync-clip offset="0s" duration="4s"><video ref="a1" offset="0s" duration="4s"/></sync-clip>',
    "sync-source": '<sync-clip offset="0s" duration="4s"><sync-source sourceID="storyline"/></sync-clip>',
    "audio-channel-source": _CLIP.format('<audio-channel-source srcCh="1, 2" role="dialogue"/>'),
    "audio-role-source": _REF.replace("~", "").format('<audio-role-source role="dialogue"/>'),
    "adjust-360-transform": _VIDEO.format('<adjust-360-transform coordinates="spherical"~/>'),
    "adjust-reorient": _VIDEO.format("<adjust-reorient/>"),
    "adjust-orientation": _VIDEO.format("<adjust-orientation~/>"),
    "caption": _VIDEO.format('<caption lane="1" offset="1s" duration="1s" role="SRT?captionFormat=SRT.en"/>'),
    "object-tracker": _CLIP.format(_TRACKER.replace("~", "")),
    "tracking-shape": _CLIP.format(_TRACKER),
    "adjust-cinematic": _VIDEO.format("<adjust-cinematic/>"),
    "live-drawing": '<live-drawing offset="0s" duration="4s"/>',
    "adjust-colorConform": _VIDEO.format(
        '<adjust-colorConform conformType="conformNone" peakNitsOfPQSource="1000" peakNitsOfSDRToPQSource="203"/>'
    ),
    "adjust-voiceIsolation": _CLIP.format(
        '<audio-channel-source srcCh="1"><adjust-voiceIsolation amount="50"/></audio-channel-source>'
    ),
    "adjust-stereo-3D": _VIDEO.format("<adjust-stereo-3D/>"),
    "hidden-clip-marker": _VIDEO.format("<hidden-clip-marker/>"),
    "audition": '<audition offset="0s"~><video ref="a1" duration="4s"/></audition>',
    "clip": _OLD_CLIP.format(""),
    "mc-clip": _MC.format(""),
    "ref-clip": _REF.format(""),
    "text-style": _TITLE.format("<text>Words<text-style~>in style</text-style></text>"),
    "text": _TITLE.format("<text~>Words</text>"),
    "mask-isolation": _VIDEO.format(_MASK.format("<mask-isolation~><data>AA==</data></mask-isolation>")),
    "mask-shape": _CLIP.format(_TRACKER.replace("~", "") + _MASK.format("<mask-shape~/>")),
    "adjust-rollingShutter": _VIDEO.format("<adjust-rollingShutter~/>"),
    "adjust-stabilization": _VIDEO.format("<adjust-stabilization~/>"),
    "adjust-transform": _CLIP.format(_TRACKER.replace("~", "") + '<adjust-transform scale="2 2"~/>'),
    "keyframe": _VIDEO.format(_KEYFRAME),
    "param": _VIDEO.format(_PARAM),
    "filter-video": _VIDEO.format(_FILTER),
    "filter-audio": '<audio ref="a1" offset="0s" duration="4s"><filter-audio ref="fx"~/></audio>',
    "timeMap": _VIDEO.format(
        '<timeMap~><timept time="0s" value="0s" interp="linear"/>'
        '<timept time="4s" value="8s" interp="linear"/></timeMap>'
    ),
    "conform-rate": _VIDEO.format("<conform-rate~/>"),
}
#: Inside the smart collection of the event.
RULES = {
    "match-usage": '<match-usage rule="unused"/>',
    "match-representation": '<match-representation type="proxy" rule="isMissing"/>',
    "match-markers": '<match-markers type="standard"/>',
    "match-analysis-type": '<match-analysis-type value="visual"/>',
    "match-text": '<match-text value="dog"~/>',
    "match-property": "<match-property~/>",
}
#: Elements of the frame of the document that take attributes where they stand.
FRAME = ("asset", "format", "effect", "library", "project", "sequence", "multicam", "media", "media-rep", "locator")

_VALUES = {
    "enabled": "0",
    "type": "HSL",
    "scale": "2 2",
    "mapping": "tinyPlanet",
    "videoSources": "2",
    "useAudioSubroles": "1",
    "underline": "1",
    "tracking": "s1",
    "scope": "notes",
    "placement": "top",
    "alignment": "left",
    "display-style": "pop-on",
    "customLogOverride": "64 (Panasonic_VLog_VGamut)",
    "customLUTOverride": "64 (Panasonic_VLog_VGamut)",
    "colorSpace": "1-1-1 (Rec. 709)",
    "colorProcessing": "wide",
    "renderColorSpace": "Rec. 709",
    "colorSpaceOverride": "Adobe RGB (1998)",
    "src": "file:///media/a.mov",
}
_ENHANCED = {
    "audio": '<audio ref="a1" offset="0s" duration="4s">{}</audio>',
    "clip": '<clip offset="0s" duration="4s">{}<video ref="a1" offset="0s" duration="4s"/></clip>',
    "mc-clip": _MC.replace("~", ""),
    "ref-clip": _REF.replace("~", ""),
}
_ENHANCEMENTS = {
    "adjust-loudness": '<adjust-loudness amount="1" uniformity="1"/>',
    "adjust-noiseReduction": '<adjust-noiseReduction amount="1"/>',
    "adjust-humReduction": '<adjust-humReduction frequency="50"/>',
    "adjust-EQ": '<adjust-EQ mode="flat"/>',
    "adjust-matchEQ": "<adjust-matchEQ><data>AA==</data></adjust-matchEQ>",
    "adjust-panner": '<adjust-panner mode="stereo"/>',
}


def versions_of(life: Life) -> list[str]:
    """The first and last version that hold it."""
    return list(dict.fromkeys((life.since, life.until)))


def plant(life: Life, version: str) -> Document:
    """A document of ``version`` that holds the construct once, legal there."""
    attributes: dict[str, str] = {}
    if life.attribute and life.aspect == "exists":
        attributes[life.attribute] = life.value or _VALUES.get(life.attribute, "1")
    if life.element == "match-property":
        attributes = {"key": "reel", **attributes}
        if life.aspect != "optional":
            attributes["value"] = "A"
    pieces = {"timeline": _VIDEO.format(""), "rule": "", "root": ""}
    if life.child:
        _plant_child(life, pieces)
    elif life.element in TIMELINE:
        pieces["timeline"] = TIMELINE[life.element].replace("~", _written(attributes))
    elif life.element in RULES:
        pieces["rule"] = RULES[life.element].replace("~", _written(attributes))
    frame = {life.element: _written(attributes)} if life.element in FRAME else {}
    return document(version, frame=frame, **pieces)


def _plant_child(life: Life, pieces: dict[str, str]) -> None:
    if life.child in _ENHANCEMENTS:
        pieces["timeline"] = _ENHANCED[life.element].format(_ENHANCEMENTS[life.child])
    elif life.child == "info-asc-cdl":
        inside = '<filter-video ref="fx"><info-asc-cdl slope="1 1 1" offset="0 0 0" power="1 1 1"/></filter-video>'
        pieces["timeline"] = _VIDEO.format(inside)
    elif life.child == "data":
        inside = '<filter-video ref="fx"><data key="one">AA==</data><data key="two">AA==</data></filter-video>'
        pieces["timeline"] = _VIDEO.format(inside)
    elif life.element == "fcpxml":
        pieces["root"] = ROOTS[life.child]


ROOTS = {
    "event": '<event name="Loose"/>',
    "project": '<project name="Loose"><sequence format="r1"><spine/></sequence></project>',
    "clip": '<clip duration="4s"><video ref="a1" offset="0s" duration="4s"/></clip>',
    "audition": '<audition><video ref="a1" duration="4s"/></audition>',
    "mc-clip": '<mc-clip ref="m1" duration="4s"/>',
    "ref-clip": '<ref-clip ref="m2" duration="4s"/>',
    "collection-folder": '<collection-folder name="F"/>',
    "keyword-collection": '<keyword-collection name="K"/>',
    "smart-collection": '<smart-collection name="S" match="all"/>',
}


def _written(attributes: dict[str, str]) -> str:
    return "".join(f' {name}="{value}"' for name, value in attributes.items())


def media(version: str, attributes: str = "", rep: str = "") -> str:
    """The asset a1 in the words of a version, with a bookmark."""
    file, bookmark = 'src="file:///media/a.mov"', "<bookmark>AA==</bookmark>"
    start = (
        f'<asset id="a1" name="a" start="0s" duration="100s" hasVideo="1" hasAudio="1" audioChannels="2"{attributes}'
    )
    if READABLE.index(version) < READABLE.index("1.9"):
        # The attribute may be the planted one.
        own = "" if " src=" in attributes else f" {file}"
        return f"{start}{own}>{bookmark}</asset>"
    return f"{start}><media-rep {file}{rep}>{bookmark}</media-rep></asset>"


def document(
    version: str, *, timeline: str = "", rule: str = "", root: str = "", frame: dict[str, str] | None = None
) -> Document:
    """A document with one of everything that stories refer to. ``root`` takes the place of the library."""
    told = frame or {}
    locator = '<locator id="l1" url="file:///media/side.dat"/>' if _since(version, "1.10") else ""
    library = f"""<library{told.get("library", "")}>
        <event name="Event">
            <project name="Film"{told.get("project", "")}>
                <sequence format="r1" tcStart="0s"{told.get("sequence", "")}>
                    <spine>{timeline}</spine>
                </sequence>
            </project>
            <smart-collection name="Smart" match="all">{rule}</smart-collection>
        </event>
    </library>"""
    return Document.parse(f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE fcpxml>

<fcpxml version="{version}">
    <resources>
        <format id="r0" frameDuration="1/25s" width="1280" height="720"{told.get("format", "")}/>
        <format id="r1" frameDuration="1/24s" width="1920" height="1080"/>
        {media(version, told.get("asset", ""), told.get("media-rep", ""))}
        <effect id="t1" name="Title" uid="title"{told.get("effect", "")}/>
        <effect id="fx" name="Effect" uid="effect"/>
        <media id="m1"><multicam format="{_own_format(told, "multicam")}"{told.get("multicam", "")}>
            <mc-angle angleID="A"><gap offset="0s" duration="4s"/></mc-angle></multicam></media>
        <media id="m2"{told.get("media", "")}><sequence format="r1"><spine/></sequence></media>
        {locator}
    </resources>
    {root or library}
</fcpxml>
""")


def _own_format(told: dict[str, str], tag: str) -> str:
    return "r0" if tag in told else "r1"


def _since(version: str, other: str) -> bool:
    return READABLE.index(version) >= READABLE.index(other)
