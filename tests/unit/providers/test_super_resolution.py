"""The network: sharper than interpolation on real and drawn detail, and no seam where tiles meet."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from takebridge.errors import CancelledError
from takebridge.providers.local.span import Network
from takebridge.providers.local.tiles import OVERLAP, Picture, enlarge_tiled, tiles
from takebridge.providers.local.weights import find_weights

SHARED = Path(os.environ.get("TAKEBRIDGE_SHARED_MEDIA", Path(__file__).parents[4] / "shared" / "media"))


@pytest.fixture(scope="module", params=[2, 4])
def network(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Network:
    # One thread: waiting OpenMP threads spin, and these tests share their cores.
    return Network(find_weights(tmp_path_factory.mktemp("home"), request.param), threads=1)


def drawn(width: int = 192, height: int = 160) -> Picture:
    """Fine detail of every direction: slanted lines, rings and letters on a smooth shade."""
    big = np.zeros((height * 4, width * 4, 3), np.uint8)
    x = np.arange(width * 4)[None, :]
    big[...] = (70 + 90 * x / (width * 4)).astype(np.uint8)[..., None]
    for n in range(14):
        angle = n * np.pi / 14
        end = (int(width * 2 + 900 * np.cos(angle)), int(height * 2 + 900 * np.sin(angle)))
        cv2.line(big, (width * 2, height * 2), end, (230, 40 + 12 * n, 60), 6, cv2.LINE_AA)
    for n in range(1, 6):
        cv2.circle(big, (width, height), 22 * n, (40, 200, 30 * n), 7, cv2.LINE_AA)
    for n, word in enumerate(("SCENE 12", "TAKE 3", "ROLL A")):
        cv2.putText(big, word, (40, 440 + 70 * n), cv2.FONT_HERSHEY_DUPLEX, 2.2, (245, 240, 225), 6, cv2.LINE_AA)
    return np.asarray(cv2.resize(big, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def still(name: str) -> Picture:
    if not (SHARED / name).is_file():
        pytest.skip(f"{SHARED / name} is not there; set TAKEBRIDGE_SHARED_MEDIA")
    picture = cv2.imread(str(SHARED / name), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.ascontiguousarray(picture[60:300, 100:420, ::-1])


def psnr(a: Picture, b: Picture) -> float:
    error = np.mean((a.astype(np.float64) - b.astype(np.float64)) ** 2)
    return float(10 * np.log10(255**2 / error))


def ssim(a: Picture, b: Picture) -> float:
    """Structural similarity of luma over 7 x 7 windows (Wang 2004)."""
    x, y = (cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float64) for picture in (a, b))

    def mean(values: np.ndarray) -> np.ndarray:
        return np.asarray(cv2.blur(values, (7, 7)))

    mx, my = mean(x), mean(y)
    vx, vy, cov = mean(x * x) - mx**2, mean(y * y) - my**2, mean(x * y) - mx * my
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    score = (2 * mx * my + c1) * (2 * cov + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2))
    return float(score.mean())


def assert_better_than_bicubic(network: Network, original: Picture) -> None:
    scale = network.scale
    height, width = (side // scale * scale for side in original.shape[:2])
    original = np.ascontiguousarray(original[:height, :width])
    # Pillow-like antialiased reduction, what a smaller delivery of the same clip would be.
    small = np.asarray(cv2.resize(original, (width // scale, height // scale), interpolation=cv2.INTER_AREA), np.uint8)
    bicubic = np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
    large = network.enlarge(small)
    assert large.shape == original.shape
    assert psnr(large, original) > psnr(bicubic, original) + 0.3
    assert ssim(large, original) > ssim(bicubic, original) + 0.005


def test_drawn_detail_is_sharper_than_bicubic(network: Network) -> None:
    assert_better_than_bicubic(network, drawn())


@pytest.mark.media
@pytest.mark.parametrize("name", ["kodim03.png", "astronaut.png"])
def test_real_stills_are_sharper_than_bicubic(network: Network, name: str) -> None:
    assert_better_than_bicubic(network, still(name))


def test_tiles_leave_no_seam(network: Network) -> None:
    picture = drawn(150, 110)
    whole = network.enlarge_whole(picture)
    tiled = enlarge_tiled(picture, network.scale, network.enlarge_whole, largest=48)
    assert np.abs(whole.astype(int) - tiled.astype(int)).max() <= 1


def test_less_overlap_would_leave_a_seam(network: Network) -> None:
    """The test above can fail: with tiles that see nothing of each other the edges show."""
    picture = drawn(96, 64)
    left, right = network.enlarge_whole(picture[:, :48]), network.enlarge_whole(picture[:, 48:])
    blind = np.concatenate([left, right], axis=1)
    assert np.abs(network.enlarge_whole(picture).astype(int) - blind.astype(int)).max() > 4


def test_the_same_picture_gives_the_same_pixels(network: Network) -> None:
    picture = drawn(64, 48)
    assert np.array_equal(network.enlarge(picture), network.enlarge(picture))


def test_a_stopped_network_says_so(network: Network) -> None:
    import threading

    stop = threading.Event()
    stop.set()
    with pytest.raises(CancelledError):
        network.enlarge(drawn(64, 48), stop)


@pytest.mark.parametrize(
    ("width", "height", "largest"), [(1, 1, 720), (720, 720, 720), (721, 10, 720), (1999, 1081, 300)]
)
def test_tiles_cover_every_pixel_once(width: int, height: int, largest: int) -> None:
    count = np.zeros((height, width), int)
    for tile in tiles(width, height, largest):
        left, top, right, bottom = tile.core
        count[top:bottom, left:right] += 1
        assert right - left <= largest
        assert bottom - top <= largest
        seen_left, seen_top, seen_right, seen_bottom = tile.seen
        assert seen_left == max(0, left - OVERLAP)
        assert seen_top == max(0, top - OVERLAP)
        assert seen_right == min(width, right + OVERLAP)
        assert seen_bottom == min(height, bottom + OVERLAP)
    assert (count == 1).all()
