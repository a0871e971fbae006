"""An FCPXML document: the tree as it was written, and how it goes back to disk.

The tree underneath is lxml's; the typed view (``takebridge_fcpxml.view``) reads and edits it in place, so unknown
elements, attributes, order, comments and spelling survive. What nobody touched is written back byte for byte, apart
from the XML declaration, which is always UTF-8 and never says ``standalone``.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from lxml import etree

from takebridge_fcpxml import layout, parsing, spelling
from takebridge_fcpxml.errors import FcpxmlError, FileError, NotFcpxmlError, TooLargeError

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
        self._before, rest = body[:start], body[start:]
        canonical = self._canonical()
        end = rest.rfind(b">") + 1 if self.root.getnext() is None else spelling.first_element_end(rest)
        self._after = rest[end:]
        # Kept only when the parser's spelling differs from the file's.
        self._spelled = (rest[:end], canonical) if rest[:end] != canonical else None
        self._resources: dict[str, etree._Element] | None = None

    @classmethod
    def parse(cls, data: bytes | str, path: Path | None = None) -> Document:
        """A document from its text. Raises NotFcpxmlError, MalformedXmlError, UnsafeXmlError or TooLargeError."""
        return cls(parsing.to_utf8(data.encode("utf-8") if isinstance(data, str) else data), path)

    @classmethod
    def new(cls, version: str = "1.10") -> Document:
        """An empty document with resources and nothing else."""
        return cls(_NEW % version.encode("ascii"))

    @classmethod
    def read(cls, path: str | Path) -> Document:
        """A document from a ``.fcpxml`` file or a ``.fcpxmld`` bundle, whatever its suffix.

        Raises FileError when it cannot be read, TooLargeError over the cap before reading it, and the parse errors.
        """
        place = Path(path)
        bundle = place if place.is_dir() else None
        file = place / BUNDLE_DOCUMENT if bundle else place
        if bundle and not file.is_file():
            raise NotFcpxmlError(
                f"{place.name} is a folder without {BUNDLE_DOCUMENT}.",
                hint="Choose an .fcpxml file or .fcpxmld bundle.",
            )
        data = _read_capped(file)
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

    def element_path(self, element: etree._Element) -> str:
        """Where an element stands: ``fcpxml/library/event/project[2]``, counting from 1 among equals."""
        steps = [str(element.tag)]
        for node in (element, *element.iterancestors()):
            parent = node.getparent()
            if parent is None:
                break
            same = list(parent.iterchildren(str(node.tag))) if isinstance(node.tag, str) else [node]
            if len(same) > 1:
                steps[-1] += f"[{same.index(node) + 1}]"
            steps.append(str(parent.tag))
        return "/".join(reversed(steps))

    def to_bytes(self) -> bytes:
        """The document as UTF-8 text, everything untouched as it was spelled."""
        canonical = self._canonical()
        body = spelling.respell(*self._spelled, canonical) if self._spelled else canonical
        return DECLARATION + self._before + body + self._after

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

    def _canonical(self) -> bytes:
        return etree.tostring(self.root, encoding="utf-8", xml_declaration=False, with_tail=False)


def _read_capped(file: Path) -> bytes:
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            raise FileError(f"{file.name} is not a file.", hint="Choose an .fcpxml file or .fcpxmld bundle.")
        if status.st_size > parsing.MAX_BYTES:
            raise TooLargeError(
                f"{file.name} has {status.st_size:,} bytes; the cap is {parsing.MAX_BYTES:,}.",
                hint="Export fewer projects at once.",
            )
        return file.read_bytes()
    except OSError as error:
        raise _file_error(file, error, "read") from error


def _file_error(path: Path, error: OSError, verb: str) -> FileError:
    if isinstance(error, FileNotFoundError):
        return FileError(f"{path} does not exist.", hint="Check the path.")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return FileError(f"There is no space left to write {path.name}.", hint="Free some space and try again.")
    reason = error.strerror or "unknown reason"
    return FileError(f"{path.name} could not be {verb}: {reason}.", hint="Check the folder and its permissions.")


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file beside its place and rename it there. Raises FileError; the old file stays then."""
    part = path.with_name(f".{uuid4().hex}.part")

    def fill() -> None:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)

    _guarded(path, part, fill)


def _write_bundle(path: Path, data: bytes, source: Path | None) -> None:
    part = path.with_name(f".{uuid4().hex}.part")
    old = path.with_name(f".{uuid4().hex}.old")

    def fill() -> None:
        if source:
            shutil.copytree(source, part, symlinks=True, ignore=shutil.ignore_patterns(BUNDLE_DOCUMENT))
        else:
            part.mkdir()
        write_atomic(part / BUNDLE_DOCUMENT, data)
        if path.exists():
            path.rename(old)
        try:
            part.rename(path)
        except OSError:
            if old.exists():
                old.rename(path)
            raise

    _guarded(path, part, fill)
    _discard(old)


def _guarded(path: Path, part: Path, fill: Callable[[], None]) -> None:
    try:
        fill()
    except OSError as error:
        raise _file_error(path, error, "written") from error
    except shutil.Error as error:
        raise FileError(f"The side data of {path.name} could not be copied.", hint="Check the bundle.") from error
    finally:
        _discard(part)


def _discard(path: Path) -> None:
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
