"""Reading and writing whole files and bundles: nothing half written, nothing lost beside the document."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest
from tests.support.full_disk import fill, small_drive

import takebridge_fcpxml as fcpxml
from takebridge_fcpxml import document as documents
from takebridge_fcpxml.document import Document, write_atomic
from takebridge_fcpxml.errors import BadValueError, FcpxmlError, FileError, NotFcpxmlError, TooLargeError

GOLDEN = Path(__file__).parent / "golden"
TEXT = b'<?xml version="1.0" encoding="UTF-8"?>\n<fcpxml version="1.10">\n    <resources/>\n</fcpxml>\n'
OLD = b"what stood there before"


def film(note: str = "") -> Document:
    document = Document.parse(TEXT)
    if note:
        document.root.set("note", note)
    return document


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_file_is_read_and_written(tmp_path: Path) -> None:
    path = tmp_path / "film.fcpxml"
    path.write_bytes(TEXT)
    read = fcpxml.read(str(path))
    assert read.document.path == path
    assert read.document.bundle is None
    read.write(tmp_path / "copy.xml")
    assert (tmp_path / "copy.xml").read_bytes() == TEXT
    assert names(tmp_path) == ["copy.xml", "film.fcpxml"]


def test_an_old_file_is_replaced_whole_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "film.fcpxml"
    path.write_bytes(OLD)
    path.chmod(0o640)
    film().write(path)
    assert path.read_bytes() == TEXT
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real = tmp_path / "real" / "film.fcpxml"
    real.write_bytes(OLD)
    link = tmp_path / "link.fcpxml"
    link.symlink_to(real)
    film().write(link)
    assert link.is_symlink()
    assert real.read_bytes() == TEXT
    assert names(tmp_path) == ["link.fcpxml", "real", "real/film.fcpxml"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_dies_before_the_rename_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "film.fcpxml"
    path.write_bytes(OLD)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), die)
    with pytest.raises(KeyboardInterrupt):
        film().write(path)
    assert path.read_bytes() == OLD
    assert names(tmp_path) == ["film.fcpxml"]


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(5, "Input/output error")])
def test_a_write_that_is_refused_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    path = tmp_path / "film.fcpxml"
    path.write_bytes(OLD)

    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(FileError, match=str(error.strerror)) as caught:
        film().write(path)
    assert caught.value.hint
    assert caught.value.retryable
    assert path.read_bytes() == OLD
    assert names(tmp_path) == ["film.fcpxml"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(FileError, match="Permission denied"):
        film().write(tmp_path / "film.fcpxml")


def test_a_full_disk_leaves_the_old_file_and_bundle(tmp_path: Path) -> None:
    with small_drive(tmp_path / "drive", 256) as drive:
        path, bundle = drive / "film.fcpxml", drive / "film.fcpxmld"
        path.write_bytes(OLD)
        film().write(bundle)
        fill(drive)
        big = film("x" * 200_000)
        for target in (path, bundle):
            with pytest.raises(FileError, match="no space left"):
                big.write(target)
        assert path.read_bytes() == OLD
        assert (bundle / "Info.fcpxml").read_bytes() == TEXT
        assert names(drive) == ["ballast", "film.fcpxml", "film.fcpxmld", "film.fcpxmld/Info.fcpxml"]


NO_PATHS = ["a\0b.fcpxml", "a" * 300 + ".fcpxml", "none/film.fcpxml", "x" * 5000]


@pytest.mark.parametrize("bad", ["", ".", "..", *NO_PATHS, *(path + ".fcpxmld" for path in NO_PATHS)])
def test_a_path_that_cannot_be_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileError) as caught:
        film().write(bad)
    assert caught.value.hint
    assert names(tmp_path) == []


def test_a_folder_is_not_overwritten_by_a_file(tmp_path: Path) -> None:
    (tmp_path / "film.fcpxml").mkdir()
    with pytest.raises(FileError):
        film().write(tmp_path / "film.fcpxml")
    assert names(tmp_path) == ["film.fcpxml"]


@pytest.mark.parametrize("bad", ["none.fcpxml", "a\0b", "x" * 5000, "film.fcpxml/inside"])
def test_what_cannot_be_read_says_so(tmp_path: Path, bad: str) -> None:
    (tmp_path / "film.fcpxml").write_bytes(TEXT)
    with pytest.raises(FileError) as caught:
        fcpxml.read(tmp_path / bad)
    assert caught.value.hint


def test_a_pipe_or_device_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.fcpxml")
    with pytest.raises(FileError, match="is not a file"):
        fcpxml.read(tmp_path / "pipe.fcpxml")


def test_a_link_to_itself_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "film.fcpxml").symlink_to(tmp_path / "film.fcpxml")
    with pytest.raises(FileError):
        fcpxml.read(tmp_path / "film.fcpxml")
    with pytest.raises(FileError):
        film().write(tmp_path / "film.fcpxml")


@pytest.mark.parametrize("bundle", [False, True])
def test_two_gigabytes_are_refused_before_they_are_read(tmp_path: Path, bundle: bool) -> None:
    place = tmp_path / "film.fcpxmld" if bundle else tmp_path / "film.fcpxml"
    file = place / "Info.fcpxml" if bundle else place
    file.parent.mkdir(exist_ok=True)
    with file.open("wb") as sparse:
        sparse.write(TEXT[:40])
        sparse.truncate(2 * 1024**3)
    with pytest.raises(TooLargeError, match="2,147,483,648"):
        fcpxml.read(place)


def test_an_error_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "film.fcpxml").write_bytes(b"<fcpxml>\n<a>")
    with pytest.raises(FcpxmlError) as caught:
        fcpxml.read(tmp_path / "film.fcpxml")
    assert caught.value.path == "film.fcpxml"
    assert caught.value.line == 2


# Bundles


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    copy = tmp_path / "bundle.fcpxmld"
    shutil.copytree(GOLDEN / "bundle.fcpxmld", copy)
    return copy


SIDE = ["CurrentVersion.flexolibrary", "CurrentVersion.flexolibrary/Info.fcpxml"]
SIDE += ["CurrentVersion.flexolibrary/tracking.bin"]


def test_a_bundle_is_read_and_its_relative_media_found_inside(bundle: Path) -> None:
    read = fcpxml.read(bundle)
    assert read.document.bundle == bundle
    assert read.resources.assets[0].media_path == str(bundle / "Media" / "A B.mov")
    assert read.to_bytes() == (bundle / "Info.fcpxml").read_bytes()


def test_the_document_inside_a_bundle_knows_its_bundle(bundle: Path) -> None:
    assert fcpxml.read(bundle / "Info.fcpxml").document.bundle == bundle


def test_a_bundle_takes_its_side_data_along(bundle: Path, tmp_path: Path) -> None:
    (bundle / "link").symlink_to("CurrentVersion.flexolibrary/tracking.bin")
    (bundle / "dangling").symlink_to("nowhere")
    read = fcpxml.read(bundle)
    read.projects[0].name = "Other"
    other = tmp_path / "other.FCPXMLD"
    read.write(other)
    assert names(other) == [*SIDE, "Info.fcpxml", "dangling", "link"]
    assert (other / SIDE[2]).read_bytes() == bytes(range(64))
    assert (other / SIDE[1]).read_bytes() == (bundle / SIDE[1]).read_bytes()
    assert (other / "link").readlink() == Path("CurrentVersion.flexolibrary/tracking.bin")
    assert b'name="Other"' in (other / "Info.fcpxml").read_bytes()
    assert b'name="Film"' in (bundle / "Info.fcpxml").read_bytes()
    assert names(tmp_path)[0] == "bundle.fcpxmld"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_bundle_is_written_over_itself(bundle: Path, tmp_path: Path) -> None:
    read = fcpxml.read(bundle)
    read.projects[0].name = "Other"
    tracking = (bundle / SIDE[2]).stat().st_ino
    read.write(bundle)
    assert names(bundle) == [*SIDE, "Info.fcpxml"]
    assert (bundle / SIDE[2]).stat().st_ino == tracking
    assert b'name="Other"' in (bundle / "Info.fcpxml").read_bytes()
    assert len(list(tmp_path.iterdir())) == 1


def test_another_bundle_is_replaced_whole(bundle: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.fcpxmld"
    old.mkdir()
    (old / "Info.fcpxml").write_bytes(OLD)
    (old / "stale").write_bytes(OLD)
    fcpxml.read(bundle).write(old)
    assert names(old) == [*SIDE, "Info.fcpxml"]
    assert len(list(tmp_path.iterdir())) == 2


def test_a_bundle_reached_by_a_link_stays_where_it_is(bundle: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.fcpxmld"
    link.symlink_to(bundle, target_is_directory=True)
    film().write(link)
    assert link.is_symlink()
    assert (bundle / "Info.fcpxml").read_bytes() == TEXT


def test_a_swap_that_fails_brings_the_old_bundle_back(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {name: (bundle / name).read_bytes() for name in [*SIDE[1:], "Info.fcpxml"]}
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self.suffix == ".part":
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(FileError):
        film().write(bundle)
    assert {name: (bundle / name).read_bytes() for name in before} == before
    assert [path.name for path in tmp_path.iterdir()] == ["bundle.fcpxmld"]


def test_side_data_that_is_gone_is_an_error(bundle: Path, tmp_path: Path) -> None:
    read = fcpxml.read(bundle)
    shutil.rmtree(bundle)
    with pytest.raises(FileError, match="side data"):
        read.write(tmp_path / "other.fcpxmld")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(NotFcpxmlError, match=r"without Info\.fcpxml"):
        fcpxml.read(tmp_path)
    (tmp_path / "Info.fcpxml").mkdir()
    with pytest.raises(FileError, match="is not a file"):
        fcpxml.read(tmp_path)


# Documents in memory


def test_a_new_document_is_empty_and_readable() -> None:
    new = fcpxml.new("1.11")
    assert new.version == "1.11"
    assert new.projects == []
    assert Document.parse(new.to_bytes()).to_bytes() == new.to_bytes()


@pytest.mark.parametrize("version", ["", '1"', "1.", "x", "1.10 ", "١.١٠"])
def test_a_version_that_is_none_is_refused(version: str) -> None:
    with pytest.raises(BadValueError):
        fcpxml.new(version)


def test_a_copy_and_its_original_are_two_documents() -> None:
    one = film()
    other = one.copy()
    other.root.set("version", "1.11")
    assert one.version == "1.10"
    assert one.to_bytes() == TEXT
    assert other.to_bytes() == TEXT.replace(b"1.10", b"1.11")


def test_the_first_resource_of_an_id_wins_and_the_index_follows_changes() -> None:
    view = fcpxml.parse("<fcpxml><resources><asset id='r1' name='a'/><format id='r1'/></resources></fcpxml>")
    document = view.document
    found = document.resource("r1")
    assert found is not None
    assert found.tag == "asset"
    assert document.resource("r9") is None
    assert document.resource("") is None
    assert document.resource(None) is None
    added = view.resources.add_resource("effect", name="e")
    assert document.resource(added.element.get("id")) is added.element
    added.remove()
    assert document.resource("r9") is None
    assert len(view.resources.element) == 2


def test_a_path_counts_among_equals() -> None:
    view = fcpxml.parse("<fcpxml><event/><event><project/><!-- c --><project/></event></fcpxml>")
    assert [project.path for project in view.projects] == ["fcpxml/event[2]/project[1]", "fcpxml/event[2]/project[2]"]
    assert view.path == "fcpxml"


def test_no_resources_are_made_by_looking(tmp_path: Path) -> None:
    view = fcpxml.parse(b"<fcpxml version='1.10'>\n    <event name='E'/>\n</fcpxml>")
    before = view.to_bytes()
    assert view.resources.assets == []
    assert view.to_bytes() == before
    view.resources.add_resource("format", name="f")
    made = b'    <resources>\n        <format id="r1" name="f"/>\n    </resources>\n'
    assert view.to_bytes() == before.replace(b"    <event", made + b"    <event")


def test_a_file_written_atomically_holds_the_data(tmp_path: Path) -> None:
    write_atomic(tmp_path / "x", b"data")
    assert (tmp_path / "x").read_bytes() == b"data"
    assert documents.BUNDLE_DOCUMENT == "Info.fcpxml"
