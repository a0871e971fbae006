import os
from pathlib import Path

import pytest

from takebridge.hosts.folder_scan import LOOKS, Sighting, look, settled


def looks(folder: Path, times: int, before: dict[str, Sighting] | None = None) -> dict[str, Sighting]:
    seen = before or {}
    for _ in range(times):
        seen = look(folder, seen)
    return seen


def ready(seen: dict[str, Sighting]) -> set[str]:
    return {name for name, sighting in seen.items() if settled(name, sighting)}


def test_a_file_that_grows_is_not_settled(tmp_path: Path) -> None:
    film = tmp_path / "film.otio"
    film.write_text("{")
    seen = look(tmp_path, {})
    for _ in range(5):
        film.write_text(film.read_text() + " ")
        seen = look(tmp_path, seen)
        assert ready(seen) == set()
    assert ready(looks(tmp_path, 1, seen)) == {"film.otio"}


def test_a_file_written_anew_at_the_same_size_counts_from_one(tmp_path: Path) -> None:
    film = tmp_path / "film.xml"
    film.write_text("<a/>")
    seen = looks(tmp_path, 2)
    assert ready(seen) == {"film.xml"}
    os.utime(film, ns=(1, film.stat().st_mtime_ns + 1))
    assert ready(look(tmp_path, seen)) == set()


@pytest.mark.parametrize("suffix", sorted(set(LOOKS) - {".fcpxmld"}))
def test_each_format_waits_its_looks(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"film{suffix}").write_text("x")
    assert not ready(looks(tmp_path, LOOKS[suffix] - 1))
    assert ready(looks(tmp_path, LOOKS[suffix]))


def test_formats_without_an_end_mark_wait_longer() -> None:
    assert min(LOOKS[".edl"], LOOKS[".aaf"]) > max(LOOKS[".otio"], LOOKS[".fcpxml"], LOOKS[".xml"])


@pytest.mark.parametrize("name", [".hidden.otio", "film.otio.part", "film.xml~", "film.otio.crdownload", "film.mov"])
def test_hidden_unfinished_and_other_files_are_not_looked_at(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    assert looks(tmp_path, 5) == {}


def test_an_empty_file_never_settles(tmp_path: Path) -> None:
    (tmp_path / "film.otio").touch()
    assert ready(looks(tmp_path, 9)) == set()


def test_a_bundle_settles_as_a_whole(tmp_path: Path) -> None:
    bundle = tmp_path / "film.fcpxmld"
    bundle.mkdir()
    assert looks(tmp_path, 3) == {}
    (bundle / "Info.fcpxml").write_text("<fcpxml/>")
    seen = look(tmp_path, {})
    (bundle / "side.data").write_text("x")
    seen = look(tmp_path, seen)
    assert ready(seen) == set()
    assert ready(look(tmp_path, seen)) == {"film.fcpxmld"}


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "film.otio").write_text("x")
    folder = tmp_path / "exchange"
    folder.mkdir()
    (folder / "film.otio").symlink_to(outside / "film.otio")
    assert looks(folder, 3) == {}


def test_a_folder_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        look(tmp_path / "gone", {})
