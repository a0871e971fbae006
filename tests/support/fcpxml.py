"""Real FCPXML files for tests that want them, and small hand-made documents for all others."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from takebridge_fcpxml.document import Document
from takebridge_fcpxml.view import Fcpxml, root_of

CORPUS_VARIABLE = "TAKEBRIDGE_SHARED_CORPUS"


def corpus_folder() -> Path:
    """Where the real files would be."""
    told = os.environ.get(CORPUS_VARIABLE)
    return Path(told) if told else Path(__file__).resolve().parents[2].parent / "shared" / "corpus"


@cache
def corpus_files(kind: str = "fcpxml") -> list[Path]:
    """The real files of a kind, for parametrising at collection time: empty when the folder is absent."""
    return sorted((corpus_folder() / kind).glob("*"))


def require_corpus(kind: str = "fcpxml") -> list[Path]:
    """The real files of a kind; skips the test, saying so, when there are none."""
    files = corpus_files(kind)
    if not files:
        pytest.skip(f"real files are absent: {corpus_folder() / kind} is empty or missing (set {CORPUS_VARIABLE})")
    return files


def dtd_folder() -> Path:
    """The folder of DTDs; skips the test, saying so, when it is absent. DTDs are never part of the project."""
    folder = corpus_folder() / "dtd"
    if not folder.is_dir():
        pytest.skip(f"DTDs are absent: {folder} is no folder (set {CORPUS_VARIABLE})")
    return folder


FORMAT_23 = (
    '<format id="r1" name="FFVideoFormat1080p2398" frameDuration="1001/24000s" width="1920" height="1080" '
    'colorSpace="1-1-1 (Rec. 709)"/>'
)


def film(spine: str, *, resources: str = "", version: str = "1.10", sequence: str = "") -> Fcpxml:
    """A document with one project whose primary storyline holds ``spine`` (XML text).

    The sequence has format r1 (23.976) and begins at 01:00:00:00, 3603.6 s on that grid; ``sequence`` adds attributes.
    """
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE fcpxml>

<fcpxml version="{version}">
    <resources>
        {FORMAT_23}
        {resources}
    </resources>
    <library>
        <event name="Event">
            <project name="Film">
                <sequence format="r1" tcStart="86486400/24000s" tcFormat="NDF" {sequence}>
                    <spine>
                        {spine}
                    </spine>
                </sequence>
            </project>
        </event>
    </library>
</fcpxml>
"""
    return root_of(Document.parse(text))
