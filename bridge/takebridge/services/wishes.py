"""Words about a shot, read as requirements: "replace a 6 s clip, keep motion". Says what it understood, and what not.

Pure. Nothing is guessed: a word no rule knows is named as not understood, and changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from re import Match

from takebridge.errors import BridgeError
from takebridge.providers.capability import rate_words, seconds
from takebridge.providers.facts import GenerationKind
from takebridge.timebase import EDIT_RATES, FrameRate

LONGEST = 500
"""Characters that are read."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a shot asks for; None and False are "nothing was said"."""

    kind: GenerationKind | None = None
    length_ms: int | None = None
    rate: FrameRate | None = None
    sound: bool | None = None
    keep_length: bool = False
    aspect: str = ""
    resolution: str = ""
    references: int = 0
    start_frame: bool = False
    end_frame: bool = False
    characters: int | None = None
    provider: str = ""
    local: bool = False
    budget_micros: int | None = None
    rest: tuple[str, ...] = ()

    @property
    def understood(self) -> tuple[str, ...]:
        """What was understood, in words."""
        return tuple(_words(self))


_TITLES: dict[GenerationKind, str] = {
    "video_edit": "change a clip",
    "video": "make a shot",
    "image": "make a still",
    "image_edit": "change a still",
    "voice": "speak words",
    "music": "make music",
    "sfx": "make a sound effect",
    "lip_sync": "make a face speak",
    "upscale": "enlarge a picture",
    "model_3d": "make a 3D model",
    "world": "make a world",
    "text": "write words",
    "storyboard": "draw a storyboard",
    "captions": "write captions",
    "breakdown": "break a script down",
    "reframe": "reframe a clip",
    "previz": "sketch a shot",
}

_KIND_NAMES: dict[str, GenerationKind] = {name.replace("_", " "): name for name in _TITLES}


def read_wish(text: str, providers: Iterable[str] = ()) -> Wish:
    """Return what the words ask for. ``providers`` are the names that may be asked for by name."""
    reader = _Reader(f" {' '.join(text[:LONGEST].casefold().split())} ", Wish())
    for pattern, meaning in _RULES:
        reader.take(pattern, meaning)
    for name in providers:
        reader.take(rf"\b(?:(?:on|at|from|by|with) )?{re.escape(name.casefold())}\b", partial(_at, name))
    for pattern, kind in _KINDS:
        if reader.wish.kind is None:
            reader.take(pattern, partial(_making, kind))
    wish = reader.wish
    if wish.kind is None and (wish.length_ms or wish.start_frame or wish.end_frame):
        wish = replace(wish, kind="video")
    return replace(wish, rest=reader.rest())


@dataclass(slots=True)
class _Reader:
    """What is still unread, and the wish so far."""

    left: str
    wish: Wish

    def take(self, pattern: str, meaning: Callable[[Wish, Match[str]], Wish]) -> None:
        """Read the first place the pattern fits, and strike it out."""
        found = re.search(pattern, self.left)
        if found is None:
            return
        self.wish = meaning(self.wish, found)
        self.left = f"{self.left[: found.start()]} ; {self.left[found.end() :]}"

    def rest(self) -> tuple[str, ...]:
        """Words nobody understood."""
        words = re.findall(r"[^\W_][\w'’.:-]*", self.left)
        return tuple(dict.fromkeys(word.rstrip(".:-") for word in words if word.rstrip(".:-") not in _FILLING))


# --- rules ----------------------------------------------------------------------------------------------

_NUMBER = r"(\d{1,6}(?:[.,]\d{1,3})?)"
_FILLING = frozenset(
    re.findall(
        r"\w+",
        "a an the of to for with and or in at on by from it its that this my our can could do be is are one some i "
        "want need which model models what please as me us into new shot shots clip clips video videos footage picture "
        "pictures image images still stills photo photos frame scene plate take make makes making create generate "
        "while but only keep keeping long",
    )
)


def _at(provider: str, wish: Wish, _found: Match[str]) -> Wish:
    return replace(wish, provider=provider)


