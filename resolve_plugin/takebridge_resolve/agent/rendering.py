"""``range.render``, ``render.status`` and ``render.cancel`` by the render queue; jobs are remembered only there."""

import os

from .arguments import need, need_name
from .deliver import Deliver, best_format, file_of, job_of, percent_of, presets_of, state_of
from .faults import OpError
from .keeping import Kept
from .paths import landed, need_folder, need_path
from .pen import Pen, carry_out, refusal
from .playhead import same_timeline
from .scene import frame_or_gone, open_scene, setting
from .values import short, text, whole

PLAIN_PRESETS = ("prores 422", "h.264 master", "h.265 master", "dnxhr", "prores")
QUEUE_HINT = "Render the range by hand on the Deliver page: Resolve may say more about why."


class RenderOrder(object):
    """What is to be rendered, checked before anything is touched. Record frames, end exclusive.

    ``strict``: the job must say the marks it was given; only the probe, which wants to know, takes others.
    """

    def __init__(self, desk, args, strict=True):
        self.desk, self.strict = desk, strict
        self.span = (need(args, "start_record_frame", int), need(args, "end_record_frame", int))
        self.folder, self.name = need_path(args, "folder"), need_name(args)
        self.preset, self.audio = short(args.get("preset")), args.get("audio") is not False
        if os.path.basename(self.name) != self.name or "\\" in self.name or self.name in (".", ".."):
            raise OpError("invalid_param", "A file to render needs a name without slashes.")
        self.scene = open_scene(desk.resolve)
        self.project, self.timeline = self.scene.project, self.scene.timeline
        self.origin = frame_or_gone(self.timeline.GetStartFrame())
        if not self.origin <= self.span[0] < self.span[1] <= frame_or_gone(self.timeline.GetEndFrame()):
            raise OpError("invalid_param", "The range to render must lie inside the timeline.")
        need_folder(self.folder)
        if self.made():
            message = "There is a file “%s” in the folder already; nothing is overwritten." % self.name
            raise OpError("host_rejected", message, "Choose another name.")
        refuse_rendering(self.project)

    def made(self):
        """Return the files of our name that are in the folder, whatever their ending."""
        try:
            found = [name for name in os.listdir(self.folder) if os.path.splitext(name)[0] == self.name]
        except OSError:
            found = []
        return sorted(os.path.join(self.folder, name) for name in found)


def refuse_rendering(project):
    """Raise while Resolve renders. IsRenderingInProgress is still False right after a start, so jobs are asked too."""
    jobs = [text(entry.get("JobId")) for entry in project.GetRenderJobList() or []]
    states = (state_of(project.GetRenderJobStatus(job)) for job in jobs)
    if project.IsRenderingInProgress() or "rendering" in states:
        raise OpError("host_busy", "Resolve is rendering.", "Wait until the render is done, then try again.")


def op_render_by_queue(desk, order):
    """Add a job of our own, start it and no other. Starting rewrites the Deliver settings, so they come back last."""
    if order.preset and order.preset not in presets_of(order.project):
        message = "Resolve has no render preset “%s”." % order.preset
        raise OpError("not_found", message, "Choose a preset of the Deliver page.")
    deliver = Deliver(desk, order.project)
    with Kept(desk) as kept:
        kept.page()
        with deliver:
            job = add_job(desk, order, deliver)
            try:
                same_timeline(desk, order.scene)
                start(desk, order, job)
            except OpError:
                drop(desk, order.project, job)
                raise
        result = result_of(order.project, job)
    if deliver.left:  # told with the job: an error would lose its id
        return "committed_unverified", dict(result, error=result["error"] or deliver.said())
    return kept.outcome(), result


def add_job(desk, order, deliver):
    """Add the job and return its id; what the queue says of it must be what was asked."""
    choose_settings(order, deliver)
    known = {text(entry.get("JobId")) for entry in order.project.GetRenderJobList() or []}
    said = []

    def act():
        said[:] = [text(order.project.AddRenderJob())]
        return said[0]

    def done():
        return bool(said and said[0]) and said[0] not in known and job_of(order.project, said[0]) is not None

    if not desk.pen.write(act, done, lambda: same_timeline(desk, order.scene)):
        raise refusal(order.project, "add the render job")
    wrong = misfit(order, job_of(order.project, said[0])) if order.strict else ""
    if wrong:
        drop(desk, order.project, said[0])
        message = "Resolve's render job had another %s than asked, so it was taken off the queue." % wrong
        raise OpError("host_rejected", message, QUEUE_HINT)
    return said[0]


def choose_settings(order, deliver):
    """Set format, mode and every setting that a former preset could have left otherwise (resolve.md trap 12)."""
    project = order.project
    if order.preset:
        loaded = []
        if not deliver.write(lambda: loaded.append(project.LoadRenderPreset(order.preset)), lambda: loaded[-1] is True):
            raise refusal(project, "load the render preset “%s”" % order.preset)
    else:
        load_plain_preset(project, deliver)
        chosen = best_format(project)
        if chosen is None or not deliver.choose_format(chosen[0], chosen[1]):
            raise refusal(project, "choose a format to render")
    if not deliver.choose_mode(1):
        raise refusal(project, "choose a single clip as render mode")
    said = []

    def act():
        said[:] = [project.SetRenderSettings(settings_of(order))]
        return said[0]

    if not deliver.write(act, lambda: said == [True]):
        raise refusal(project, "set the range to render")


