"""Lint: what a document says that its editor did not mean, or that a host will not take.

``lint`` knows the semantics of FCPXML: times on the frame grid, storylines without holes, clips inside their media,
references that lead somewhere. ``validate`` asks a DTD the caller has. Both only read.
"""

from __future__ import annotations

from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import BadValueError
from takebridge_fcpxml.garbage import collector_paused
from takebridge_fcpxml.lint.dtd import validate
from takebridge_fcpxml.lint.findings import RULES, Finding, Rule, Severity
from takebridge_fcpxml.lint.hosts import check_resolve, check_resolve_timeline
from takebridge_fcpxml.lint.media import check_media
from takebridge_fcpxml.lint.ranges import check_ranges
from takebridge_fcpxml.lint.structure import check_structure
from takebridge_fcpxml.lint.survey import Survey
from takebridge_fcpxml.lint.timelines import check_connected_storylines, check_markers, check_timeline
from takebridge_fcpxml.lint.transitions import check_transitions
from takebridge_fcpxml.lint.values import check_values

__all__ = ["RULES", "Finding", "Rule", "Severity", "lint", "validate"]

_TARGETS = ("fcp", "resolve")


def lint(document: Document, *, target: str | None = None) -> tuple[Finding, ...]:
    """Everything ``RULES`` finds, by line.

    ``target`` is ``fcp``, ``resolve`` or None: a named target adds its own rules and makes warnings of infos that
    matter once a file goes to a host. Bad content is a finding, never an exception; raises BadValueError only for
    another target.
    """
    if target is not None and target not in _TARGETS:
        raise BadValueError(f"There is no target {target!r}.", hint=f"Choose {' or '.join(_TARGETS)}.")
    with collector_paused():
        return _findings(Survey(document, target))


def _findings(survey: Survey) -> tuple[Finding, ...]:
    target = survey.target
    check_values(survey)
    check_structure(survey)
    check_media(survey)
    check_connected_storylines(survey)
    if target == "resolve":
        check_resolve(survey)
    timelines = list(survey.timelines())
    for timeline in timelines:
        check_timeline(survey, timeline)
        check_ranges(survey, timeline)
        check_transitions(survey, timeline)
        if target == "resolve":
            check_resolve_timeline(survey, timeline)
    check_markers(survey, timelines)
    return survey.report.findings()
