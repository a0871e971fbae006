"""An FCPXML document: the tree as it was written, and how it goes back to disk.

The tree underneath is lxml's; the typed view (``takebridge_fcpxml.view``) reads and edits it in place, so unknown
elements, attributes, order, comments and spelling survive. What nobody touched is written back byte for byte, apart
from the XML declaration, which is always UTF-8 and never says ``standalone``, and a byte order mark, which goes.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from lxml import etree

from takebridge_fcpxml import layout, parsing, spelling
from takebridge_fcpxml.errors import (
    BadValueError,
    FcpxmlError,
    FileError,
    MalformedXmlError,
    NotFcpxmlError,
    TooLargeError,
)

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'
BUNDLE_SUFFIX = ".fcpxmld"
BUNDLE_DOCUMENT = "Info.fcpxml"
_NEW = b'\n<!DOCTYPE fcpxml>\n\n<fcpxml version="%s">\n    <resources>\n    </resources>\n</fcpxml>\n'


class Document:
    """One FCPXML document. ``root`` is the ``fcpxml`` element; ``path`` is where it was read from, if anywhere.

    ``bundle`` is the ``.fcpxmld`` folder it was read from, whose side data follows it into another bundle.
    """

    def __init__(self, body: bytes, path: Path | None = None, bundle: Path | None = None) -> None:
        self.path = path
        self.bundle = bundle
        self.root = parsing.parse_tree(body)
        start = parsing.root_start(body)
        end = _root_end(body, start, self.root)
        self._before, self._after = body[:start], body[end:]
        # Kept only when the parser's spelling differs from the file's; the nodes say later which of them are new.
        self._spelled = None if _is_canonical(self.root, body, start, end) else (body[start:end], self._canonical())
        self._nodes = list(self.root.iter()) if self._spelled else []
        self._resources: dict[str, etree._Element] | None = None

    @classmethod
    def parse(cls, data: bytes | str, path: Path | None = None) -> Document:
        """A document from its text. Raises NotFcpxmlError, MalformedXmlError, UnsafeXmlError or TooLargeError."""
        return cls(_from_text(data) if isinstance(data, str) else parsing.to_utf8(data), path)

    @classmethod
    def new(cls, version: str = "1.10") -> Document:
        """An empty document with resources and nothing else. Raises BadValueError for what is no version number."""
        if not re.fullmatch(r"\d+(\.\d+)*", version, re.ASCII):
            raise BadValueError(f"{version!r} is no FCPXML version.", hint="A version looks like 1.10.")
        return cls(_NEW % version.encode("ascii"))

    @classmethod
    def read(cls, path: str | Path) -> Document:
        """A document from a ``.fcpxml`` file or a ``.fcpxmld`` bundle, whatever its suffix.

        Raises FileError when it cannot be read, TooLargeError over the cap before reading it, and the parse errors.
        """
        place = Path(path)
        data, bundle = _read_capped(place)
        try:
            return cls(parsing.to_utf8(data), place, bundle)
        except FcpxmlError as error:
            error.path = error.path or place.name
            raise

    def copy(self) -> Document:
        """A document of its own with the same text; edits of one do not reach the other."""
        return Document(parsing.to_utf8(self.to_bytes()), self.path, self.bundle)

    @property
    def version(self) -> str:
        """What ``fcpxml@version`` says, as text; empty when it says nothing."""
        return self.root.get("version", "")

    def resource(self, identifier: str | None) -> etree._Element | None:
        """The resource element with this id, or None. The first one wins when an id stands twice."""
        if not identifier:
            return None
        if self._resources is None:
            self._resources = {}
            for section in self.root.iterchildren("resources"):
                for element in layout.elements(section):
                    self._resources.setdefault(element.get("id", ""), element)
        return self._resources.get(identifier)

    def resources_changed(self) -> None:
        """Forget the index of resources; call after adding, removing or renaming one."""
        self._resources = None

    def resource_added(self, element: etree._Element) -> None:
        """Put a new resource into the index; one whose id is known already makes it anew, because the first wins."""
        identifier = element.get("id", "")
        if self._resources is None or identifier in self._resources:
            self._resources = None
        else:
            self._resources[identifier] = element

    def element_path(self, element: etree._Element) -> str:
        """Where an element stands: ``fcpxml/library/event/project[2]``, counting from 1 among equals."""
        # libxml2 counts the siblings: in Python a report on each of n clips would take n².
        return element.getroottree().getpath(element).lstrip("/")

    def to_bytes(self) -> bytes:
        """The document as UTF-8 text, everything untouched as it was spelled."""
        text = io.BytesIO()
        text.write(DECLARATION + self._before)
        if self._spelled is None:
            _write_tree(self.root, text)
        else:
            text.write(self._respelled(*self._spelled))
        text.write(self._after)
        return text.getvalue()

    def write(self, path: str | Path) -> None:
        """Write to ``path``: a bundle when it ends in ``.fcpxmld``, a file otherwise; whole or not at all.

        Raises FileError; what stood at ``path`` is then as it was.
        """
        place = Path(path)
        data = self.to_bytes()
        if place.suffix.lower() == BUNDLE_SUFFIX:
            _write_bundle(place, data, self.bundle)
        else:
            write_atomic(place, data)

    def _respelled(self, source: bytes, before: bytes) -> bytes:
        numbers = {node: number for number, node in enumerate(self._nodes)}
        return spelling.respell(source, before, self._canonical(), [numbers.get(node) for node in self.root.iter()])

    def _canonical(self) -> bytes:
        return etree.tostring(self.root, encoding="utf-8", xml_declaration=False, with_tail=False)


class _Differs(Exception):
    """The tree is not written as its source spells it."""


class _Comparison:
    """What is written to it is compared with ``source`` from ``place`` on; raises _Differs at the first difference."""

    def __init__(self, source: bytes, place: int) -> None:
        self.source = source
        self.place = place

    def write(self, piece: bytes, /) -> int:
        if not self.source.startswith(piece, self.place):
            raise _Differs
        self.place += len(piece)
        return len(piece)


def _is_canonical(root: etree._Element, body: bytes, start: int, end: int) -> bool:
    """Whether ``body`` from ``start`` to ``end`` is the text of the tree, piece by piece: it may be a large one."""
    compared = _Comparison(body, start)
    try:
        _write_tree(root, compared)
    except _Differs:
        return False
    return compared.place == end


def _write_tree(root: etree._Element, to: _Comparison | io.BytesIO) -> None:
    """The canonical text of a tree, in pieces: whole, it would take its size once more."""
    with etree.xmlfile(to, encoding="utf-8") as file:
        file.write(root, with_tail=False)


def _root_end(body: bytes, start: int, root: etree._Element) -> int:
    """Where the root element ends in ``body``, exclusive; comments may follow it."""
    return body.rfind(b">") + 1 if root.getnext() is None else start + spelling.first_element_end(body[start:])


def _from_text(text: str) -> bytes:
    try:
        # Already decoded: what encoding its declaration names no longer matters.
        return parsing.without_declaration(parsing.within_cap(text.removeprefix("\ufeff").encode("utf-8")))
    except UnicodeEncodeError as error:
        raise MalformedXmlError("The text holds half a character.", hint="Save it as UTF-8.") from error


def _read_capped(place: Path) -> tuple[bytes, Path | None]:
    """The bytes of a file, or of a bundle's document, and the bundle."""
    try:
        file, bundle = _locate(place)
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            raise FileError(f"{file.name} is not a file.", hint="Choose an .fcpxml file or .fcpxmld bundle.")
        if status.st_size > parsing.MAX_BYTES:
            raise TooLargeError(
                f"{file.name} has {status.st_size:,} bytes; the cap is {parsing.MAX_BYTES:,}.",
                hint="Export fewer projects at once.",
            )
        return file.read_bytes(), bundle
    except (OSError, ValueError) as error:
        raise _file_error(place, error, "read") from error


