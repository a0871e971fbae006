"""Ports and parameters that several families of node kinds share.

Lengths are whole frames or milliseconds, rates ``n/d`` strings, factors whole percents: a recipe holds no float.
"""

from __future__ import annotations

from takebridge.canvas.model import LARGEST_INT, ParamSpec, ParamValue, Port
from takebridge.timebase import EDIT_RATES

AUTO = "auto"
"""Left open: the inputs decide, else the model."""

LONGEST_PROMPT = 20_000
"""Characters of a prompt. Models state shorter limits of their own (`ModelProfile.max_prompt`)."""

LONGEST_MS = 3_600_000
"""One hour: no single take is asked to be longer."""

ASPECTS = ("16:9", "9:16", "1:1", "4:5", "5:4", "4:3", "3:4", "3:2", "2:3", "21:9")
RATES = tuple(f"{rate.numerator}/{rate.denominator}" for rate in sorted(EDIT_RATES, key=lambda rate: rate.fraction))
RESOLUTIONS = ("480p", "720p", "1080p", "2160p")
"""The shorter side in pixels, for upright pictures too."""


def takes(
    name: str, *types: str, required: bool = False, many: bool = False, ranged: bool = False
) -> Port:  # fmt: skip
    """Return an input."""
    return Port(name=name, types=frozenset(types), required=required, many=many, ranged=ranged)


def gives(name: str, media_type: str, *, parts: bool = False) -> Port:
    """Return an output."""
    return Port(name=name, types=frozenset({media_type}), parts=parts)


DIRECTION = takes("direction", "text", many=True)
"""Words from other nodes (a shot of a script, a brief), read before the prompt, in order."""

STYLE = takes("style", "style", many=True)
"""Style and brand colours in words."""

REFERENCES = takes("references", "image", many=True)


def words(name: str, title: str, longest: int = 200, default: str = "", *, later: bool = False) -> ParamSpec:
    """Return a text parameter."""
    return ParamSpec(name=name, type="str", title=title, default=default, maximum=longest, later=later)


def number(name: str, title: str, default: int, low: int, high: int) -> ParamSpec:
    """Return a whole number from ``low`` to ``high``, both included."""
    return ParamSpec(name=name, type="int", title=title, default=default, minimum=low, maximum=high)


def switch(name: str, title: str, default: bool) -> ParamSpec:
    """Return a yes-or-no parameter."""
    return ParamSpec(name=name, type="bool", title=title, default=default)


def choice(name: str, title: str, default: ParamValue, choices: tuple[ParamValue, ...]) -> ParamSpec:
    """Return a parameter with a closed list of values."""
    return ParamSpec(name=name, type="choice", title=title, default=default, choices=choices)


def prompt(title: str = "Prompt") -> ParamSpec:
    """Return the prompt."""
    return words("prompt", title, LONGEST_PROMPT)


def avoid() -> ParamSpec:
    """Return what should not be seen."""
    return words("avoid", "Avoid", LONGEST_PROMPT)


def language(default: str = "en") -> ParamSpec:
    """Return a language as a BCP 47 tag."""
    return words("language", "Language", 35, default)


def seed() -> ParamSpec:
    """Return the seed; left to chance it is part of the recipe as the word ``random``."""
    return ParamSpec(
        name="seed", type="int", title="Seed", default="random", minimum=0, maximum=LARGEST_INT, words=("random",)
    )


def duration(default: int | str = AUTO, low: int = 100, high: int = LONGEST_MS) -> ParamSpec:
    """Return the length in milliseconds."""
    return ParamSpec(
        name="duration_ms",
        type="int",
        title="Length in ms",
        default=default,
        minimum=low,
        maximum=high,
        words=(AUTO,),
    )


def aspect(default: str, *, auto: bool = False) -> ParamSpec:
    """Return the shape of the picture, width to height."""
    return choice("aspect", "Aspect", default, (*((AUTO,) if auto else ()), *ASPECTS))


def rate(default: str = AUTO, *, auto: bool = True) -> ParamSpec:
    """Return frames per second, one of the rates a timeline may have."""
    return choice("rate", "Frame rate", default, (*((AUTO,) if auto else ()), *RATES))


def resolution(default: str) -> ParamSpec:
    """Return the length of the shorter side."""
    return choice("resolution", "Resolution", default, RESOLUTIONS)
