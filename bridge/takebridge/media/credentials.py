"""Content Credentials: what a file itself says of how it was made (C2PA 2.x), read where the optional reader is there.

A re-encode drops them. The bridge therefore keeps the file a provider handed over as it came, and reads them there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_MADE_BY_MODELS = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "algorithmicMedia")
"""Last parts of the IPTC digital source types that name a model as (part of) the maker."""
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Credentials:
    """The active manifest. ``state`` is the reader's own word: Valid, Trusted or Invalid.

    ``issuer`` is who signed, ``generator`` the program that made the claim, "" where it does not say.
    ``made_by_model``: an action names a model as (part of) the maker.
    """

    state: str
    issuer: str
    generator: str
    made_by_model: bool

    def facts(self) -> dict[str, bool | int | str]:
        """Return them as facts of a take's output."""
        return {
            "credentials": self.state,
            "credentials_issuer": self.issuer,
            "credentials_generator": self.generator,
            "credentials_made_by_model": self.made_by_model,
        }


def can_read() -> bool:
    """Say whether the reader is installed (extra ``provenance``)."""
    return find_spec("c2pa") is not None


def read_credentials(path: Path) -> Credentials | None:
    """Return what a file's manifest says; None without one, or where no reader is installed.

    Never raises: a damaged manifest is an Invalid one, a file nobody can look into has none.
    """
    if not can_read() or not path.is_file() or path.stat().st_size == 0:
        return None
    import c2pa  # 25 MB of shared library: only where a result is looked into

    try:
        with c2pa.Reader(str(path)) as reader:
            said = json.loads(reader.json())
    except c2pa.C2paError as error:
        return None if _has_none(error) else Credentials("Invalid", "", "", made_by_model=False)
    except (OSError, ValueError):
        return None
    return _credentials_of(said) if isinstance(said, dict) else None


def _credentials_of(said: dict[str, Any]) -> Credentials | None:
    manifest = _at(said, "manifests", str(said.get("active_manifest", "")))
    if not isinstance(manifest, dict):
        return None
    generators = manifest.get("claim_generator_info") or []
    named = generators[0].get("name", "") if generators and isinstance(generators[0], dict) else ""
    return Credentials(
        state=_words(said.get("validation_state")) or "Invalid",
        issuer=_words(_at(manifest, "signature_info", "issuer")),
        generator=_words(named or manifest.get("claim_generator")),
        made_by_model=any(kind in json.dumps(manifest.get("assertions", [])) for kind in _MADE_BY_MODELS),
    )


def _at(found: object, *names: str) -> object:
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _words(value: object) -> str:
    return " ".join(value.split())[:_LONGEST] if isinstance(value, str) else ""


def _has_none(error: Exception) -> bool:
    """Say whether the reader found no manifest at all, or a kind of file it does not know."""
    kinds = {type(error).__name__, str(error).partition(":")[0].strip()}
    return bool(kinds & {"ManifestNotFound", "_C2paManifestNotFound", "NotSupported", "_C2paNotSupported"})
