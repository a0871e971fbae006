"""The contract suite of remote providers as rows: what came of every scenario with every adapter."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.support.provider_rig import all_cases, media_in, rig_over, served
from tests.support.provider_scenarios import SCENARIOS, NotOffered


@dataclass(frozen=True)
class Row:
    """One cell: "ok", "not offered", or what went wrong."""

    adapter: str
    scenario: str
    outcome: str


def matrix() -> list[Row]:
    """Run everything; a scenario that fails is a row, not an exception."""
    with tempfile.TemporaryDirectory(prefix="takebridge-matrix-") as folder:
        root = Path(folder)
        (root / "media").mkdir()
        media = media_in(root / "media")
        rows = []
        for case in all_cases():
            with served(case) as server:
                for name, scenario in SCENARIOS.items():
                    home = root / case.name / name
                    home.mkdir(parents=True)
                    rows.append(Row(case.name, name, _outcome(scenario, rig_over(case, server, home, media))))
        return rows


def _outcome(scenario, rig) -> str:  # type: ignore[no-untyped-def]  # noqa: ANN001
    try:
        scenario(rig)
    except NotOffered:
        return "not offered"
    except Exception as error:  # noqa: BLE001 - the cell says what it was
        return f"{type(error).__name__}: {error}"
    return "ok"
