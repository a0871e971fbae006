"""Rules about the document as a whole: version, projects, events, compounds."""

from __future__ import annotations

from collections import Counter

from lxml import etree

from takebridge_fcpxml.grammar import ITEMS
from takebridge_fcpxml.lint.survey import Survey
from takebridge_fcpxml.versions.history import READABLE


def check_structure(survey: Survey) -> None:
    """Everything above the timelines."""
    _check_version(survey)
    _check_contents(survey)
    for event in survey.all["event"]:
        _check_event(survey, event)
    for project in survey.all["project"]:
        if project.find("sequence") is None:
            survey.report.add(
                "no-sequence",
                project,
                f"The project {project.get('name', '')!r} has no sequence.",
                "Export the project again, or remove it.",
            )
    for sequence in survey.all["sequence"]:
        if sequence.find("spine") is None:
            survey.report.add(
                "no-spine",
                sequence,
                "The sequence has no spine, so it has no storyline.",
                "Export the project again, or give it a spine.",
            )
    _check_angles(survey)
    _check_compounds(survey)


def _check_version(survey: Survey) -> None:
    version = survey.document.version
    if not version.strip():
        survey.report.add(
            "version-missing",
            survey.root,
            "The document does not say which FCPXML version it is.",
            'Write version="1.10" if it was made by hand: Final Cut Pro refuses a document without one.',
        )
    elif version not in READABLE:
        survey.report.add(
            "version-unknown",
            survey.root,
            f"Version {version[:40]} is not one of {READABLE[0]} to {READABLE[-1]}, which are known here.",
            "It is read as far as it is known; a host that does not list the version refuses it. Convert it to 1.10.",
            attribute="version",
        )


def _check_contents(survey: Survey) -> None:
    root = survey.root
    holders = (root, *survey.all["event"])
    anything = survey.all["project"] or any(child.tag in ITEMS for holder in holders for child in holder)
    if not anything:
        survey.report.add(
            "nothing-to-do",
            root,
            "There is no project and no clip in this document.",
            "Select a project or clips before you export.",
        )
    elif root.find("resources") is None:
        survey.report.add(
            "no-resources",
            root,
            "The document has no resources, so no media and no formats.",
            "Export it again from the project.",
        )


def _check_event(survey: Survey, event: etree._Element) -> None:
    projects = event.findall("project")
    counted = Counter(project.get("name", "") for project in projects)
    for name in [name for name, count in counted.items() if count > 1]:
        second = [project for project in projects if project.get("name", "") == name][1]
        survey.report.add(
            "same-project-name",
            second,
            f"The event {event.get('name', '')!r} holds {counted[name]} projects named {name!r}.",
            "Number the names (v01, v02), so that an import does not ask which to replace.",
        )
    clip = next((child for child in event if child.tag in ITEMS), None)
    if projects and clip is not None:
        survey.report.add(
            "clips-beside-project",
            clip,
            f"The event {event.get('name', '')!r} holds clips beside its projects.",
            "Healthy in a library export. If Final Cut Pro reports an invalid edit on import, send the project alone.",
        )


def _check_angles(survey: Survey) -> None:
    angles: dict[str, set[str]] = {}
    for media in survey.all["media"]:
        multicam = media.find("multicam")
        if multicam is not None:
            angles[media.get("id", "")] = {angle.get("angleID", "") for angle in multicam.iterfind("mc-angle")}
    told: set[tuple[str, str]] = set()
    for clip in survey.all["mc-clip"]:
        known = angles.get(clip.get("ref", ""))
        for source in clip.iterfind("mc-source"):
            key = clip.get("ref", ""), source.get("angleID", "")
            if known is None or key[1] in known or key in told:
                continue
            told.add(key)
            survey.report.add(
                "unknown-angle",
                source,
                f"The multicam {key[0]!r} has no angle {key[1]!r}.",
                "Choose one of its angles, or the clip shows nothing.",
                attribute="angleID",
                severity=survey.quirk,
            )


def _check_compounds(survey: Survey) -> None:
    """A compound inside itself: depth first over who plays whom, without recursion, each compound once."""
    plays: dict[str, list[tuple[str, etree._Element]]] = {}
    for media in survey.all["media"]:
        inner = media.iter("ref-clip", "mc-clip")
        plays.setdefault(media.get("id", ""), []).extend((clip.get("ref", ""), clip) for clip in inner)
    done: set[str] = set()
    for first in plays:
        if first in done:
            continue
        open_now = {first}
        stack = [(first, iter(plays[first]))]
        while stack:
            current, rest = stack[-1]
            step = next(rest, None)
            if step is None:
                stack.pop()
                open_now.discard(current)
                done.add(current)
            elif step[0] in open_now:
                survey.report.add(
                    "recursive-compound",
                    step[1],
                    "This clip plays a compound that contains the clip itself.",
                    "Replace it by what it should show; no editor can open a compound inside itself.",
                    attribute="ref",
                )
            elif step[0] in plays and step[0] not in done:
                open_now.add(step[0])
                stack.append((step[0], iter(plays[step[0]])))
