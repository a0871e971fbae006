"""Our ids on other people's items, kept in three places and read back by majority.

Final Cut Pro writes only the metadata of the chosen view on export, so metadata alone may vanish: ids stand in ``md``
entries (``com.takebridge.link``), as a keyword a person may see (``tb:link=L1;take=T2~x3f``) and in the media file's
name (``shot.tb.link.L1.take.T2.x3f.mov``). Keyword and file name end in a check code, so that other people's words are
not taken for ids. Copies of an item carry the same ids: an id names where an item came from, not the item.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from takebridge_fcpxml import layout
from takebridge_fcpxml.errors import BadValueError, EditError
from takebridge_fcpxml.grammar import ITEMS
from takebridge_fcpxml.view import Asset, Audition, Caption, Clip, Item, Keyword, Mark, MediaItem, Metadata, Note

PREFIX = "com.takebridge."
Place = Literal["md", "note", "file"]

_KEY = re.compile(r"[a-z][a-z0-9]{0,15}")
_VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_PAIR = rf"{_KEY.pattern}={_VALUE.pattern}"
_WORD = re.compile(rf"\btb:({_PAIR}(?:;{_PAIR})*)~([0-9a-z]{{3}})(?![0-9A-Za-z])", re.ASCII)
_PARTS = rf"(?:\.{_KEY.pattern}\.{_VALUE.pattern})+?"
_SUFFIX = re.compile(rf"\.tb({_PARTS})\.([0-9a-z]{{3}})(?=\.[A-Za-z0-9]{{1,8}}$|$)", re.ASCII)
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
#: Items that can carry metadata (DTD 1.6 to 1.14); the others leave it to their asset.
_WITH_METADATA = frozenset({"asset-clip", "clip", "ref-clip", "sync-clip", "mc-clip", "title", "gap", "transition"})
_WITH_KEYWORDS = ITEMS - {"audition", "caption", "transition"}


@dataclass(frozen=True, slots=True)
class Vote:
    """What one place says of one key."""

    place: Place
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A key the places do not agree on; ``value`` is what the majority says, None when there is none."""

    key: str
    value: str | None
    votes: tuple[Vote, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """The ids of an item: ``ids`` by key, the votes behind them, and every disagreement."""

    ids: Mapping[str, str]
    votes: tuple[Vote, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    def confidence(self, key: str) -> Literal["none", "low", "high"]:
        """``high`` when two places or three say it, ``low`` when only one does, ``none`` without an answer."""
        value = self.ids.get(key)
        said = sum(vote.key == key and vote.value == value for vote in self.votes)
        return "none" if value is None else "high" if said > 1 else "low"


def check_ids(ids: Mapping[str, str]) -> dict[str, str]:
    """Ids in the order of their keys. Raises BadValueError for keys or values the three places cannot hold.

    A key is up to 16 small letters and digits, a value up to 80 ASCII letters, digits, ``_`` and ``-``.
    """
    for key, value in ids.items():
        if not _KEY.fullmatch(key) or not _VALUE.fullmatch(value):
            raise BadValueError(
                f"{key[:20]!r} = {value[:90]!r} is no id.",
                hint="Keys are small letters and digits; values ASCII letters, digits, _ and -, at most 80.",
            )
    if not ids:
        raise BadValueError("There are no ids to write.", hint="Give at least one.")
    return dict(sorted(ids.items()))


def check_code(ids: Mapping[str, str]) -> str:
    """Three characters that almost no other ids have (1 in 32,768)."""
    number = zlib.crc32(";".join(f"{key}={value}" for key, value in sorted(ids.items())).encode("ascii"))
    return "".join(_DIGITS[number >> shift & 31] for shift in (10, 5, 0))


def word(ids: Mapping[str, str]) -> str:
    """Ids as a keyword or a word of a note: ``tb:link=L1;take=T2~x3f``. Raises BadValueError."""
    checked = check_ids(ids)
    return f"tb:{';'.join(f'{key}={value}' for key, value in checked.items())}~{check_code(checked)}"


def from_text(text: str) -> dict[str, str] | None:
    """The ids of the first valid word in a text, None when there is none."""
    for match in _WORD.finditer(text):
        ids = dict(pair.split("=", 1) for pair in match.group(1).split(";"))
        if check_code(ids) == match.group(2):
            return ids
    return None


def file_name(name: str, ids: Mapping[str, str]) -> str:
    """A file name that carries ids before its extension, older ones replaced. Raises BadValueError."""
    checked = check_ids(ids)
    plain = without_ids(name)
    stem, dot, extension = plain.rpartition(".")
    if not dot or not re.fullmatch(r"[A-Za-z0-9]{1,8}", extension) or not stem:
        stem, dot, extension = plain, "", ""
    parts = "".join(f".{key}.{value}" for key, value in checked.items())
    return f"{stem}.tb{parts}.{check_code(checked)}{dot}{extension}"


def from_file_name(name: str) -> dict[str, str] | None:
    """The ids a file name carries, None when it carries none."""
    found = _suffix(name)
    return found[1] if found else None


def without_ids(name: str) -> str:
    """A file name without the ids it carries."""
    found = _suffix(name)
    return name[: found[0].start()] + name[found[0].end() :] if found else name


def _suffix(name: str) -> tuple[re.Match[str], dict[str, str]] | None:
    for match in _SUFFIX.finditer(name):
        parts = match.group(1)[1:].split(".")
        ids = dict(zip(parts[::2], parts[1::2], strict=True))
        if check_code(ids) == match.group(2):
            return match, ids
    return None


def stamp(item: Item, ids: Mapping[str, str]) -> Item:
    """Write ids on an item, in place of any it had: as metadata, and as a keyword. An audition's pick is stamped.

    Items without metadata of their own (video, audio) use their asset's, unless other items play it too. The file name
    is for who writes the file: see ``file_name``. Raises BadValueError and EditError; nothing is written then.
    """
    checked = check_ids(ids)
    own = _stamped(item)
    if read(own).ids == checked and from_text(_own_keyword(own)) == checked and _md(own, checked):
        return own
    unstamp(own)
    holder = _holder(own)
    if holder is not None:
        metadata = holder.metadata or Metadata(holder.add("metadata").element, own.document)
        for key, value in checked.items():
            metadata.set(PREFIX + key, value)
    if own.tag in _WITH_KEYWORDS:
        own.add_keyword(word(checked))
    else:
        _append_note(own, word(checked))
    return own


def _stamped(item: Item) -> Item:
    own = item.pick if isinstance(item, Audition) else item
    if own.tag not in _WITH_METADATA and own.tag not in _WITH_KEYWORDS and not isinstance(own, Caption):
        raise EditError(f"<{own.tag}> carries no ids.", hint="Stamp a clip.", path=own.path, line=own.line)
    return own


def _own_keyword(item: Item) -> str:
    return " ".join(keyword.value for keyword in item.keywords)


def _md(item: Item, ids: Mapping[str, str]) -> bool:
    holder = _holder(item)
    return holder is None or all(
        holder.metadata is not None and holder.metadata.get(PREFIX + key) == value for key, value in ids.items()
    )


def _holder(item: Item) -> Item | Asset | None:
    """What takes an item's metadata: itself, or its asset when it is the only one to play it."""
    if item.tag in _WITH_METADATA:
        return item
    asset = _asset(item)
    if asset is None:
        return None
    users = sum(1 for element in item.document.root.iter() if element.get("ref") == asset.id)
    return asset if users == 1 else None


def _append_note(item: Item, text: str) -> None:
    if item.tag == "transition":
        # A transition holds no keyword and no note; its metadata is all there is.
        return
    item.note = f"{item.note} {text}" if item.note else text


def _asset(item: Item) -> Asset | None:
    """The media an item plays: its asset, or that of a clip's first component."""
    if isinstance(item, MediaItem):
        return item.asset
    if isinstance(item, Clip):
        return next((part.asset for part in item.contents if isinstance(part, MediaItem)), None)
    return None


def read(item: Item) -> Identity:
    """The ids of an item by majority of its three places; of an audition, its pick's.

    Two against one win and the conflict is reported; where no value has a majority there is no id, only the conflict.
    A single place answers with low confidence.
    """
    own = item.pick if isinstance(item, Audition) else item
    votes = tuple(_votes(own))
    ids: dict[str, str] = {}
    conflicts = []
    for key in sorted({vote.key for vote in votes}):
        said = tuple(vote for vote in votes if vote.key == key)
        ranked = Counter(vote.value for vote in said).most_common()
        winner = ranked[0][0] if len(ranked) == 1 or ranked[0][1] > ranked[1][1] else None
        if winner is not None:
            ids[key] = winner
        if len(ranked) > 1:
            conflicts.append(Conflict(key, winner, said))
    return Identity(ids, votes, tuple(conflicts))


def _votes(item: Item) -> Iterator[Vote]:
    asset = _asset(item)
    entries = _entries(asset.metadata if asset else None)
    if item.tag in _WITH_METADATA:
        entries |= _entries(item.metadata)
    yield from (Vote("md", key, value) for key, value in sorted(entries.items()))
    noted = next((ids for text in _texts(item) if (ids := from_text(text))), {})
    yield from (Vote("note", key, value) for key, value in sorted(noted.items()))
    named = from_file_name(asset.file_name) if asset else None
    yield from (Vote("file", key, value) for key, value in sorted((named or {}).items()))


def _entries(metadata: Metadata | None) -> dict[str, str]:
    entries = {}
    for md in metadata.element.iterfind("md") if metadata else ():
        key, value = md.get("key", ""), md.get("value", "")
        name = key.removeprefix(PREFIX)
        if name != key and _KEY.fullmatch(name) and _VALUE.fullmatch(value):
            entries[name] = value
    return entries


def _texts(item: Item) -> Iterator[str]:
    """Where a word of ours may stand: keywords first, then notes of marks, then the item's own note."""
    yield from (keyword.value for keyword in item.keywords)
    yield from (mark.note for mark in item.marks if mark.note)
    if item.note:
        yield item.note


def unstamp(item: Item) -> Item:
    """Take our ids off an item: metadata, keyword and notes. File names stay; other metadata and keywords too."""
    own = item.pick if isinstance(item, Audition) else item
    holder = _holder(own)
    if holder is not None and holder.metadata is not None:
        _clear_metadata(holder.metadata)
    for keyword in own.keywords:
        _clear_keyword(keyword)
    for mark in own.children(Mark):
        if mark.note and from_text(mark.note):
            mark.note = _without_words(mark.note) or None
    note = own.first(Note)
    if note is not None and from_text(note.text):
        own.note = _without_words(note.text) or None
    return own


def _clear_metadata(metadata: Metadata) -> None:
    ours = [md for md in metadata.element.iterfind("md") if (md.get("key") or "").startswith(PREFIX)]
    for md in ours:
        layout.remove(md)
    if ours and len(metadata.element) == 0:
        metadata.remove()


def _clear_keyword(keyword: Keyword) -> None:
    if from_text(keyword.value) is None:
        return
    rest = [part for part in keyword.value.split(",") if from_text(part) is None]
    if rest:
        keyword.value = ",".join(rest).strip()
    else:
        keyword.remove()


def _without_words(text: str) -> str:
    kept = _WORD.sub(lambda match: "" if from_text(match.group()) else match.group(), text)
    return re.sub(r"  +", " ", kept).strip()
