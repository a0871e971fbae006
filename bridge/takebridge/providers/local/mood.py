"""What the words of a shot look like when nobody gave a reference: time of day, place, colours."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from typing import Literal

from takebridge.providers.local.palette import Rgb

Place = Literal["hills", "city", "sea", "forest", "room", "space"]


@dataclass(frozen=True, slots=True)
class Mood:
    """Colours of the air from top to horizon, of the light and of what stands near; and the place."""

    sky: Rgb
    horizon: Rgb
    light: Rgb
    near: Rgb
    place: Place = "hills"
    stars: bool = False
    figure: bool = False


_LIGHT: tuple[tuple[str, Mood], ...] = (
    (
        r"night|midnight|moon|star(s|ry|light)|dark",
        Mood((9, 14, 34), (52, 72, 112), (206, 220, 246), (6, 9, 18), stars=True),
    ),
    (r"sunset|dusk|golden hour|evening|magic hour", Mood((54, 48, 98), (240, 142, 88), (255, 222, 160), (26, 18, 34))),
    (r"dawn|sunrise|morning", Mood((96, 134, 178), (250, 208, 170), (255, 240, 214), (38, 44, 60))),
    (
        r"storm|rain|grey|gray|overcast|fog|mist|gloom",
        Mood((72, 82, 94), (166, 174, 180), (214, 220, 222), (28, 34, 40)),
    ),
    (r"fire|war|battle|explo|burning|hell|lava", Mood((36, 14, 18), (206, 84, 38), (255, 190, 96), (16, 8, 10))),
    (r"snow|winter|ice|arctic|glacier", Mood((120, 148, 182), (232, 238, 244), (255, 255, 255), (62, 80, 104))),
    (r"desert|dune|sand|western|canyon", Mood((112, 154, 186), (246, 214, 160), (255, 244, 214), (104, 58, 34))),
    (r"neon|cyber|club|rave", Mood((20, 14, 44), (176, 58, 132), (92, 220, 240), (10, 8, 22))),
    (r"noon|day|summer|blue sky|sunny|bright", Mood((72, 134, 196), (206, 228, 236), (255, 252, 236), (34, 60, 52))),
)
_ANY: tuple[Mood, ...] = (
    _LIGHT[1][1],
    _LIGHT[2][1],
    _LIGHT[8][1],
    Mood((44, 66, 92), (196, 178, 160), (248, 232, 208), (22, 28, 38)),
)

_PLACES: tuple[tuple[str, Place], ...] = (
    (r"space|orbit|planet|galax|asteroid|spaceship", "space"),
    (r"interior|int\.|room|office|kitchen|bedroom|corridor|hall|bar\b|caf[eé]|inside|studio|lab\b|desk", "room"),
    (r"city|street|skyline|town|urban|rooftop|downtown|alley|skyscraper|traffic", "city"),
    (r"sea|ocean|beach|lake|harbou?r|ship|boat|coast|shore|wave", "sea"),
    (r"forest|jungle|wood(s|land)?\b|trees?\b", "forest"),
)
_PEOPLE = (
    r"\b(man|woman|boy|girl|person|people|she|he|her|his|hero|heroine|child|detective|soldier|dancer|figure|"
    r"silhouette|actor|walker|stranger|character|rider|traveller|astronaut|scientist|couple|someone|somebody)\b"
)


def mood_of(words: str, seed: int) -> Mood:
    """Return the mood the words ask for; what they leave open is drawn by the seed."""
    text = words.lower()
    dice = random.Random(seed ^ 0x5EED)  # noqa: S311 - a drawing, no secret
    drawn = dice.choice(_ANY)
    light = next((mood for pattern, mood in _LIGHT if re.search(rf"\b({pattern})", text)), drawn)
    place: Place = next((place for pattern, place in _PLACES if re.search(rf"\b({pattern})", text)), "hills")
    if place == "space":
        light = replace(_LIGHT[0][1], sky=(3, 5, 14), horizon=(16, 20, 46), near=(92, 112, 150))
    return replace(light, place=place, stars=light.stars or place == "space", figure=bool(re.search(_PEOPLE, text)))
