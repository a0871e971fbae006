"""The full truth of a world as JSON: what tests compare against, past everything the API may say about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .render_state import Queue
from .source import left_offset
from .state import Bin, Item, Marker, Media, Project, Timeline
from .timecode import rate_label, timecode

if TYPE_CHECKING:
    from .world import World


def describe(world: World) -> dict[str, object]:
    """Everything: the open project and timeline, all timelines, the pool, call counts."""
    with world.lock:
        open_timeline = world.project.current_timeline
        return {
            "profile": ".".join(map(str, world.profile.version)),
            "studio": world.profile.studio,
            "page": world.page,
            "project": _project_name(world.project),
            "projects": [_project_name(project) for project in world.projects],
            "timeline": describe_timeline(open_timeline) if open_timeline else None,
            "timelines": [describe_timeline(timeline) for timeline in world.project.timelines],
            "pool": describe_bin(world.project.root),
            "current_bin": world.project.current_bin.name,
            "deliver": describe_deliver(world.queue(world.project)),
            "calls": world.ui.call_counts(),
        }


def describe_deliver(queue: Queue) -> dict[str, object]:
    """The Deliver page: what is set, the user's own presets, the jobs."""
    deliver = queue.deliver
    return {
        "preset": deliver.preset,
        "format": deliver.format,
        "codec": deliver.codec,
        "mode": deliver.mode,
        "settings": dict(deliver.values),
        "own_presets": sorted(queue.own_presets),
        "jobs": [{"id": job.id, "state": job.state, "first": job.first, "last": job.last} for job in queue.jobs],
    }


def _project_name(project: Project) -> dict[str, str]:
    return {"id": project.id, "name": project.name}


def describe_timeline(timeline: Timeline) -> dict[str, object]:
    """One timeline; record frames are absolute, ends exclusive."""
    at = timeline.start_frame + timeline.playhead
    return {
        "id": timeline.id,
        "name": timeline.name,
        "rate": str(timeline.rate),
        "rate_label": rate_label(timeline.rate),
        "drop_frame": timeline.drop_frame,
        "start_record_frame": timeline.start_frame,
        "width": timeline.width,
        "height": timeline.height,
        "playhead": timecode(at, timeline.rate, timeline.drop_frame),
        "selection": list(timeline.selection),
        "markers": describe_markers(timeline.markers),
        "tracks": [
            {
                "type": track_type,
                "index": index,
                "name": track.name,
                "locked": track.locked,
                "enabled": track.enabled,
                "items": [describe_item(timeline, item) for item in track.items],
            }
            for track_type, tracks in timeline.tracks.items()
            for index, track in enumerate(tracks, 1)
        ],
    }


def describe_item(timeline: Timeline, item: Item) -> dict[str, object]:
    """One item: place, source (true source frames, end exclusive), takes, links and look."""
    return {
        "id": item.id,
        "name": item.label,
        "kind": item.kind,
        "start_record_frame": timeline.start_frame + item.start,
        "end_record_frame": timeline.start_frame + item.end,
        "duration": item.duration,
        "media_id": item.media.id if item.media else None,
        "media_path": item.media.path if item.media else None,
        "left_offset": left_offset(item),
        "source_start": item.source_start,
        "source_end": item.source_end,
        "speed_percent": str(item.speed * 100),
        "reversed": item.reversed,
        "takes": [
            {"index": n, "media_id": t.media.id, "media_path": t.media.path, "start": t.start, "end": t.end}
            for n, t in enumerate(item.takes, 1)
        ],
        "selected_take": item.selected_take,
        "linked": sorted(item.linked),
        "markers": describe_markers(item.markers),
        "look": describe_look(item),
    }


def describe_markers(markers: dict[int, Marker]) -> list[dict[str, object]]:
    """Markers in order; frames count from the start of what they are on."""
    return [
        {
            "frame": frame,
            "color": marker.color,
            "name": marker.name,
            "note": marker.note,
            "duration": marker.duration,
            "data": marker.custom_data,
        }
        for frame, marker in sorted(markers.items())
    ]


def describe_look(item: Item) -> dict[str, object]:
    """Everything a take swap must not touch."""
    return {
        "properties": dict(item.properties),
        "color": item.color,
        "flags": list(item.flags),
        "enabled": item.enabled,
        "fades": list(item.fades),
        "grade": {"versions": dict(item.grade.versions), "current": item.grade.current},
        "fusion_comps": item.fusion_comps,
    }


def describe_bin(folder: Bin) -> dict[str, object]:
    """A bin with its media and the bins below."""
    return {
        "id": folder.id,
        "name": folder.name,
        "media": [describe_media(media) for media in folder.media],
        "bins": [describe_bin(child) for child in folder.bins],
    }


def describe_media(media: Media) -> dict[str, object]:
    """One pool item."""
    return {
        "id": media.id,
        "name": media.name,
        "path": media.path,
        "type": media.kind_name,
        "rate": str(media.rate),
        "frames": media.frame_count,
        "start_timecode": media.facts.start_timecode,
        "metadata": dict(media.metadata),
        "third_party": dict(media.third_party),
    }