def _making(kind: GenerationKind, wish: Wish, _found: Match[str]) -> Wish:
    return replace(wish, kind=kind)


def _money(wish: Wish, found: Match[str]) -> Wish:
    amount = Decimal(next(group for group in found.groups() if group).replace(",", "."))
    cents = "cent" in found[0]
    return replace(wish, budget_micros=int(amount * (10_000 if cents else 1_000_000)))


def _length(wish: Wish, found: Match[str]) -> Wish:
    unit = 1 if found[2] == "ms" else 60_000 if found[2].startswith("min") else 1000
    return replace(wish, length_ms=int(Decimal(found[1].replace(",", ".")) * unit) or None)


def _rate(wish: Wish, found: Match[str]) -> Wish:
    value = found[1].replace(",", ".")
    for rate in EDIT_RATES:
        if abs(rate.fraction - Fraction(value)) < Fraction(1, 50):
            return replace(wish, rate=rate)
    try:
        return replace(wish, rate=FrameRate.of_media(Fraction(value)))
    except BridgeError:
        return wish


def _size(wish: Wish, found: Match[str]) -> Wish:
    word = found[0].strip()
    return replace(wish, resolution={"4k": "2160p", "uhd": "2160p", "full hd": "1080p", "hd": "1080p"}.get(word, word))


_SHAPES = {"vertical": "9:16", "portrait": "9:16", "upright": "9:16", "square": "1:1", "widescreen": "16:9"}
_COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "some": 1}


def _references(wish: Wish, found: Match[str]) -> Wish:
    return replace(wish, references=_COUNTS.get(found[1]) or int(found[1]))


def _set(**facts: bool | int) -> Callable[[Wish, Match[str]], Wish]:
    return lambda wish, _found: replace(wish, **facts)  # type: ignore[arg-type]


_LIMIT = r"(?:under|below|within|up to|at most|less than|max(?:imum)?|for|budget(?: of)?|<=?)?\s*"
_KEPT = r"(?:same )?(?:motion|movements?|timing|length|duration|camera(?: move)?|performance)"
_CLIP = r"(?:clip|shot|video|footage|take|scene|plate)"
_STILL = r"(?:still|image|picture|photo|frame)"
_CHANGE = (
    r"(?:replace|replacing|edit|edits|editing|change|changing|restyle|restyling|modify|modifying|retake|swap|relight"
    r"|transform|alter|fix)"
)

_RULES: tuple[tuple[str, Callable[[Wish, Match[str]], Wish]], ...] = (
    (rf"{_LIMIT}(?:\$\s*{_NUMBER}|{_NUMBER}\s*(?:dollars?|usd|cents?)\b)", _money),
    (rf"\b{_NUMBER}\s*(?:fps|frames? (?:a|per) second|hz)\b", _rate),
    (rf"\b{_NUMBER}\s*-?\s*(ms|s|secs?|seconds?|min|mins|minutes?)\b(?:\s*long\b)?", _length),
    (r"\b(?:480|540|720|1080|1440|2160)p\b|\b[48]k\b|\buhd\b|\bfull hd\b|\bhd\b", _size),
    (r"\b\d{1,2}:\d{1,2}\b", lambda wish, found: replace(wish, aspect=found[0])),
    (rf"\b(?:{'|'.join(_SHAPES)})\b", lambda wish, found: replace(wish, aspect=_SHAPES[found[0]])),
    (r"\b(?:without|no) (?:audio|sound)\b|\b(?:silent|mute)\b", _set(sound=False)),
    (r"\b(?:with|keep(?:s|ing)?|has|and)?\s*(?:its |the )?(?:audio|sound)\b(?! effect)", _set(sound=True)),
    (rf"\bkeep(?:s|ing)?\s+(?:the |its |all )?{_KEPT}\b(?:\s*(?:and|,)\s*(?:the )?{_KEPT})?", _set(keep_length=True)),
    (r"\bsame (?:length|timing|motion|duration)\b", _set(keep_length=True)),
    (
        rf"\b(\d{{1,3}}|{'|'.join(_COUNTS)})\s+(?:reference(?: image| picture| still)?s?|refs?)\b",
        _references,
    ),
    (r"\b(?:first|start(?:ing)?) and (?:last|end(?:ing)?) frames?\b", _set(start_frame=True, end_frame=True)),
    (
        r"\b(?:from|with) (?:a |the |its )?(?:first frame|start(?:ing)? frame|still|image|picture|photo)\b"
        r"|\bi2v\b|\bimage[- ]to[- ]video\b",
        _set(start_frame=True),
    ),
    (r"\b(?:last|end(?:ing)?) frame\b", _set(end_frame=True)),
    (r"\b(\d{1,6}) characters\b", lambda wish, found: replace(wish, characters=int(found[1]))),
    (r"\b(?:offline|locally|on this machine|without a key)\b", _set(local=True)),
    (r"\b(?:for )?free\b", _set(budget_micros=0)),
)
"""Read in this order; each strikes out what it read."""