def load_plain_preset(project, deliver):
    """Load a preset that writes picture, where there is one: an audio-only one loaded before is inherited otherwise."""
    names = [name for name in presets_of(project) if name != deliver.preset and "audio" not in name.lower()]
    plain = [name for word in PLAIN_PRESETS for name in names if word in name.lower()]
    if plain:
        deliver.write(lambda: project.LoadRenderPreset(plain[0]), lambda: True)


def settings_of(order):
    """Return the render settings: marks absolute, the out mark the last frame inside (resolve.md 1.7)."""
    settings = {
        "SelectAllFrames": False,
        "MarkIn": order.span[0],
        "MarkOut": order.span[1] - 1,
        "TargetDir": order.folder,
        "CustomName": order.name,
        "ExportVideo": True,
        "ExportAudio": order.audio,
    }
    for name, key in (("FormatWidth", "timelineResolutionWidth"), ("FormatHeight", "timelineResolutionHeight")):
        size = whole(setting(order.scene, key))
        if size and not order.preset:
            settings[name] = size
    return settings


def misfit(order, entry):
    """Return what of a queued job is not as asked, "" when all that it says is."""
    facts = (
        ("first frame", "MarkIn", order.span[0]),
        ("last frame", "MarkOut", order.span[1] - 1),
        ("timeline", "TimelineName", text(order.timeline.GetName())),
    )
    wrong = [what for what, key, wanted in facts if entry.get(key) is not None and not same(entry[key], wanted)]
    folder = text(entry.get("TargetDir"))
    if folder and os.path.normpath(folder) != os.path.normpath(order.folder):
        wrong.append("folder")
    return ", ".join(wrong)


def same(said, wanted):
    """Compare what the queue says with what was asked; numbers may come as text or floats."""
    return whole(said) == wanted if isinstance(wanted, int) else text(said) == wanted


def start(desk, order, job):
    """Start this job; never without an id, which would start a person's whole queue."""
    said = []

    def act():
        said[:] = [order.project.StartRendering([job], False)]
        return said[0]

    def done():
        return said == [True] or state_of(order.project.GetRenderJobStatus(job)) in ("rendering", "complete")

    if not desk.pen.write(act, done, lambda: same_timeline(desk, order.scene)):
        raise refusal(order.project, "start the render")


def drop(desk, project, job):
    """Take a job of ours off the queue; say whether it is gone."""
    return Pen(desk.delays, desk.sleep).write(
        lambda: project.DeleteRenderJob(job), lambda: job_of(project, job) is None
    )


def result_of(project, job):
    """Return the RenderResult of a queued job; complete only when its file is there."""
    entry, status = job_of(project, job), project.GetRenderJobStatus(job) or {}
    state, path = state_of(status), file_of(entry)
    error = text(status.get("Error") or status.get("ErrorMessage"))
    if state == "complete" and path and not landed([path]):
        state, error = "failed", "Resolve says it is done, but there is no file %s." % path
    return {
        "job": job,
        "way": "queue",
        "state": state,
        "percent": 100 if state == "complete" else percent_of(status),
        "path": path if state == "complete" else "",
        "error": error,
    }


def open_project(resolve):
    """Return the open project, or raise ``not_found``."""
    manager = resolve.GetProjectManager()
    project = manager.GetCurrentProject() if manager else None
    if not project:
        raise OpError("not_found", "No project is open in Resolve.", "Open a project, then try again.")
    return project


def op_render_status(desk, args, expect):
    """``render.status``."""
    job, project = need(args, "job", str), open_project(desk.resolve)
    if job_of(project, job) is None:
        hint = "Open the project it was started in, or render again."
        raise OpError("not_found", "Resolve's render queue has no such job.", hint, job=short(job))
    return "verified", result_of(project, job)


def op_cancel_render(desk, args, expect):
    """``render.cancel``. Rendering is stopped only when it is this job that renders; one that is gone is cancelled."""
    job, project = need(args, "job", str), open_project(desk.resolve)
    if job_of(project, job) is None:
        gone = {"job": job, "way": "queue", "state": "cancelled", "percent": 0, "path": "", "error": ""}
        return "verified", gone
    said = result_of(project, job)
    if said["state"] == "rendering":
        stop(desk, project, job)
        said = dict(result_of(project, job), state="cancelled", path="")
    elif said["state"] == "ready":
        said["state"] = "cancelled"
    carry_out(
        desk,
        project,
        "take the render job off the queue",
        lambda: project.DeleteRenderJob(job),
        lambda: job_of(project, job) is None,
        lambda: None,
    )
    return "verified", said


def stop(desk, project, job):
    """Stop the render of a job. StopRendering answers nothing, so the job's state is read until it has stopped."""

    def act():
        project.StopRendering()

    if not desk.pen.write(act, lambda: state_of(project.GetRenderJobStatus(job)) != "rendering"):
        raise refusal(project, "stop the render")
