"""``range.render`` by Quick Export (Studio, 19.1): it blocks, and leaves the Deliver settings alone."""

from .faults import OpError
from .guards import has
from .keeping import Kept, marks_of, set_marks
from .paths import landed
from .pen import carry_out, refusal
from .playhead import same_timeline
from .rendering import RenderOrder, op_render_by_queue
from .status import edition_of
from .values import text

UPLOADS = ("youtube", "vimeo", "tiktok", "twitter", "dropbox", "frame.io", "presentations")


def offers_quick_export(resolve, project):
    """Say whether Quick Export may be called: on the free edition it is not touched."""
    return has(project, "RenderWithQuickExport") and edition_of(resolve) == "studio"


def op_render_range(desk, args, expect):
    """``range.render``."""
    way = args.get("way")
    if way not in (None, "queue", "quick"):
        raise OpError("invalid_param", "A range is rendered by the queue or by Quick Export.")
    order = RenderOrder(desk, args)
    if way != "quick":
        return op_render_by_queue(desk, order)
    if not offers_quick_export(desk.resolve, order.project):
        hint = "Render by the queue instead."
        raise OpError("unsupported_op", "This Resolve has no Quick Export that scripts may use.", hint)
    if not order.audio:
        raise OpError("unsupported_op", "Quick Export always writes the sound.", "Render by the queue instead.")
    return render_quickly(desk, order)


def render_quickly(desk, order):
    """Mark the range, export it, put the marks back."""
    preset = quick_preset(order)
    with Kept(desk) as kept:
        kept.page()
        kept.playhead(order.timeline)
        kept.marks(order.timeline)
        mark(desk, order)
        said = export(order, preset)
        path = landed(order.made())
    done = isinstance(said, dict) and text(said.get("JobStatus")).lower().startswith("complete")
    result = {"job": "", "way": "quick", "state": "failed", "percent": 0, "path": "", "error": ""}
    if done and path:
        return kept.outcome(), dict(result, state="complete", percent=100, path=path)
    words = said.get("Error") or said.get("JobStatus") if isinstance(said, dict) else said
    return kept.outcome(), dict(result, error=text(words) or "Resolve wrote no file and did not say why.")


def quick_preset(order):
    """Return the preset asked for, else one that writes a file and uploads nothing."""
    project = order.project
    offered = project.GetQuickExportRenderPresets() or [] if has(project, "GetQuickExportRenderPresets") else []
    names = [text(name) for name in offered]
    if order.preset:
        if order.preset not in names:
            raise OpError("not_found", "Quick Export has no preset “%s”." % order.preset, "Choose one Resolve lists.")
        return order.preset
    local = [name for name in names if not any(word in name.lower() for word in UPLOADS)]
    ranked = [name for word in ("prores", "h.264", "h264") for name in local if word in name.lower()] + local
    if not ranked:
        raise OpError(
            "unsupported_op", "Quick Export has no preset that writes a file.", "Render by the queue instead."
        )
    return ranked[0]


def mark(desk, order):
    """Mark the range: marks count from the start of the timeline, the out mark is the last frame inside."""
    span = {"in": order.span[0] - order.origin, "out": order.span[1] - 1 - order.origin}
    if not has(order.timeline, "SetMarkInOut"):
        raise OpError("unsupported_op", "This version of Resolve cannot mark a range.", "Render by the queue instead.")
    carry_out(
        desk,
        order.project,
        "mark the range",
        lambda: set_marks(order.timeline, {"video": span, "audio": span}),
        lambda: (marks_of(order.timeline).get("video") or {}) == span,
        lambda: same_timeline(desk, order.scene),
    )


def export(order, preset):
    """Return what Quick Export says: a dictionary with the job's status, or an error's words."""
    project = order.project
    if not has(project, "RenderWithQuickExport"):
        return ""
    settings = {"TargetDir": order.folder, "CustomName": order.name, "EnableUpload": False}
    said = project.RenderWithQuickExport(preset, settings)
    if not said and not order.made():
        raise refusal(project, "render the range")
    return said
