"""What happens to render jobs: made, started, advanced poll by poll, encoded, cancelled (resolve.md §1.7, §5.21).

No threads: a job moves one step whenever a script asks for its state, ``ui.render_polls`` steps to the end, and is
encoded in the step that completes it. ``ui.finish_renders()`` is the way round the polls.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .call import Refused
from .encode import Work, encode
from .ffmpeg import EncodeError
from .layout import solid
from .render_state import INDIVIDUAL, QUICK, Deliver, Job, Queue
from .state import Timeline

if TYPE_CHECKING:
    from .world import World


def new_job(world: World, queue: Queue, timeline: Timeline) -> Job:
    """A job of the current settings. Refused when they cannot be rendered: no folder, no frames, marks outside."""
    deliver = queue.deliver
    folder = deliver.get("TargetDir")
    if not isinstance(folder, str) or not os.path.isabs(folder) or not os.path.isdir(folder) or timeline.end <= 0:
        raise Refused
    first, last = _marks(world, deliver, timeline)
    ranges = _ranges(deliver, timeline, first, last)
    taken = {path for job in queue.jobs if job.state in ("Ready", "Rendering") for path in job.paths}
    paths: list[str] = []
    for name, _, _ in ranges:
        paths.append(_free_path(deliver, folder, name, {*taken, *paths}))
    return Job(timeline, deliver, first, last, paths)


def _marks(world: World, deliver: Deliver, timeline: Timeline) -> tuple[int, int]:
    """First and last record frame; MarkOut is included, unless a recorded profile says otherwise."""
    begin, end = timeline.start_frame, timeline.start_frame + timeline.end - 1
    if deliver.get("SelectAllFrames", True):
        return begin, end
    first, last = deliver.get("MarkIn", begin), deliver.get("MarkOut")
    if last is None:
        last = end
    elif isinstance(last, int) and not world.profile.habits.mark_out_inclusive:
        last -= 1
    if not isinstance(first, int) or not isinstance(last, int) or not begin <= first <= last <= end:
        raise Refused
    return first, last


def _ranges(deliver: Deliver, timeline: Timeline, first: int, last: int) -> list[tuple[str, int, int]]:
    """(name, first, end) in timeline_frames of every file: one, or one a clip of video track 1."""
    begin, end = first - timeline.start_frame, last - timeline.start_frame + 1
    name = str(deliver.get("CustomName") or timeline.name)
    if deliver.mode != INDIVIDUAL:
        return [(name, begin, end)]
    items = [item for track in timeline.tracks["video"][:1] for item in solid(track) if item.enabled]
    inside = [(max(item.start, begin), min(item.end, end)) for item in items]
    found = [(f"{name}_{number:04}", *span) for number, span in enumerate(inside) if span[0] < span[1]]
    if not found:
        raise Refused
    return found


def _free_path(deliver: Deliver, folder: str, name: str, taken: set[str]) -> str:
    """A name of its own: ``_1``, ``_2`` … behind it when the plain one is there or queued already."""
    replacing = bool(deliver.get("ReplaceExistingFilesInPlace", False))
    plain, number = os.path.join(folder, f"{name}.{deliver.format}"), 0
    path = plain
    while path in taken or (os.path.exists(path) and not replacing):
        number += 1
        path = os.path.join(folder, f"{name}_{number}.{deliver.format}")
    return path


def start(queue: Queue, jobs: list[Job]) -> None:
    """Let jobs render, in this order. The Deliver page is what the last of them says from now on (trap 16)."""
    if queue.running or not jobs or any(job.state == "Rendering" for job in jobs):
        raise Refused
    for job in jobs:
        job.state, job.percent, job.error, job.waiting = "Ready", 0, "", True
        queue.deliver = job.deliver
    queue.running = queue.fresh = True


def advance(world: World, queue: Queue) -> None:
    """One step of the job that is its turn."""
    job = next((one for one in queue.jobs if one.waiting), None)
    if not queue.running or job is None:
        queue.running = False
        return
    job.state = "Rendering"
    job.percent = min(100, job.percent + -(-100 // max(1, world.ui.render_polls)))
    if job.percent >= 100:
        _finish(queue, job)


def _finish(queue: Queue, job: Job) -> None:
    try:
        for work in works(job):
            encode(work)
        job.state = "Complete"
    except EncodeError as error:
        job.state, job.percent, job.error = "Failed", 0, str(error)
    job.waiting = False
    queue.running = any(one.waiting for one in queue.jobs)


def stop(queue: Queue) -> None:
    """Cancel what waits and what runs; nothing of it is on disk."""
    for job in queue.jobs:
        if job.waiting:
            job.state, job.waiting = "Cancelled", False
    queue.running = False


def works(job: Job) -> list[Work]:
    """The files of a job."""
    deliver, timeline = job.deliver, job.timeline
    ranges = _ranges(deliver, timeline, job.first, job.last)
    picture = bool(deliver.get("ExportVideo", True)) and not deliver.audio_only and deliver.format != "wav"
    return [
        Work(
            timeline,
            begin,
            end,
            path,
            deliver.format,
            deliver.codec,
            _size(deliver, "FormatWidth", timeline.width),
            _size(deliver, "FormatHeight", timeline.height),
            video=picture,
            audio=bool(deliver.get("ExportAudio", True)) or not picture,
        )
        for path, (_, begin, end) in zip(job.paths, ranges, strict=True)
    ]


def _size(deliver: Deliver, key: str, otherwise: int) -> int:
    value = deliver.get(key)
    return value if isinstance(value, int) and value > 0 else otherwise


def quick_export(world: World, timeline: Timeline, preset: str, folder: object, name: object) -> dict[str, object]:
    """Render between the timeline's marks, blocking, and leave the Deliver page alone. Refused when misconfigured."""
    if preset not in QUICK:
        raise Refused
    values: dict[str, object] = {"TargetDir": folder, "CustomName": name}
    if timeline.marks:
        first, last = (timeline.start_frame + mark for mark in timeline.marks)
        out = last if world.profile.habits.mark_out_inclusive else last + 1
        values |= {"SelectAllFrames": False, "MarkIn": first, "MarkOut": out}
    queue = Queue(Deliver(preset, *QUICK[preset]).with_values(values))
    job = new_job(world, queue, timeline)
    _finish(queue, job)
    if job.error:
        return {"JobStatus": "Failed", "CompletionPercentage": 0, "Error": job.error}
    return {"JobStatus": "Complete", "CompletionPercentage": 100, "TimeTakenToRenderInMs": 1}
