"""Stills and peaks are made when somebody asks, once, beside the other previews of the same content."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from takebridge.errors import MediaError
from takebridge.media.audio import write_wav
from takebridge.media.testcard import read_frame_number, render_test_clip
from takebridge.services import previews as module
from takebridge.services.previews import Previews
from takebridge.store.blobs import BlobStore
from takebridge.timebase import FrameRate


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "media")


@pytest.fixture
def previews(store: BlobStore, tmp_path: Path) -> Iterator[Previews]:
    made = Previews(store, tmp_path / "previews")
    yield made
    made.stop()


def picture(path: Path, width: int, height: int) -> Path:
    Image.new("RGB", (width, height), (200, 30, 30)).save(path)
    return path


def test_a_still_is_at_most_1280_across_and_never_enlarged(
    previews: Previews, store: BlobStore, tmp_path: Path
) -> None:
    for width, height, size in ((4000, 2000, (1280, 640)), (640, 480, (640, 480)), (1500, 3000, (1280, 2560))):
        content = store.add_foreign(picture(tmp_path / f"{width}.png", width, height)).hash
        with Image.open(asyncio.run(previews.get(content, "still")).path) as found:
            assert (found.format, found.size) == ("JPEG", size)


def test_the_still_of_a_film_is_its_middle_frame_from_the_original(
    previews: Previews, store: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = {"width": 1280, "height": 720}
    film = render_test_clip(tmp_path / "a.mov", clip_id=3, frame_count=9, rate=FrameRate(24), **size)
    content = store.add_foreign(film).hash
    monkeypatch.setattr(module, "make_proxy", None)  # not needed for it
    found = asyncio.run(previews.get(content, "still"))
    with Image.open(found.path) as still:
        assert still.size == (1280, 720)
        assert read_frame_number(np.asarray(still)) == (3, 4)


def test_both_are_kept_and_made_once(
    previews: Previews, store: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = render_test_clip(tmp_path / "a.mov", clip_id=1, frame_count=24, rate=FrameRate(24), width=160, height=90)
    content = store.add_foreign(film).hash
    first = [asyncio.run(previews.get(content, kind)).path for kind in ("still", "peaks")]
    for name in ("make_still", "make_peaks", "probe"):
        monkeypatch.setattr(module, name, None)  # nothing is made or looked at again
    assert [asyncio.run(previews.get(content, kind)).path for kind in ("still", "peaks")] == first
    assert json.loads(first[1].read_text())["rate"] == 100


def test_what_a_medium_has_not_is_said(previews: Previews, store: BlobStore, tmp_path: Path) -> None:
    sound = store.add_foreign(write_wav(tmp_path / "a.wav", np.ones((4800, 2), np.float32) / 2)).hash
    still = store.add_foreign(picture(tmp_path / "a.png", 80, 60)).hash
    assert json.loads(asyncio.run(previews.get(sound, "peaks")).path.read_text())["peaks"][0] == [0, 0.5]
    with pytest.raises(MediaError, match="no still of a sound"):
        asyncio.run(previews.get(sound, "still"))
    with pytest.raises(MediaError, match="no sound in it"):
        asyncio.run(previews.get(still, "peaks"))
