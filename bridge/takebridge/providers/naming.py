"""The names people type, and the models they mean: ids, aliases, titles and the vendors' own ids, across providers.

Case, blanks and punctuation do not count, nor does a trailing ``.0``: ``Veo 3.1``, ``veo-3-1`` and ``VEO3.1`` are one
name, ``Seedance 2`` is ``Seedance 2.0``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from takebridge.providers.protocol import ModelProfile

_MOST = 8
"""Successors and neighbours that are named."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a name means. ``usable`` are the models there are today, ``retired`` those that are switched off.

    ``successors`` are usable models in place of the retired ones, the named replacements first. ``near`` are names of
    the catalogue that look like one nobody has.
    """

    text: str
    usable: tuple[ModelProfile, ...] = ()
    retired: tuple[ModelProfile, ...] = ()
    successors: tuple[ModelProfile, ...] = ()
    near: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether any model has, or had, this name."""
        return bool(self.usable or self.retired)

    @property
    def words(self) -> str:
        """What to tell whoever typed it; empty where there is nothing to say but the models themselves."""
        if not self.known:
            near = f" Did you mean {' or '.join(self.near)}?" if self.near else ""
            return f"No model is called “{self.text}”.{near}"
        told = bool(self.usable or not self.successors)
        gone = " ".join(retirement(one, follows=told) for one in self.retired)
        if told:
            return gone
        return f"{gone} Use {', '.join(one.id for one in self.successors[:3])}."


def key_of(name: str) -> str:
    """Return a name without case, blanks and punctuation; of numbers only the points between them stay."""
    parts = re.findall(r"[^\W\d_]+|\d+", name.casefold())
    text = ""
    for part in parts:
        text += f".{part}" if part.isdigit() and text[-1:].isdigit() else part
    return re.sub(r"(?<=\d)(?:\.0)+(?![\d.])", "", text)


def names_of(profile: ModelProfile) -> Iterator[str]:
    """Yield every name a model has, the surest first."""
    short = profile.id.partition("/")[2]
    yield from (profile.id, short, profile.title, *profile.aliases)
    yield from (one for one in (profile.remote_id, *(mode.remote_id for mode in profile.modes)) if one)
    yield from (f"{profile.provider} {alias}" for alias in profile.aliases)


def named(text: str, profiles: Sequence[ModelProfile], *, kind: str = "") -> Named:
    """Return what a name means among ``profiles``; ``kind`` leaves only models that make that.

    An id means that model alone. A name nobody has in full means the models whose names begin with it.
    """
    among = [one for one in profiles if kind in ("", one.kind)]
    found = _matching(text, among)
    usable = tuple(one for one in found if one.lifecycle != "retired")
    gone = tuple(one for one in found if one.lifecycle == "retired")
    successors = () if usable else tuple(_successors(gone, profiles))
    return Named(text, usable, gone, successors, () if found else _near(text, among))


def retirement(profile: ModelProfile, *, follows: bool = True) -> str:
    """Say in one sentence since when, or from when, a model is not there, why, and what follows it; else nothing."""
    after = f" Follows: {', '.join(profile.replaced_by)}." if profile.replaced_by and follows else ""
    why = f": {profile.why.rstrip('.')}" if profile.why else ""
    if profile.lifecycle == "retired":
        day = profile.retired_on or profile.retires_on
        return f"{profile.id} is retired{f' since {day}' if day else ''}{why}.{after}"
    if profile.lifecycle == "retiring" or profile.retires_on:
        return f"{profile.id} retires{f' on {profile.retires_on}' if profile.retires_on else ' soon'}{why}.{after}"
    return ""


def _matching(text: str, among: Sequence[ModelProfile]) -> list[ModelProfile]:
    if exact := [one for one in among if one.id == text.strip()]:
        return exact
    wanted = key_of(text)
    if not wanted:
        return []
    keys = [(one, {key_of(name) for name in names_of(one)}) for one in among]
    if whole := [one for one, known in keys if wanted in known]:
        return whole
    return [one for one, known in keys if any(_begins(key, wanted) for key in known)]


def _begins(key: str, wanted: str) -> bool:
    """Whether a name begins with another one and the number it may end in is whole: kling3 does not begin kling30."""
    rest = key.removeprefix(wanted)
    return rest != key and not (wanted[-1].isdigit() and (rest[0].isdigit() or rest[0] == ".")) and len(wanted) > 2


def _successors(gone: Iterable[ModelProfile], profiles: Sequence[ModelProfile]) -> list[ModelProfile]:
    """Follow the named replacements to models that are there; without any, those of the same kind."""
    found: dict[str, ModelProfile] = {}
    waiting, seen = list(gone), set[str]()
    while waiting and len(found) < _MOST:
        one = waiting.pop(0)
        if one.id in seen:
            continue
        seen.add(one.id)
        for name in one.replaced_by:
            for after in _matching(name, profiles):
                if after.lifecycle != "retired":
                    found.setdefault(after.id, after)
                else:
                    waiting.append(after)
    kinds = {one.kind for one in gone}
    alike = (one for one in profiles if one.kind in kinds and one.lifecycle == "available" and not one.local)
    return list(found.values())[:_MOST] or list(alike)[:3]


def _near(text: str, among: Iterable[ModelProfile]) -> tuple[str, ...]:
    spoken = {key_of(name): name for one in among for name in (*one.aliases, one.title, one.id)}
    return tuple(spoken[key] for key in get_close_matches(key_of(text), spoken, 3, 0.6))
