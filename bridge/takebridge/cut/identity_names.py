"""File names compared as an assistant would: the same file, in another folder, another container, another version."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote

_SCHEME = re.compile(r"^file:/{0,2}(localhost(?=/)|127\.0\.0\.1(?=/))?", re.IGNORECASE)
_DRIVE = re.compile(r"^/?([A-Za-z])[:|](?=/)")
_EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,5}$|\.(?:3gp|3g2|264|265)$", re.IGNORECASE)
_SEQUENCE = re.compile(r"[._]?(?:%0?\d*d|#+|@+|\$F\d*|\[\d+-\d+\])$")
_PARTS = re.compile(r"[^\W_]+")
_RUNS = re.compile(r"[^\W\d_]+|\d+")
_NOISE = re.compile(
    r"(?:proxy|proxies|prox|px|prx|low|lowres|lores|lq|hq|hires|offline|online|copy|kopie|dup|final|graded|grade|"
    r"cc|h26[45]|x26[45]|hevc|avc|prores|dnx(?:hd|hr)?|422|444|4444|lt|mjpeg|jpg|transcode|transcoded|conform|conformed|"
    r"optimi[sz]ed|\d{3,4}[pi]|[2468]k|uhd|hd|sd|half|quarter|tk?\d{1,3}|take\d*|v\d{1,4}|ver\d*|version\d*|rev\d*)$"
)


@lru_cache(maxsize=65536)
def plain_location(location: str) -> str:
    """Return a path or URL in one form: decoded, NFC, forward slashes, drive and extension in lower case."""
    text = _SCHEME.sub("", location) if location[:5].lower() == "file:" else location
    if "%" in text:
        text = unquote(text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    text = text.replace("\\", "/")
    drive = _DRIVE.match(text)
    if drive:
        text = f"{drive[1].lower()}:{text[drive.end() :]}"
    extension = _EXTENSION.search(text)
    return text[: extension.start()] + extension.group().lower() if extension else text


@lru_cache(maxsize=65536)
def file_name(text: str) -> str:
    """Return the last part of a plain location, or of a name, without regard to case."""
    return text.rstrip("/").rpartition("/")[2].casefold()


@lru_cache(maxsize=65536)
def stem(name: str) -> str:
    """Return a file name without its extension and frame number pattern."""
    short = _EXTENSION.sub("", name)
    return _SEQUENCE.sub("", short) or short or name


@lru_cache(maxsize=65536)
def family(name: str) -> str:
    """Return what is left of a stem without marks of proxy, version, take, codec and size: ``a001c003``.

    "" when nothing telling is left.
    """
    parts = [part for part in _PARTS.findall(stem(name)) if not _NOISE.match(part)]
    return " ".join(parts)


@lru_cache(maxsize=65536)
def tokens(name: str) -> frozenset[str]:
    """Return the telling parts of a stem: words and numbers of two signs and more, leading zeros dropped."""
    found: set[str] = set()
    for part in _PARTS.findall(stem(name)):
        if _NOISE.match(part):
            continue
        found.add(part)
        found.update(run.lstrip("0") or "0" for run in _RUNS.findall(part))
    return frozenset(part for part in found if len(part) > 1)
