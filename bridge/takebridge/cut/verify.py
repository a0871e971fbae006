"""Verification: what a take swap changed, compared clip by clip. The answer must be "one take, nothing else"."""

from __future__ import annotations

from dataclasses import dataclass

from takebridge.cut.hosted import HostClip, HostCut
from takebridge.ids import ClipKey

_NONE = ClipKey("")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was. ``clip`` names the clip, ``what`` the property, in an editor's words.

    ``key`` is the clip's host id, empty for the timeline itself.
    """

    clip: str
    what: str
    before: str
    after: str
    key: ClipKey = _NONE

    def __str__(self) -> str:
        return f"{self.clip}: {self.what} was {self.before}, is {self.after}"


def differences(before: HostCut, after: HostCut, *, swapped: ClipKey) -> tuple[Difference, ...]:
    """List everything that differs, except that ``swapped`` may have gained takes and may show another one."""
    found: list[Difference] = []
    if (before.project_id, before.timeline_id) != (after.project_id, after.timeline_id):
        found.append(Difference("timeline", "open timeline", before.timeline_name, after.timeline_name))
        return tuple(found)
    later = {clip.key: clip for clip in after.clips}
    for clip in before.clips:
        other = later.pop(clip.key, None)
        if other is None:
            found.append(Difference(clip.name, "clip", "there", "gone", clip.key))
        else:
            found.extend(_compare(clip, other, free=clip.key == swapped))
    found.extend(Difference(clip.name, "clip", "not there", "added", clip.key) for clip in later.values())
    return tuple(found)


def _compare(before: HostClip, after: HostClip, *, free: bool) -> list[Difference]:
    facts = {
        "track": (before.track, after.track),
        "record range": (_text(before), _text(after)),
        "enabled": (before.enabled, after.enabled),
        "linked clips": (sorted(before.linked), sorted(after.linked)),
        "look (transform, grade, colour)": (before.look, after.look),
    }
    if free:
        lost = {take.media_id for take in before.takes} - {take.media_id for take in after.takes}
        facts["takes lost"] = ([], sorted(lost))
    else:
        facts["media"] = (_media(before), _media(after))
        facts["source in"] = (before.source_start_frame, after.source_start_frame)
        facts["source range"] = (before.true_source, after.true_source)
        facts["speed"] = (before.speed_percent, after.speed_percent)
        facts["takes"] = (before.takes, after.takes)
        facts["selected take"] = (before.selected_take, after.selected_take)
    changed = {what: pair for what, pair in facts.items() if pair[0] != pair[1]}
    return [Difference(before.name, what, str(was), str(now), before.key) for what, (was, now) in changed.items()]


def _text(clip: HostClip) -> str:
    return f"{clip.record.start}–{clip.record.end}"


def _media(clip: HostClip) -> str:
    return clip.media.path if clip.media else ""
