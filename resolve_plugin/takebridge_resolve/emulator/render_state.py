"""The Deliver page as plain values: settings, presets, jobs. What a render does to them is in `render_queue`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .state import Timeline, new_id

KEYS = frozenset(
    [
        "SelectAllFrames",
        "MarkIn",
        "MarkOut",
        "TargetDir",
        "CustomName",
        "UniqueFilenameStyle",
        "ExportVideo",
        "ExportAudio",
        "FormatWidth",
        "FormatHeight",
        "FrameRate",
        "PixelAspectRatio",
        "VideoQuality",
        "AudioCodec",
        "AudioBitDepth",
        "AudioSampleRate",
        "ColorSpaceTag",
        "GammaTag",
        "ExportAlpha",
        "EncodingProfile",
        "MultiPassEncode",
        "AlphaMode",
        "NetworkOptimization",
        "ClipStartFrame",
        "TimelineStartTimecode",
    ]
)
NEWER_KEYS = {
    "ReplaceExistingFilesInPlace": (19, 1),
    "ExportSubtitle": (20, 2),
    "SubtitleFormat": (20, 2),
    "UseUniqueFilenames": (21, 1),
    "AudioFormat": (21, 1),
    "UseFullExtents": (21, 1),
    "AddFrameHandles": (21, 1),
    "DataBurnIn": (21, 1),
}
"""SetRenderSettings' keys; unknown ones refuse the whole call."""
INDIVIDUAL, SINGLE = 0, 1


@dataclass(frozen=True)
class Deliver:
    """What the Deliver page is set to. ``audio_only`` comes with a preset and no setting takes it away (trap 12)."""

    preset: str
    format: str
    codec: str
    mode: int = SINGLE
    audio_only: bool = False
    values: tuple[tuple[str, object], ...] = ()

    def get(self, key: str, default: object = None) -> object:
        """One setting."""
        return dict(self.values).get(key, default)

    def with_values(self, more: dict[str, object]) -> Deliver:
        """These settings over the ones there are: nothing is ever reset."""
        return replace(self, values=tuple((dict(self.values) | more).items()))


PRESETS = (
    Deliver("H.264 Master", "mov", "H264"),
    Deliver("H.265 Master", "mov", "H265"),
    Deliver("ProRes 422 HQ", "mov", "ProRes422HQ"),
    Deliver("Audio Only", "mp4", "H264", audio_only=True, values=(("ExportVideo", False),)),
)
"""What the vendor ships; the user's own come on top. "Audio Only" is how a later job loses its picture."""
QUICK = {"H.264 Master": ("mp4", "H264"), "H.265 Master": ("mp4", "H265"), "ProRes 422 HQ": ("mov", "ProRes422HQ")}
"""Quick Export presets: format and codec."""


@dataclass(eq=False)
class Job:
    """One entry of the render queue. Marks are absolute record frames, both included."""

    timeline: Timeline
    deliver: Deliver
    first: int
    last: int
    paths: list[str]
    id: str = field(default_factory=new_id)
    state: str = "Ready"
    percent: int = 0
    error: str = ""
    waiting: bool = False


@dataclass(eq=False)
class Queue:
    """A project's Deliver page. ``fresh``: just started, and IsRenderingInProgress has not been asked since."""

    deliver: Deliver = PRESETS[0]
    own_presets: dict[str, Deliver] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)
    running: bool = False
    fresh: bool = False

    def presets(self) -> dict[str, Deliver]:
        """All presets by name."""
        return {preset.preset: preset for preset in PRESETS} | self.own_presets

    def named(self, job_id: str) -> Job | None:
        """The job with this id."""
        return next((job for job in self.jobs if job.id == job_id), None)
