"""Tests of a transport over a server that is served once, and one request for each mode of each profile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.unit.providers.talks import Talk, talking

from takebridge.errors import BridgeError
from takebridge.providers.catalog import load_file
from takebridge.providers.facts import InputSlot, Mode, ModelProfile
from takebridge.providers.protocol import MediaInput, RemoteJob
from takebridge.providers.remote.provider import RemoteProvider
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.transports import transport_named
from takebridge.testing.providers.base import KEY, ContractServer
from takebridge.testing.providers.samples import picture, sound

_SOUND = ("audio", "voice_sample", "music", "sfx")
_STILL = ("start_frame", "end_frame", "reference_image", "mask", "source_image")


@contextmanager
def housed(name: str, server: ContractServer, home: Path) -> Iterator[Callable[[Path], Talk]]:
    """Serve a contract server once; give what makes a talk with a data folder, over the server as if it were new.

    Serving one takes a fifth of a second, which is most of what a small test needs.
    """
    with talking(name, server, home) as first:
        url, facts, models = server.url, first.provider.facts, first.provider.models()

        def anew(folder: Path) -> Talk:
            vars(server).update(vars(type(server)()) | {"url": url})
            spoken = transport_named(facts.transport)
            provider = RemoteProvider(folder, facts, models, spoken, lambda _: Secret(KEY), base_url=url)
            return Talk(provider, server, folder)

        yield anew


def modes_of(catalog: str) -> Iterator[tuple[ModelProfile, Mode]]:
    """Yield each profile that can still be asked, with each of its modes."""
    for profile in load_file(catalog).models:
        if profile.lifecycle != "retired":
            yield from ((profile, mode) for mode in profile.modes)


def ids(pair: tuple[ModelProfile, Mode]) -> str:
    """Return what a pair of `modes_of` is called in a test's name."""
    return f"{pair[0].id} {pair[1].name}"


def asked_all(talk: Talk, catalog: str, folder: Path) -> tuple[list[tuple[ModelProfile, Mode, RemoteJob]], list[str]]:
    """Ask each profile in each of its modes; return the jobs, and a sentence for each that was refused."""
    asked: list[tuple[ModelProfile, Mode, RemoteJob]] = []
    refused: list[str] = []

    async def whole() -> None:
        for profile, mode in modes_of(catalog):
            given = inputs_for(profile, mode, folder)
            request = talk.ask(profile.id, profile.kind, *given, **wishes(profile, mode))
            try:
                asked.append((profile, mode, await talk.provider.submit(request)))
            except BridgeError as error:
                refused.append(f"{profile.id}, {mode.name}: {error.message}")

    talk.run(whole)
    assert asked, "the catalogue has modes to ask"
    return asked, refused


def inputs_for(profile: ModelProfile, mode: Mode, folder: Path) -> list[MediaInput]:
    """Return one input for every role the mode takes, two of references where it takes several."""
    slots = {slot.role: slot for slot in profile.inputs}
    found = []
    for role in mode.takes:
        many = 2 if role == "reference_image" and slots[role].maximum > 1 else 1
        found += [_input(role, slots[role], folder, number) for number in range(many)]
    return found


def wishes(profile: ModelProfile, mode: Mode) -> dict[str, Any]:
    """Return prompt, seed, length and parameters as a node would send them."""
    params = {name: mode.params[name][0] if name in mode.params else value for name, value in profile.params.items()}
    told: dict[str, Any] = {"params": params, "prompt": "a red kite" if profile.prompt else ""}
    lengths = mode.durations_ms or profile.durations_ms or mode.duration_ms or profile.duration_ms
    if lengths:
        told["duration_ms"] = lengths[0] if mode.durations_ms or profile.durations_ms else lengths[-1]
    return told | ({"seed": 7} if profile.seed else {})


def _input(role: str, slot: InputSlot, folder: Path, number: int) -> MediaInput:
    told: dict[str, Any] = {"role": role, "content": f"{role}-{number}"}
    milliseconds = max(slot.min_ms or 0, min(slot.max_ms or 4000, 4000))
    if role in _SOUND:
        return MediaInput(
            **told, path=_file(folder, "v.wav", sound(1)), media_type="audio", duration_ms=max(milliseconds, 1000)
        )
    if role in _STILL or (role == "source_video" and slot.formats and slot.formats[0].startswith("image/")):
        path = _file(folder, f"{role}-{number}.png", picture("PNG"))
        return MediaInput(**told, path=path, media_type="image", width=1024, height=1024)
    frames = milliseconds * 24 // 1000
    path = _file(folder, f"{role}-{number}.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(500))
    size = {"width": 1280, "height": 720, "frame_count": frames, "rate": "24/1"}
    return MediaInput(**told, path=path, duration_ms=milliseconds, **size)


def _file(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path
