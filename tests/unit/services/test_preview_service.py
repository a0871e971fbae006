"""Previews are made once, for whoever waits first, and never in the way of what makes takes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from takebridge.errors import BlobMissingError, CancelledError, MediaError, ProbeError
from takebridge.events import EventBus
from takebridge.ids import BlobHash
from takebridge.media.previews import Cells
from takebridge.services import previews as module
from takebridge.services.previews import Previews
from takebridge.store.blobs import BlobStore

PATIENCE = 30


class Maker:
    """Stands in for ffmpeg: writes a word, counts, and waits at a gate if there is one."""

    def __init__(self) -> None:
        self.proxies: list[str] = []
        self.begun = threading.Event()
        self.gate: threading.Event | None = None

    def proxy(self, src: Path, dst: Path, *, cancel: threading.Event) -> None:
        self.proxies.append(src.stem[:4])
        self.begun.set()
        while self.gate is not None and not self.gate.wait(0.01):
            if cancel.is_set():
                raise CancelledError("The encode was cancelled.")
        dst.write_bytes(b"film")

    def poster(self, src: Path, dst: Path) -> None:
        dst.write_bytes(b"poster of " + src.read_bytes())

    def sprite(self, src: Path, dst: Path) -> Cells:
        dst.write_bytes(b"sprite of " + src.read_bytes())
        return Cells(48, 8, 160, 90)


@pytest.fixture
def maker(monkeypatch: pytest.MonkeyPatch) -> Maker:
    made = Maker()
    monkeypatch.setattr(module, "probe", lambda path: path)
    monkeypatch.setattr(module, "_is_film", lambda path: path.suffix == ".mov")
    for name in ("proxy", "poster", "sprite"):
        monkeypatch.setattr(module, f"make_{name}", getattr(made, name))
    return made


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "media")


Start = Callable[..., Previews]


@pytest.fixture
def start(store: BlobStore, tmp_path: Path) -> Iterator[Start]:
    running: list[Previews] = []

    def begin(workers: int = 2) -> Previews:
        running.append(Previews(store, tmp_path / "previews", workers=workers))
        return running[-1]

    yield begin
    for one in running:
        one.stop()


def film(store: BlobStore, word: str = "a take") -> BlobHash:
    return store.add_bytes(word.encode(), ".mov").hash


def test_poster_and_sprite_come_from_the_proxy(maker: Maker, store: BlobStore, start: Start) -> None:
    previews, content = start(), film(store)
    poster = asyncio.run(previews.get(content, "poster"))
    assert poster.path.read_bytes() == b"poster of film"
    sprite = asyncio.run(previews.get(content, "sprite"))
    assert (sprite.path.read_bytes(), sprite.cells) == (b"sprite of film", Cells(48, 8, 160, 90))
    assert asyncio.run(previews.get(content, "proxy")).path.read_bytes() == b"film"
    assert len(maker.proxies) == 1


def test_many_who_ask_at_once_wait_for_the_same_work(maker: Maker, store: BlobStore, start: Start) -> None:
    previews, content = start(), film(store)
    maker.gate = threading.Event()

    async def ask() -> list[bytes]:
        asked = [asyncio.create_task(previews.get(content, "proxy")) for _ in range(20)]
        await asyncio.to_thread(maker.begun.wait, PATIENCE)
        maker.gate.set()  # type: ignore[union-attr]
        return [found.path.read_bytes() for found in await asyncio.gather(*asked)]

    assert asyncio.run(ask()) == [b"film"] * 20
    assert len(maker.proxies) == 1


def test_one_who_stops_waiting_takes_nothing_from_the_others(maker: Maker, store: BlobStore, start: Start) -> None:
    previews, content = start(), film(store)
    maker.gate = threading.Event()

    async def ask() -> bytes:
        left = asyncio.create_task(previews.get(content, "proxy"))
        stays = asyncio.create_task(previews.get(content, "proxy"))
        await asyncio.to_thread(maker.begun.wait, PATIENCE)
        left.cancel()
        maker.gate.set()  # type: ignore[union-attr]
        return (await stays).path.read_bytes()

    assert asyncio.run(ask()) == b"film"


def test_what_somebody_waits_for_goes_before_what_only_arrived(maker: Maker, store: BlobStore, start: Start) -> None:
    previews = start(workers=1)
    maker.gate = threading.Event()
    contents = [film(store, f"take {number}") for number in range(4)]
    for content in contents[:3]:
        previews.begin(content, somebody_waits=False)

    async def ask() -> None:
        await asyncio.to_thread(maker.begun.wait, PATIENCE)
        asked = asyncio.create_task(previews.get(contents[3], "poster"))
        await asyncio.sleep(0)
        maker.gate.set()  # type: ignore[union-attr]
        await asked

    asyncio.run(ask())
    assert maker.proxies.index(contents[3].removeprefix("b3:")[:4]) == 1  # behind the one that was being made


def test_what_is_kept_outlives_the_process_and_is_made_again_when_deleted(
    maker: Maker, store: BlobStore, start: Start
) -> None:
    content = film(store)
    asyncio.run(start().get(content, "poster"))
    second = start()
    asyncio.run(second.get(content, "sprite"))
    assert len(maker.proxies) == 1
    second.clear()
    asyncio.run(second.get(content, "poster"))
    assert len(maker.proxies) == 2


def test_a_still_has_only_a_poster(
    maker: Maker, store: BlobStore, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Still:
        has_video = True

    monkeypatch.setattr(module, "probe", lambda _path: Still())
    monkeypatch.setattr(module, "_is_film", lambda _info: False)
    previews, content = start(), store.add_bytes(b"a still", ".png").hash
    assert asyncio.run(previews.get(content, "poster")).path.read_bytes() == b"poster of a still"
    with pytest.raises(MediaError):
        asyncio.run(previews.get(content, "sprite"))


def test_errors_are_those_of_the_medium_and_are_not_kept(
    maker: Maker, store: BlobStore, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    previews, content = start(), film(store)
    with pytest.raises(BlobMissingError):
        asyncio.run(previews.get(BlobHash("b3:" + "0" * 64), "poster"))
    with pytest.raises(BlobMissingError):
        asyncio.run(previews.get(BlobHash("../../../etc/passwd"), "poster"))

    def broken(_path: Path) -> None:
        raise ProbeError("It cannot be read.", hint="Export it again.")

    with monkeypatch.context() as patch:
        patch.setattr(module, "probe", broken)
        with pytest.raises(ProbeError):
            asyncio.run(previews.get(content, "poster"))
    assert asyncio.run(previews.get(content, "poster")).path.exists()


def test_stopping_ends_what_is_being_made_and_tells_who_waits(maker: Maker, store: BlobStore, start: Start) -> None:
    previews = start(workers=1)
    maker.gate = threading.Event()  # never opened
    contents = [film(store, "one"), film(store, "two")]

    async def ask() -> list[BaseException | object]:
        asked = [asyncio.create_task(previews.get(content, "poster")) for content in contents]
        await asyncio.to_thread(maker.begun.wait, PATIENCE)
        await asyncio.to_thread(previews.stop)
        return await asyncio.gather(*asked, return_exceptions=True)

    assert [type(one) for one in asyncio.run(ask())] == [CancelledError, CancelledError]
    assert not any(thread.name.startswith("preview-") for thread in threading.enumerate())
    with pytest.raises(CancelledError):
        asyncio.run(previews.get(contents[0], "poster"))


# --- new takes ------------------------------------------------------------------------------------------


def arrive(bus: EventBus, *contents: BlobHash) -> None:
    """Tell of takes as the desk tells of them."""
    ops = [
        {"op": "add_take", "take": {"id": "t", "outputs": {"video": {"content": content, "facts": {}}}}}
        for content in contents
    ]
    bus.publish("canvas.changed", {"canvas": "c", "rev": 1, "ops": [{"op": "pin", "take": "t"}, *ops]})  # type: ignore[list-item]


def until(true: Callable[[], bool]) -> None:
    """Wait for a condition, as long as a slow machine may need."""
    changed = threading.Event()
    for _ in range(PATIENCE * 100):
        if true():
            return
        changed.wait(0.01)
    raise AssertionError("it did not happen in time")


def test_previews_of_a_new_take_are_begun_when_it_arrives(
    maker: Maker, store: BlobStore, start: Start, tmp_path: Path
) -> None:
    bus, previews, content = EventBus(), start(), film(store)
    previews.follow(bus)
    arrive(bus, content)
    until(lambda: len(list((tmp_path / "previews").glob("??/*.sprite.json"))) == 1)
    assert maker.proxies == [content.removeprefix("b3:")[:4]]


def test_words_and_what_is_not_stored_begin_nothing_and_harm_nobody(
    maker: Maker, store: BlobStore, start: Start, tmp_path: Path
) -> None:
    bus, previews = EventBus(), start()
    previews.follow(bus)
    arrive(bus, store.add_bytes(b"Words", ".txt").hash, BlobHash("b3:" + "1" * 64), BlobHash("nonsense"))
    bus.publish("canvas.changed", {"canvas": "c", "rev": 2, "ops": None})  # too large to carry its ops
    bus.publish("canvas.changed", {"canvas": "c", "rev": 3, "ops": ["?", {"op": "add_take", "take": None}]})
    content = film(store)
    arrive(bus, content)
    until(lambda: maker.proxies == [content.removeprefix("b3:")[:4]])


def test_a_flood_of_events_is_survived(maker: Maker, store: BlobStore, start: Start, tmp_path: Path) -> None:
    bus, previews = EventBus(), start()
    previews.follow(bus)
    for rev in range(3000):
        bus.publish("canvas.changed", {"canvas": "c", "rev": rev, "ops": []})
    content = film(store)

    def told() -> bool:
        arrive(bus, content)
        return bool(maker.proxies)

    until(told)
