"""Lint over real files: healthy exports have neither errors nor warnings."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.fcpxml import corpus_files, require_corpus

from takebridge_fcpxml.document import Document
from takebridge_fcpxml.lint import lint

# Files with something wrong, and what it is, seen by reading them.
KNOWN_BAD = {
    # Written by a generator that put a logo and an overlay into the storyline on top of the clips already there,
    # and then a gap 168 frames after the logo ends.
    "test_complex_timeline.fcpxml": {("overlap", "error"), ("hole", "warning")},
    # The same generator: the logo begins while the clip before it still runs, the title while the logo does.
    "test_keyframe_animation.fcpxml": {("overlap", "error")},
    # The same generator: four camera angles stacked in one storyline instead of in a multicam.
    "test_multicam_production.fcpxml": {("overlap", "error")},
    # A composer's test: the format of the sequence has a name and no frameDuration.
    "test.fcpxml": {("no-frame-duration", "error")},
}
# Healthy, but worth a word: hidden markers, clips beside projects, a template's placeholders for URLs …
INFOS = {
    "clips-beside-project",
    "hole",
    "marker-outside",
    "mod-date",
    "no-frame-duration",
    "no-lane",
    "same-file",
    "url-encoding",
    "url-not-file",
}


@pytest.mark.parametrize("path", corpus_files(), ids=lambda path: path.name)
def test_a_real_file_is_clean_unless_known_to_be_bad(path: Path) -> None:
    findings = lint(Document.read(path))
    serious = {(finding.code, finding.severity) for finding in findings if finding.severity != "info"}
    assert serious == KNOWN_BAD.get(path.name.partition("__")[2], set())


def test_infos_on_real_files_are_few() -> None:
    infos = [
        [finding.code for finding in lint(Document.read(path)) if finding.severity == "info"]
        for path in require_corpus()
    ]
    assert max(map(len, infos)) <= 7
    assert sum(1 for codes in infos if codes) <= len(infos) // 3
    assert {code for codes in infos for code in codes} <= INFOS


def test_every_path_leads_to_its_element() -> None:
    for path in require_corpus():
        document = Document.read(path)
        for finding in lint(document, target="resolve"):
            (element,) = document.root.xpath(f"/{finding.path.partition('@')[0]}")
            assert element.sourceline == finding.line
