"""``timeline.export`` and ``timeline.import``: the timeline as a file, and a new timeline of a file."""

import os

from .arguments import need, need_expectation, need_name
from .faults import OpError
from .keeping import Kept
from .paths import SANDBOX_HINT, landed, need_file, need_folder, need_free, need_path, sweep
from .pen import carry_out, check_expectation, same_project, unsure
from .scene import open_scene
from .timelines import refuse_used, timeline_result, timeline_with_id, timelines_of
from .values import short, text

EXPORTS = {
    "otio": ("EXPORT_OTIO",),
    "fcpxml": ("EXPORT_FCPXML_1_10", "EXPORT_FCPXML_1_9", "EXPORT_FCPXML_1_8"),
    "xmeml": ("EXPORT_FCP_7_XML",),
    "edl": ("EXPORT_EDL",),
    "aaf": ("EXPORT_AAF",),
    "drt": ("EXPORT_DRT",),
}
SUBTYPES = {"aaf": "EXPORT_AAF_NEW"}


def constant(resolve, names):
    """Return the first constant of these this build has, or None. Constants are opaque: strings are refused."""
    found = (getattr(resolve, name, None) for name in names)
    return next((value for value in found if value is not None), None)


def op_export_timeline(desk, args, expect):
    """``timeline.export``. What a failed export left on disk is taken away again."""
    form, path = need(args, "format", str), need_path(args)
    if form not in EXPORTS:
        raise OpError("invalid_param", "There is no export format '%s'." % short(form))
    kind = constant(desk.resolve, EXPORTS[form])
    if kind is None:
        raise OpError("unsupported_op", "This version of Resolve cannot export %s." % form)
    scene, places = open_scene(desk.resolve), places_of_export(path, form)
    need_folder(os.path.dirname(path))
    need_free(places)
    name = text(scene.timeline.GetName())
    export_to(desk, scene, places, (kind, constant(desk.resolve, [SUBTYPES.get(form, "EXPORT_NONE")])))
    found = {"path": landed(places), "format": form, "timeline_id": scene.timeline_id, "timeline_name": name}
    return "verified", found


def places_of_export(path, form):
    """Return where an export may land: FCPXML 1.10 is a folder, and who names it is not told."""
    stem = os.path.splitext(path)[0]
    return [path] + ([stem + ".fcpxmld", path + ".fcpxmld"] if form == "fcpxml" else [])


def export_to(desk, scene, places, kinds):
    """Let the host write; raise with nothing left on disk."""
    try:
        carry_out(
            desk,
            scene.project,
            "export the timeline",
            lambda: scene.timeline.Export(places[0], kinds[0], kinds[1]),
            lambda: landed(places),
            lambda: None,
        )
    except OpError as error:
        sweep(places)
        error.outcome = "not_applied"
        if error.code == "host_rejected":
            error.hint = SANDBOX_HINT
        raise


def op_import_timeline(desk, args, expect):
    """``timeline.import``. Resolve opens what it imported and may change the bin: both are put back."""
    path, name = need_path(args), need_name(args)
    wanted = need_expectation(expect)["timeline_id"]
    project = same_project(desk.resolve, expect)
    need_file(path)
    refuse_used(project, name)
    check_expectation(desk.resolve, expect)
    known = {line.GetUniqueId() for line in timelines_of(project)}

    def ours():
        current = project.GetCurrentTimeline()
        return bool(current) and current.GetUniqueId() not in known

    with Kept(desk) as kept:
        kept.bin(project.GetMediaPool())
        kept.timeline(project, wanted, ours)
        made = bring(desk, project, (path, name, args.get("import_media") is not False), known, expect)
    if kept.left:
        raise unsure(OpError("host_rejected", "The timeline is imported. " + kept.said(), "Open your timeline again."))
    return timeline_result(made, name, True)


def bring(desk, project, asked, known, expect):
    """Import and return the new timeline's id; raise with nothing left, or unsure."""
    path, name, import_media = asked
    pool = project.GetMediaPool()
    options = import_options(path, name, import_media, pool)

    def fresh():
        return [line for line in timelines_of(project) if line.GetUniqueId() not in known]

    try:
        carry_out(
            desk,
            project,
            "import the timeline",
            lambda: pool.ImportTimelineFromFile(path, options),
            fresh,
            lambda: same_project(desk.resolve, expect),
        )
    except OpError as error:
        if error.code == "host_rejected":
            error.hint = "Resolve does not say why. Import the file by hand (File > Import > Timeline) to see more."
        raise
    key = fresh()[0].GetUniqueId()
    settle_name(desk, project, key, name)
    return key


def import_options(path, name, import_media, pool):
    """Return importOptions. OTIO loses its media unless it imports it; a DRT takes none of them."""
    suffix = os.path.splitext(path)[1].lower()
    if suffix == ".drt":
        return {}
    if import_media or suffix == ".otio":
        return {"timelineName": name, "importSourceClips": True}
    return {"timelineName": name, "importSourceClips": False, "sourceClipsFolders": [pool.GetRootFolder()]}


def settle_name(desk, project, key, name):
    """Give an imported timeline the name it was to have, where the host gave it another one."""
    timeline = timeline_with_id(project, key)
    if timeline.GetName() == name:
        return
    try:
        carry_out(
            desk,
            project,
            "name the imported timeline",
            lambda: timeline.SetName(name),
            lambda: timeline.GetName() == name,
            lambda: None,
        )
    except OpError as error:
        raise unsure(error) from None