def _locate(place: Path) -> tuple[Path, Path | None]:
    if not stat.S_ISDIR(place.stat().st_mode):
        inside = place.name == BUNDLE_DOCUMENT and place.absolute().parent.suffix.lower() == BUNDLE_SUFFIX
        return place, place.parent if inside else None
    file = place / BUNDLE_DOCUMENT
    if not file.exists():
        raise NotFcpxmlError(
            f"{place} is a folder without {BUNDLE_DOCUMENT}.", hint="Choose an .fcpxml file or .fcpxmld bundle."
        )
    return file, place


def _file_error(path: Path, error: OSError | ValueError, verb: str) -> FileError:
    if isinstance(error, FileNotFoundError):
        what = "The folder for " + path.name if verb == "written" else str(path)
        return FileError(f"{what} does not exist.", hint="Check the path.")
    if isinstance(error, ValueError):
        return FileError(f"{str(path)[:200]!r} cannot be {verb}: it is no path.", hint="Check the path.")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return FileError(f"There is no space left to write {path.name}.", hint="Free some space and try again.")
    reason = error.strerror or "unknown reason"
    return FileError(f"{path.name[:200]} could not be {verb}: {reason}.", hint="Check the folder and its permissions.")


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file beside its place and rename it there. Raises FileError; the old file stays then.

    A link stays a link (what it points to is replaced), and an old file's permissions are kept.
    """
    with _guarded(path) as (target, part):
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.is_file():
            part.chmod(stat.S_IMODE(target.stat().st_mode))
        part.replace(target)


def _write_bundle(path: Path, data: bytes, source: Path | None) -> None:
    with _guarded(path) as (target, part):
        if source and source.is_dir() and target.is_dir() and target.samefile(source):
            # The side data is there already: one rename of the document changes the bundle.
            write_atomic(target / BUNDLE_DOCUMENT, data)
            return
        if source:
            _copy_side_data(source, part)
        else:
            part.mkdir()
        write_atomic(part / BUNDLE_DOCUMENT, data)
        _swap(part, target)


def _copy_side_data(source: Path, part: Path) -> None:
    def document(folder: str, names: list[str]) -> list[str]:
        return [name for name in names if name == BUNDLE_DOCUMENT and Path(folder) == source]

    try:
        shutil.copytree(source, part, symlinks=True, ignore=document)
    except (shutil.Error, FileNotFoundError) as error:
        raise FileError(
            f"The side data of {source.name} could not be copied.", hint="Check the bundle the document came from."
        ) from error


def _swap(part: Path, target: Path) -> None:
    """Put a finished folder in the place of an old one; the old one comes back when that fails."""
    old = target.with_name(f".{uuid4().hex}.old")
    if target.exists():
        target.rename(old)
    try:
        part.rename(target)
    except BaseException:
        if old.exists():
            old.rename(target)
        raise
    _discard(old)


@contextlib.contextmanager
def _guarded(path: Path) -> Iterator[tuple[Path, Path]]:
    """Where to write (a link followed) and a free name beside it, which is gone afterwards; OS errors as FileError."""
    part: Path | None = None
    try:
        target = path.resolve() if path.is_symlink() else path
        part = target.with_name(f".{uuid4().hex}.part")
        yield target, part
    except (OSError, ValueError, RuntimeError) as error:
        # Path.resolve raises RuntimeError for a link that points to itself.
        raise _file_error(path, error if isinstance(error, OSError) else ValueError(str(error)), "written") from error
    finally:
        if part is not None:
            _discard(part)


def _discard(path: Path) -> None:
    with contextlib.suppress(OSError, ValueError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