_KINDS: tuple[tuple[str, GenerationKind], ...] = (
    *((rf"\b{re.escape(name)}\b", kind) for name, kind in _KIND_NAMES.items() if " " in name),
    (
        r"\blip[- ]?sync(?:s|ing)?\b|\bspeaking (?:character|face|person)\b|\btalking[- ](?:head|character)\b"
        r"|\bavatar\b|\bdub(?:bing)?\b",
        "lip_sync",
    ),
    (r"\b(?:upscale|upscaling|enlarge|super[- ]resolution|sharpen)\b", "upscale"),
    (r"\breframe\b", "reframe"),
    (rf"\b{_CHANGE}\b(?=[^;]*\b{_STILL}s?\b)", "image_edit"),
    (rf"\b{_CHANGE}\b|\bvideo[- ]to[- ]video\b|\bv2v\b", "video_edit"),
    (r"\b(?:voice(?:[- ]?over)?|narrat(?:e|ion|or)|speech|tts|dialogue|speak|say|read aloud)\b", "voice"),
    (r"\b(?:sound effects?|sfx|foley|ambience)\b", "sfx"),
    (r"\b(?:music|song|score|soundtrack)\b", "music"),
    (r"\b(?:worlds?|environment|splats?)\b", "world"),
    (r"\b(?:3d|mesh|glb|object)\b(?:\s*model)?", "model_3d"),
    (r"\b(?:captions?|subtitles?)\b", "captions"),
    (r"\bstoryboard\b", "storyboard"),
    (r"\b(?:script|text|words|write|writing)\b", "text"),
    (rf"\b{_STILL}s?\b|\bposter\b|\bthumbnail\b", "image"),
    (rf"\b(?:animate|animation|{_CLIP}s?|t2v|text[- ]to[- ]video)\b", "video"),
)


def _words(wish: Wish) -> Iterator[str]:
    if wish.kind:
        yield _TITLES.get(wish.kind, wish.kind.replace("_", " "))
    if wish.length_ms:
        yield f"{seconds(wish.length_ms)} s long"
    if wish.rate:
        yield f"{rate_words(wish.rate.fraction)} frames a second"
    if wish.sound is not None:
        yield "with sound" if wish.sound else "without sound"
    if wish.keep_length:
        yield "keeps motion and length"
    yield from (one for one in (wish.resolution, wish.aspect) if one)
    if wish.references:
        yield f"{wish.references} reference{'s' if wish.references > 1 else ''}"
    if wish.start_frame or wish.end_frame:
        yield " and ".join(one for one, on in (("first frame", wish.start_frame), ("last frame", wish.end_frame)) if on)
    if wish.characters:
        yield f"{wish.characters:,} characters"
    if wish.provider:
        yield f"at {wish.provider}"
    if wish.local:
        yield "on this machine"
    if wish.budget_micros is not None:
        yield "free" if not wish.budget_micros else f"at most ${Decimal(wish.budget_micros) / 1_000_000:.2f}"
