"""GetSetting of projects and timelines (resolve.md §1.1, trap 10, §5.20)."""

from __future__ import annotations

from fractions import Fraction

from .call import Refused
from .profiles import Profile
from .state import Project, Timeline
from .timecode import rate_label

DEFAULTS = {
    "timelineResolutionWidth": "1920",
    "timelineResolutionHeight": "1080",
    "timelineDropFrameTimecode": "0",
    "timelineSampleRate": "48000",
    "superScale": "1",
}


def setting(profile: Profile, project: Project, name: str | None, timeline: Timeline | None = None) -> object:
    """One setting, or all of them without a name. Refused when unknown."""
    values = {**DEFAULTS, **project.settings, **_rates(profile, project.rate, _drops(project))}
    if timeline is not None:
        values |= _of_timeline(profile, timeline)
    if not name:
        return values
    if name not in values:
        raise Refused
    return values[name]


def _drops(project: Project) -> bool:
    return project.settings.get("timelineDropFrameTimecode") == "1"


def _of_timeline(profile: Profile, timeline: Timeline) -> dict[str, object]:
    return {
        **_rates(profile, timeline.rate, timeline.drop_frame),
        "timelineResolutionWidth": str(timeline.width),
        "timelineResolutionHeight": str(timeline.height),
        "timelineDropFrameTimecode": "1" if timeline.drop_frame else "0",
        "useCustomSettings": "0",
        **timeline.settings,
    }


def _rates(profile: Profile, rate: Fraction, drop: bool) -> dict[str, object]:
    label = rate_label(rate)
    if profile.number_settings:
        return {"timelineFrameRate": float(label), "timelinePlaybackFrameRate": label}
    return {"timelineFrameRate": f"{label} DF" if drop else label, "timelinePlaybackFrameRate": label}
