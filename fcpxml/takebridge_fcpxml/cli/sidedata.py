"""What a bundle holds beside its document, and what becomes of it in a flat file."""

from __future__ import annotations

import os
from pathlib import Path

from takebridge_fcpxml import urls
from takebridge_fcpxml.document import BUNDLE_DOCUMENT, Document
from takebridge_fcpxml.loss import LossLog, LossReport
from takebridge_fcpxml.view import view_of

#: Where a bundle's document may name its own files by relative URL.
_NAMING = (("media-rep", "src"), ("asset", "src"), ("locator", "url"))


def out_of_bundle(document: Document) -> tuple[Document, LossReport]:
    """The document to write outside its bundle, and what that loses; unchanged when it comes from none.

    Relative URLs become absolute ones into the bundle, which must then stay where it is.
    """
    bundle = document.bundle
    if bundle is None:
        return document, LossReport()
    log = LossLog()
    for file, size in _files(bundle):
        log.add(
            "dropped", "bundle file", "stays in the bundle; only a bundle can carry it", path=f"{file} ({size:,} bytes)"
        )
    told = [
        (element, name)
        for tag, name in _NAMING
        for element in document.root.iter(tag)
        if _is_relative(element.get(name))
    ]
    if not told:
        return document, log.report()
    flat = document.copy()
    places = dict(zip(document.root.iter(), flat.root.iter(), strict=True))
    base = bundle.resolve()
    for element, name in told:
        path = urls.to_path(element.get(name, ""))
        if path is None:
            continue
        places[element].set(name, urls.to_url(os.path.normpath(base / path)))
        log.add(
            "approximated",
            f"{element.tag!s}@{name}",
            "was relative to the bundle and is absolute now: keep the bundle where it is",
            path=view_of(element, document).path,
            line=element.sourceline,
        )
    flat.resources_changed()
    return flat, log.report()


def _is_relative(url: str | None) -> bool:
    path = urls.to_path(url) if url else None
    return bool(path) and "://" not in (url or "") and not os.path.isabs(path or "") and ":" not in (path or "")[:2]


def _files(bundle: Path) -> list[tuple[str, int]]:
    """Every file beside the document, by path in the bundle, with its size. What cannot be looked at has size 0."""
    found = []
    for folder, folders, names in os.walk(bundle):
        folders.sort()
        for name in sorted(names):
            file = Path(folder, name)
            if file != bundle / BUNDLE_DOCUMENT:
                found.append((file.relative_to(bundle).as_posix(), _size(file)))
    return found


def _size(file: Path) -> int:
    try:
        return file.lstat().st_size
    except OSError:
        return 0
