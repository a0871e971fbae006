"""What changed about the media of a clip: another path of the same file, another name, another file, another take."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from takebridge.cut.diff_pairs import Twin
from takebridge.cut.identity_names import family, file_name, plain_location, stem, tokens
from takebridge.cut.identity_nodes import size
from takebridge.cut.match import Change, Word
from takebridge.cut.model import Clip, Media, Take

_VERSION = re.compile(r"(?:^|[^a-z0-9])(?:v|ver|version|take|tk|t)_?(\d{1,4})(?![0-9a-z])")
_TELLING_NUMBERS = 2

Files = dict[tuple[str, str], bool]


def files_replaced_as_a_whole(twins: Iterable[Twin]) -> Files:
    """Say of pairs of media locations whether every clip of the one now shows the other: relinked, not replaced.

    One clip proves nothing; two clips of a file (linked sound aside) that show the same range of the other do, and so
    do all clips of a cut in which hardly any file kept its place: proxies, or another drive.
    """
    went: dict[str, Counter[str]] = defaultdict(Counter)
    agree: Counter[tuple[str, str]] = Counter()
    same = changed = 0
    for twin in twins:
        mine, theirs = location(twin.a.clip.media), location(twin.b.clip.media)
        if not mine or not theirs:
            continue
        went[mine][theirs] += 1
        same, changed = same + (mine == theirs), changed + (mine != theirs)
        if twin.a.kind == "video" and twin.known and twin.head == twin.tail == 0:
            agree[mine, theirs] += 1
    all_moved = changed >= 6 and changed > 9 * same
    found: Files = {}
    for mine, where in went.items():
        for theirs in where:
            if mine != theirs and len(where) == 1:
                found[mine, theirs] = agree[mine, theirs] > 1 or (all_moved and agree[mine, theirs] > 0)
    return found


def location(media: Media | None) -> str:
    """Return where a media is, else its name, in one form."""
    return plain_location(media.location or media.name) if media is not None else ""


def media_changes(a: Clip, b: Clip, files: Files) -> list[Change]:
    """Say what changed about the media, the take and the name of a clip."""
    mine, theirs = location(a.media), location(b.media)
    found: list[Change] = []
    word = _media_word(a, b, mine, theirs, files)
    if word:
        found.append(Change(word, _TEXTS[word].format(old=_shown(a), new=_shown(b))))
    elif _active(a) != _active(b) and _active(b) in {take.key for take in a.takes}:
        # The same media under a key that is new: another format's spelling of the same take.
        found.append(Change("take_switched", f"now shows take {_take_name(b)} instead of {_take_name(a)}"))
    if a.name != b.name and not (mine != theirs and _named_as_file(a) and _named_as_file(b)):
        found.append(Change("renamed", f"renamed from {a.name or 'no name'} to {b.name or 'no name'}"))
    elif word == "relinked" and _same_folder(mine, theirs):
        found[:] = [Change("renamed", f"its file was renamed from {_shown(a)} to {_shown(b)}")]
    return found


_TEXTS: dict[Word, str] = {
    "take_switched": "now shows the take {new} instead of {old}",
    "relinked": "relinked from {old} to {new}",
    "media_replaced": "shows {new} instead of {old}",
}


def _media_word(a: Clip, b: Clip, mine: str, theirs: str, files: Files) -> Word | None:
    if mine == theirs or _unplaced(a.media, b.media, mine, theirs):
        return None
    if not mine or not theirs:
        return "media_replaced" if a.inner is None and b.inner is None else None
    if _has(a.takes, theirs) or (_has(b.takes, mine) and len(b.takes) > 1):
        return "take_switched"
    return "relinked" if _same_media(a.media, b.media, mine, theirs, files) else "media_replaced"


def _unplaced(a: Media | None, b: Media | None, mine: str, theirs: str) -> bool:
    """Say whether one document only names the file the other also places."""
    if a is None or b is None or (a.location and b.location):
        return False
    return stem(file_name(mine)) == stem(file_name(theirs))


def _has(takes: tuple[Take, ...], place: str) -> bool:
    return any(take.media is not None and location(take.media) == place for take in takes)


def _same_media(a: Media | None, b: Media | None, mine: str, theirs: str, files: Files) -> bool:
    """Say whether two places hold the same pictures."""
    old, new = file_name(mine), file_name(theirs)
    if old == new:
        return True
    if a is not None and b is not None and _other_length(a, b):
        return False
    if stem(old) == stem(new):
        return True
    if _versions(old) != _versions(new) and family(old) == family(new) != "":
        return False
    if files.get((mine, theirs), False) or family(old) == family(new) != "":
        return True
    if a is not None and b is not None and a.start and a.start == b.start and a.frame_count == b.frame_count:
        return a.frame_count is not None
    return _numbers(old) == _numbers(new) != frozenset() and bool(_words(old) & _words(new))


def _other_length(a: Media, b: Media) -> bool:
    """Say whether both lengths are known and differ by more than a proxy's last frame."""
    if a.frame_count is None or b.frame_count is None or a.rate != b.rate:
        return False
    return size(a.frame_count - b.frame_count) > 1


def _versions(name: str) -> list[str]:
    return [number.lstrip("0") for number in _VERSION.findall(stem(name))]


def _numbers(name: str) -> frozenset[str]:
    return frozenset(token for token in tokens(name) if token.isdigit())


def _words(name: str) -> frozenset[str]:
    return frozenset(token for token in tokens(name) if token.isalpha() and len(token) > _TELLING_NUMBERS)


def _same_folder(mine: str, theirs: str) -> bool:
    return "/" in mine and mine.rpartition("/")[0] == theirs.rpartition("/")[0]


def _named_as_file(clip: Clip) -> bool:
    if clip.media is None:
        return False
    names = {file_name(location(clip.media)), clip.media.name.casefold()}
    return clip.name.casefold() in names | {stem(name) for name in names}


def _active(clip: Clip) -> str:
    takes = clip.takes
    return takes[clip.active].key if 0 <= clip.active < len(takes) and len(takes) > 1 else ""


def _take_name(clip: Clip) -> str:
    if 0 <= clip.active < len(clip.takes):
        take = clip.takes[clip.active]
        return take.name or (take.media.name if take.media else "") or take.key
    return _shown(clip)


def _shown(clip: Clip) -> str:
    if clip.media is None:
        return "no media"
    return clip.media.location or clip.media.name or "no media"
