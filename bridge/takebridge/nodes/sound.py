"""Nodes that make sound: a voice, music, effects."""

from __future__ import annotations

from takebridge.canvas.model import NodeKind
from takebridge.nodes.specs import (
    DIRECTION,
    duration,
    gives,
    language,
    number,
    prompt,
    seed,
    switch,
    takes,
    words,
)

VOICE = NodeKind(
    key="voice",
    title="Voice",
    category="generative",
    inputs=(takes("line", "text", many=True), takes("voice_sample", "audio")),
    outputs=(gives("audio", "audio"),),
    params=(
        # Spoken after the lines that are wired, or alone.
        prompt("Words"),
        words("voice", "Voice"),
        number("speed_percent", "Speed in percent", 100, 25, 400),
        language(),
        # Whose voice a sample is, and that they agreed: models that copy voices ask for it.
        words("consent", "Consent of the voice's owner", 400, later=True),
        seed(),
    ),
    models="voice",
    default_model="local/previz-voice",
)

# Cut to the picture where one is wired: it decides a length left on auto.
_PICTURE = takes("picture", "video", ranged=True)

MUSIC = NodeKind(
    key="music",
    title="Music",
    category="generative",
    inputs=(DIRECTION, _PICTURE),
    outputs=(gives("audio", "audio"),),
    params=(
        prompt(),
        duration(30_000, low=1_000),
        # 0: the model chooses.
        number("tempo_bpm", "Tempo in beats a minute (0: open)", 0, 0, 300),
        switch("instrumental", "Without singing", default=True),
        seed(),
    ),
    models="music",
    default_model="local/previz-music",
)

SFX = NodeKind(
    key="sfx",
    title="Sound effect",
    category="generative",
    inputs=(DIRECTION, _PICTURE),
    outputs=(gives("audio", "audio"),),
    params=(prompt(), duration(4_000), switch("loop", "Seamless loop", default=False), seed()),
    models="sfx",
    default_model="local/previz-sfx",
)

KINDS = (VOICE, MUSIC, SFX)
