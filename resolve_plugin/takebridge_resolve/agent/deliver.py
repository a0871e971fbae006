"""The Deliver page: its settings kept while a job of ours is added, and the jobs in its queue."""

import os
import time

from .pen import Pen, refusal
from .values import text

FORMATS = ("mov", "mp4", "mxf")
CODECS = ("prores422hq", "prores422", "dnxhrhqx", "dnxhrhq", "dnxhrsq", "dnxhr", "h264", "h265")
"""What is taken first of what a build offers: free Linux has no H.264, Windows wrote no ProRes for long."""
STATES = (
    ("ready", "ready"),
    ("render", "rendering"),
    ("complete", "complete"),
    ("cancel", "cancelled"),
    ("fail", "failed"),
)


class Deliver(object):
    """Deliver's settings, saved as a render preset of ours and put back from it: nothing reads them all back.

    ``left`` names what could not be put back; the preset stays then, so that a person can load it.
    """

    def __init__(self, desk, project):
        self.desk, self.project, self.left = desk, project, []
        self.preset = "TakeBridge keeps settings %s %d" % (time.strftime("%Y-%m-%d %H.%M.%S"), os.getpid())
        self.format, self.mode = {}, None

    def __enter__(self):
        """Keep the settings; raise with nothing changed when they cannot be kept."""
        self.format = self.project.GetCurrentRenderFormatAndCodec() or {}
        self.mode = self.project.GetCurrentRenderMode()
        kept = self.write(lambda: self.project.SaveAsNewRenderPreset(self.preset), self.is_kept)
        if not kept:
            raise refusal(self.project, "keep the Deliver settings")
        return self

    def __exit__(self, _kind, error, _trace):
        self.put_back()
        if self.left and hasattr(error, "hint"):
            error.hint = ("%s %s" % (error.hint, self.said())).strip()

    def write(self, act, done):
        """Write with the patience of an op."""
        return Pen(self.desk.delays, self.desk.sleep).write(act, done)

    def said(self):
        """Return what a person can do about settings that were not put back."""
        return "Load the render preset “%s” on the Deliver page: your settings are in it." % self.preset

    def is_kept(self):
        """Say whether our preset is there."""
        return self.preset in presets_of(self.project)

    def put_back(self):
        """Load our preset, format, codec and mode as they were, and take the preset away."""
        project, loaded = self.project, []

        def load():
            loaded[:] = [project.LoadRenderPreset(self.preset)]
            return loaded[0]

        if not self.write(load, lambda: loaded == [True]):
            self.left.append("the Deliver settings")
            return
        form, codec = text(self.format.get("format")), text(self.format.get("codec"))
        if form and codec and not self.is_format(form, codec):
            self.note("the format", self.choose_format(form, codec))
        if self.mode is not None and project.GetCurrentRenderMode() != self.mode:
            self.note("the render mode", self.choose_mode(self.mode))
        if not self.left:
            self.write(lambda: project.DeleteRenderPreset(self.preset), lambda: not self.is_kept())

    def note(self, what, done):
        """Remember what was not put back."""
        if not done:
            self.left.append(what)

    def is_format(self, form, codec):
        """Say whether format and codec are these."""
        now = self.project.GetCurrentRenderFormatAndCodec() or {}
        return (text(now.get("format")), text(now.get("codec"))) == (form, codec)

    def choose_format(self, form, codec):
        """Set format and codec by their ids."""
        return self.write(
            lambda: self.project.SetCurrentRenderFormatAndCodec(form, codec), lambda: self.is_format(form, codec)
        )

    def choose_mode(self, mode):
        """Set the mode: 0 individual clips, 1 a single clip."""
        return self.write(
            lambda: self.project.SetCurrentRenderMode(mode), lambda: self.project.GetCurrentRenderMode() == mode
        )


def presets_of(project):
    """Return the names of the render presets; builds list names or dictionaries."""
    listed = project.GetRenderPresetList() or []
    return [text(entry.get("PresetName") if isinstance(entry, dict) else entry) for entry in listed]


def best_format(project):
    """Return (format id, codec id) of a good intermediate this build can write, or None. Only ids are accepted."""
    offered = [text(form) for form in (project.GetRenderFormats() or {}).values()]
    for form in [known for known in FORMATS if known in offered] + [other for other in offered if other not in FORMATS]:
        codecs = {plain_name(codec): text(codec) for codec in (project.GetRenderCodecs(form) or {}).values()}
        wanted = [codecs[name] for known in CODECS for name in sorted(codecs) if name.startswith(known)]
        if wanted or (codecs and form in FORMATS):
            return form, (wanted or sorted(codecs.values()))[0]
    return None


def plain_name(name):
    """Return a codec's id without what builds spell differently: "ProRes422HQ", "DNxHR_HQX"."""
    return "".join(char for char in text(name).lower() if char.isalnum())


def job_of(project, job):
    """Return the queue's entry of a job, or None."""
    listed = project.GetRenderJobList() or []
    return next((entry for entry in listed if isinstance(entry, dict) and text(entry.get("JobId")) == job), None)


def state_of(status):
    """Return ready, rendering, complete, cancelled or failed of a job's status; what nobody knows is "failed"."""
    said = text((status or {}).get("JobStatus")).strip().lower()
    return next((state for word, state in STATES if said.startswith(word)), "failed")


def percent_of(status):
    """Return a job's progress, 0 to 100."""
    said = (status or {}).get("CompletionPercentage")
    return max(0, min(100, int(said))) if isinstance(said, (int, float)) and said == said else 0


def file_of(entry):
    """Return the path of a job's file, "" when the queue does not say."""
    folder, name = text((entry or {}).get("TargetDir")), text((entry or {}).get("OutputFilename"))
    return os.path.join(folder, name) if folder and name else ""
