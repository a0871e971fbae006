"""Cuts compared, merged and converted over HTTP. Documents come and go in the JSON: no path of either side is named."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import AfterValidator, Field

from takebridge.cut.merge_types import Choice
from takebridge.cut.report_types import ConvertedDocument, DiffReport, DocumentBytes, MergedDocument
from takebridge.errors import UsageError
from takebridge.timebase import FrameRate, parse_edit_rate
from takebridge_server.api.bodies import Body

_LONGEST = 16 * 2**20
"""Characters of one document; the guard bounds the whole request by as much."""
_BASE64 = r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_NAME = r"^[^/\\:\x00-\x1f\x7f-\x9f\u2028\u2029]+$"


def _file_name(text: str) -> str:
    """Return ``text``. Raises ValueError for what is a folder, a path or no name on every file system."""
    if not re.fullmatch(_NAME, text) or text in (".", "..") or len(text.encode()) > 200:
        raise ValueError("a file name has at most 200 bytes, no slashes, colons or control characters")
    return text


FileName = Annotated[
    str, AfterValidator(_file_name), Field(min_length=1, max_length=200, json_schema_extra={"pattern": _NAME})
]
Rate = Annotated[str | None, Field(default=None, max_length=40)]
Timeline = Annotated[str, Field(default="", max_length=400)]
Target = Literal["", "resolve", "premiere", "fcp", "avid", "plain"]


class SentDocument(Body):
    """A document: its file name (no folder; the suffix is a hint, the bytes decide) and its bytes in base64."""

    name: FileName
    content: Annotated[str, Field(min_length=1, max_length=_LONGEST, pattern=_BASE64)]


class DiffCuts(Body):
    """Two cuts. ``rate``: of documents that do not say theirs; ``timeline``: of documents that have several."""

    a: SentDocument
    b: SentDocument
    rate: Rate
    timeline: Timeline


class MergeCuts(Body):
    """Three cuts, what the merged one is called (its suffix says the format), and decided conflicts by their id."""

    base: SentDocument
    editor: SentDocument
    canvas: SentDocument
    out: FileName
    choices: dict[str, Choice] = Field(default_factory=dict, max_length=10_000)
    target: Target = ""
    rate: Rate
    timeline: Timeline


class ConvertCut(Body):
    """A cut, and what the converted one is called (its suffix says the format)."""

    source: SentDocument
    out: FileName
    target: Target = ""
    rate: Rate
    timeline: Timeline


def cut_router() -> APIRouter:
    """``/api/cuts``: nothing here touches the data folder."""
    router = APIRouter(prefix="/api/cuts", tags=["cuts"])

    @router.post("/diff")
    def diff(body: DiffCuts) -> DiffReport:
        """Say what changed from one cut to another: as ``takebridge diff --json``."""
        from takebridge.services.cuts import compare  # loads readers and writers, which few requests need

        with _laid_out(a=body.a, b=body.b) as paths:
            return compare(paths["a"], paths["b"], rate=_rate(body.rate), timeline=body.timeline).report

    @router.post("/merge")
    def merge(body: MergeCuts) -> MergedDocument:
        """Merge what the editor and the canvas did to the base: as ``takebridge merge --json``, with the document."""
        from takebridge.services.cuts import combine

        with _laid_out(base=body.base, editor=body.editor, canvas=body.canvas) as paths:
            out = paths["out"] / body.out
            sides = (paths["base"], paths["editor"], paths["canvas"])
            rate = _rate(body.rate)
            done = combine(*sides, out, choices=body.choices, target=body.target, rate=rate, timeline=body.timeline)
            return MergedDocument(**dict(done), document=_document(out))

    @router.post("/convert")
    def convert(body: ConvertCut) -> ConvertedDocument:
        """Write a cut in another format, or for another editor: as ``takebridge convert --json``, with the document."""
        from takebridge.services.cuts import convert as written

        with _laid_out(source=body.source) as paths:
            out = paths["out"] / body.out
            rate = _rate(body.rate)
            done = written(paths["source"], out, target=body.target, rate=rate, timeline=body.timeline)
            return ConvertedDocument(**dict(done), document=_document(out))

    return router


@contextmanager
def _laid_out(**sent: SentDocument) -> Iterator[dict[str, Path]]:
    """Write what was sent into a folder that goes again, each document in one of its own; "out" is one to write to."""
    with TemporaryDirectory(prefix="takebridge-", ignore_cleanup_errors=True) as folder:
        paths = {"out": Path(folder, "out")}
        paths["out"].mkdir()
        for side, document in sent.items():
            paths[side] = Path(folder, side, document.name)
            paths[side].parent.mkdir()
            paths[side].write_bytes(b64decode(document.content, validate=True))
        yield paths


def _rate(text: str | None) -> FrameRate | None:
    return None if text is None else parse_edit_rate(text)


def _document(path: Path) -> DocumentBytes:
    if path.is_dir():
        raise UsageError(f"“{path.name}” is a bundle, not one file.", hint="Ask for .fcpxml instead of .fcpxmld.")
    return DocumentBytes(name=path.name, content=b64encode(path.read_bytes()).decode())
