"""Recall: what was last read of a clip and its timeline, so that a pull need not read them before it begins.

Only a guess: whoever acts on it names it to the editor's agent, which changes nothing where it is otherwise by now.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from takebridge.cut.hosted import HostClip, HostCut, HostMedia, HostTrack
from takebridge.cut.link import ClipLink
from takebridge.errors import UnknownRateError
from takebridge.hosts.port import Host
from takebridge.hosts.protocol import Snapshot
from takebridge.hosts.reading import read_cut
from takebridge.ids import LinkId


@dataclass(frozen=True, slots=True)
class Recall:
    """What was read since the bridge started, clips by their link, timelines, without clips, by their ids."""

    clips: dict[LinkId, HostClip] = field(default_factory=dict)
    timelines: dict[tuple[str, str], HostCut] = field(default_factory=dict)

    def keep(self, link_id: LinkId, cut: HostCut, clip: HostClip) -> None:
        """Remember a clip as it was just read, or is known to be after a change."""
        self.timelines[cut.project_id, cut.timeline_id] = replace(cut, clips=())
        self.clips[link_id] = clip

    def forget(self, link_id: LinkId) -> None:
        """A clip is not what it was."""
        self.clips.pop(link_id, None)

    def of(self, host: Host, link: ClipLink) -> tuple[HostCut, HostClip] | None:
        """Return a link's timeline (without clips) and its clip as far as they are known, None where they are not.

        A bridge that just started knows the clip from its push, and the timeline from the agent's first word.
        """
        cut = self.timelines.get((link.project_id, link.timeline_id)) or said_open(host, link)
        clip = self.clips.get(link.id) or as_pushed(link)
        return (cut, clip) if cut is not None and clip is not None else None


def said_open(host: Host, link: ClipLink) -> HostCut | None:
    """Return the link's timeline as the host said it when it connected; None when another was open."""
    info = host.status.timeline
    if info is None or (info.project_id, info.timeline_id) != (link.project_id, link.timeline_id):
        return None
    try:
        return read_cut(Snapshot(timeline=info, items=[]))
    except UnknownRateError:
        return None


def as_pushed(link: ClipLink) -> HostClip | None:
    """Return a link's clip as it was when it was pushed; None for a gap."""
    if link.fills_gap:
        return None
    return HostClip(
        key=link.clip_key,
        kind="clip",
        name=link.shot,
        track=HostTrack(link.track_type, link.track_index),
        record=link.record,
        enabled=True,
        media=HostMedia("", "", link.media_path, link.rate, None, online=True),
        source_start_frame=link.source_start_frame,
        true_source=None,
        speed_percent=None,
        linked=frozenset(),
        takes=(),
        selected_take=0,
        look="",
    )
