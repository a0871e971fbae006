"""The render methods of Project (resolve.md §1.7)."""

from __future__ import annotations

import os
from dataclasses import replace

from . import render_queue
from .call import ApiObject, Refused, read, studio_only, write
from .encode import CODECS, FORMATS, write_still
from .ffmpeg import EncodeError
from .render_state import INDIVIDUAL, KEYS, NEWER_KEYS, QUICK, SINGLE, Job, Queue
from .state import Project as ProjectState
from .state import Timeline
from .timecode import rate_label


class Rendering(ApiObject):
    """Queue, presets, Quick Export and the still under the playhead."""

    _project: ProjectState

    def _queue(self) -> Queue:
        return self._world.queue(self._project)

    def _open_timeline(self) -> Timeline:
        if self._project.current_timeline is None:
            raise Refused
        return self._project.current_timeline

    def _job(self, key: str | int) -> Job:
        """A job by id, or by its 1-based place as old scripts count."""
        jobs = self._queue().jobs
        found = self._queue().named(key) if isinstance(key, str) else None
        if isinstance(key, int) and 1 <= key <= len(jobs):
            found = jobs[key - 1]
        if found is None:
            raise Refused
        return found

    # --- what to write ---

    @read({})
    def GetRenderFormats(self) -> dict[str, str]:
        """``{name: id}``."""
        return dict(FORMATS)

    @read({})
    def GetRenderCodecs(self, renderFormat: str) -> dict[str, str]:
        """``{description: id}`` of a format given by its id."""
        return self._codecs(renderFormat)

    def _codecs(self, format_id: str) -> dict[str, str]:
        lacking = () if self._world.ui.h264 else ("H264", "H265")
        return {name: codec for name, codec in CODECS.get(format_id, {}).items() if codec not in lacking}

    @read()
    def GetCurrentRenderFormatAndCodec(self) -> dict[str, str]:
        """``{format, codec}``, both as ids."""
        return {"format": self._queue().deliver.format, "codec": self._queue().deliver.codec}

    @write(False)
    def SetCurrentRenderFormatAndCodec(self, format: str, codec: str) -> bool:
        """Choose both by their ids; names are refused."""
        if codec not in self._codecs(format).values():
            raise Refused
        self._queue().deliver = replace(self._queue().deliver, format=format, codec=codec)
        return True

    @read()
    def GetCurrentRenderMode(self) -> int:
        """0 individual clips, 1 single clip."""
        return self._queue().deliver.mode

    @write(False)
    def SetCurrentRenderMode(self, renderMode: int) -> bool:
        """Set the mode."""
        if renderMode not in (INDIVIDUAL, SINGLE):
            raise Refused
        self._queue().deliver = replace(self._queue().deliver, mode=renderMode)
        return True

    @read([])
    def GetRenderResolutions(self, format: str | None = None, codec: str | None = None) -> list[dict[str, int]]:
        """Sizes that can be rendered."""
        timeline = self._open_timeline()
        sizes = {(timeline.width, timeline.height), (1280, 720), (1920, 1080), (3840, 2160)}
        return [{"Width": width, "Height": height} for width, height in sorted(sizes)]

    @write(False)
    def SetRenderSettings(self, settings: dict[str, object]) -> bool:
        """Put settings over what is there: everything else is inherited, an audio-only preset's picture stays off.

        True all the same (trap 12). An unknown key refuses the whole call.
        """
        version = self._world.profile.version
        known = KEYS | {key for key, since in NEWER_KEYS.items() if version >= since}
        if not settings or not settings.keys() <= known:
            raise Refused
        whole = {key: _whole(value) for key, value in settings.items()}
        self._queue().deliver = self._queue().deliver.with_values(whole)
        return True

    # --- presets ---

    @read([])
    def GetRenderPresetList(self) -> list[str]:
        """Names of the presets."""
        return list(self._queue().presets())

    @write(False)
    def LoadRenderPreset(self, presetName: str) -> bool:
        """Set the whole Deliver page as a preset says; where to and under which name stays."""
        found = self._queue().presets().get(presetName)
        if found is None:
            raise Refused
        now = self._queue().deliver
        kept = {key: value for key in ("TargetDir", "CustomName") if (value := now.get(key)) is not None}
        self._queue().deliver = replace(found.with_values(kept | dict(found.values)), preset=presetName)
        return True

    @write(False)
    def SaveAsNewRenderPreset(self, presetName: str) -> bool:
        """Keep the Deliver page under a new name; False when there is one."""
        if not presetName or presetName in self._queue().presets():
            raise Refused
        self._queue().own_presets[presetName] = replace(self._queue().deliver, preset=presetName)
        return True

    @write(False)
    def DeleteRenderPreset(self, presetName: str) -> bool:
        """Delete a preset of the user's own."""
        if presetName not in self._queue().own_presets:
            raise Refused
        del self._queue().own_presets[presetName]
        return True

    # --- the queue ---

    @write("")
    def AddRenderJob(self) -> str:
        """Id of a new job of the current settings and timeline; "" when they make no render."""
        job = render_queue.new_job(self._world, self._queue(), self._open_timeline())
        self._queue().jobs.append(job)
        return job.id

    @write(False)
    def DeleteRenderJob(self, jobId: str) -> bool:
        """Take a job that is not rendering out of the queue."""
        job = self._job(jobId)
        if job.waiting:
            raise Refused
        self._queue().jobs.remove(job)
        return True

    @write(False)
    def DeleteAllRenderJobs(self) -> bool:
        """Empty the queue."""
        if self._queue().running:
            raise Refused
        self._queue().jobs.clear()
        return True

    @read([])
    def GetRenderJobList(self) -> list[dict[str, object]]:
        """Facts of every job."""
        return [_told(number, job) for number, job in enumerate(self._queue().jobs, 1)]

    @write(False)
    def StartRendering(self, *args: object) -> bool:
        """Start jobs by id, by place or as a list of either; all that are ready without any. False while one runs."""
        keys = [key for arg in args for key in (arg if isinstance(arg, list) else [arg]) if not isinstance(key, bool)]
        jobs = [self._job(_key(key)) for key in keys]
        if not keys:
            jobs = [job for job in self._queue().jobs if job.state == "Ready"]
        render_queue.start(self._queue(), jobs)
        return True

    @read()
    def StopRendering(self) -> None:
        """Cancel what renders; nothing says whether anything did."""
        render_queue.stop(self._queue())

    @read(False)
    def IsRenderingInProgress(self) -> bool:
        """Whether a job renders; still False right after the start (measured)."""
        queue = self._queue()
        if queue.fresh:
            queue.fresh = False
            return False
        render_queue.advance(self._world, queue)
        return queue.running

    @read({})
    def GetRenderJobStatus(self, jobId: str | int) -> dict[str, object]:
        """``{JobStatus, CompletionPercentage, …}``; asking is what lets the queue go on here."""
        job = self._job(jobId)
        if self._queue().running:
            render_queue.advance(self._world, self._queue())
        told: dict[str, object] = {"JobStatus": job.state, "CompletionPercentage": job.percent}
        if job.state == "Rendering":
            told["EstimatedTimeRemainingInMs"] = (100 - job.percent) * 10
        if job.state == "Complete":
            told["TimeTakenToRenderInMs"] = 1000
        if job.error:
            told["Error"] = job.error
        return told

    # --- at once ---

    @read([])
    def GetQuickExportRenderPresets(self) -> list[str]:
        """Names of the Quick Export presets. Since 19.1."""
        return list(QUICK)

    @write({"JobStatus": "Failed", "CompletionPercentage": 0, "Error": "The render could not be started."})
    def RenderWithQuickExport(self, preset_name: str, param_dict: dict[str, object]) -> dict[str, object]:
        """Render between the marks, wait for it, leave the Deliver page alone. Since 19.1; Studio only (assumed)."""
        if not self._world.profile.habits.quick_export_on_free:
            studio_only(self._world)
        folder, name = param_dict.get("TargetDir"), param_dict.get("CustomName")
        unknown = param_dict.keys() - {"TargetDir", "CustomName", "VideoQuality", "EnableUpload"}
        if unknown or param_dict.get("EnableUpload"):
            raise Refused
        return render_queue.quick_export(self._world, self._open_timeline(), preset_name, folder, name)

    @write(False)
    def ExportCurrentFrameAsStill(self, filePath: str) -> bool:
        """Write the picture under the playhead; the suffix picks the format, Inspector transforms are not in it."""
        timeline = self._open_timeline()
        if not os.path.isabs(filePath):
            raise Refused
        try:
            write_still(timeline, self._world.ui.still_frame(timeline.playhead), filePath)
        except (EncodeError, OSError):
            raise Refused from None
        return True


def _whole(value: object) -> object:
    """Lua and JSON hand whole numbers over as floats."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _key(value: object) -> str | int:
    whole = _whole(value)
    if not isinstance(whole, str | int):
        raise Refused
    return whole


def _told(number: int, job: Job) -> dict[str, object]:
    deliver, timeline = job.deliver, job.timeline
    return {
        "JobId": job.id,
        "RenderJobName": f"Job {number}",
        "TimelineName": timeline.name,
        "TargetDir": os.path.dirname(job.paths[0]),
        "OutputFilename": os.path.basename(job.paths[0]),
        "RenderMode": "Single clip" if deliver.mode == SINGLE else "Individual clips",
        "PresetName": deliver.preset,
        "IsExportVideo": not deliver.audio_only and bool(deliver.get("ExportVideo", True)),
        "IsExportAudio": bool(deliver.get("ExportAudio", True)),
        "VideoFormat": deliver.format,
        "VideoCodec": deliver.codec,
        "FormatWidth": deliver.get("FormatWidth") or timeline.width,
        "FormatHeight": deliver.get("FormatHeight") or timeline.height,
        "FrameRate": rate_label(timeline.rate),
        "MarkIn": job.first,
        "MarkOut": job.last,
    }
