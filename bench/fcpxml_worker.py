"""The processes the FCPXML benchmark measures: each does one job and says what it cost.

Usage: fcpxml_worker.py trips ADAPTER LOG FOLDER FILE…    read and write each file with an OTIO adapter
       fcpxml_worker.py rates ADAPTER FOLDER              write and read three clips at each rate
       fcpxml_worker.py cost JOB FILE [DTD_FOLDER]        JOB: bare, ours, ours-otio, or an adapter name; see COSTS

The last line on the original stdout is JSON; whatever adapters print goes nowhere.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

import fcpxml_made

OURS = "takebridge_fcpxml"


def trips(adapter: str, log: str, folder: str, *files: str) -> dict[str, Any]:
    """Read and write each file with the adapter. A line of JSON a file goes to ``log`` as soon as it is done."""
    from opentimelineio import adapters

    for name in files:
        told: dict[str, Any] = {"file": name, "read": False, "written": False, "error": ""}
        try:
            found = adapters.read_from_file(name, adapter_name=adapter)
            told["read"] = True
            adapters.write_to_file(found, str(Path(folder, Path(name).name)), adapter_name=adapter)
            told["written"] = True
        except Exception as error:  # noqa: BLE001 - any way of failing is the measurement
            told["error"] = f"{type(error).__name__}: {error}"[:200]
        with Path(log).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(told) + "\n")
    return {}


def rates(adapter: str, folder: str) -> dict[str, Any]:
    """What became of three clips at each rate: ``ok``, or the difference in words."""
    return {name: _three(adapter, typed, exact, Path(folder, "three.fcpxml")) for name, (typed, exact) in _rates()}


def _rates() -> list[tuple[str, tuple[float, Any]]]:
    return list(fcpxml_made.RATES.items())


def _three(adapter: str, typed: float, exact: Any, path: Path) -> str:  # noqa: ANN401
    try:
        _write(adapter, fcpxml_made.otio_three(typed), path)
    except Exception as error:  # noqa: BLE001
        return f"write raises {type(error).__name__}"
    try:
        back = _read(adapter, path)
        clips = list(back.find_clips()) if hasattr(back, "find_clips") else []
        seen = [(clip.source_range.start_time, clip.source_range.duration) for clip in clips]
    except Exception as error:  # noqa: BLE001
        return f"read raises {type(error).__name__}"
    frames = tuple((start.value, length.value) for start, length in seen)
    told = {float(time.rate) for pair in seen for time in pair}
    if frames != fcpxml_made.THREE:
        lengths = f"{[length for _, length in fcpxml_made.THREE]}→{[length for _, length in frames]}"
        return f"frames {lengths} at {', '.join(f'{rate:g}' for rate in sorted(told))}"
    if any(abs(rate - float(exact)) > 1e-9 for rate in told):
        return f"rate {', '.join(f'{rate:.6g}' for rate in sorted(told))}"
    return "ok"


def _write(adapter: str, timeline: Any, path: Path) -> None:  # noqa: ANN401
    if adapter == OURS:
        from takebridge_fcpxml.otio import from_otio

        from_otio(timeline)[0].write(path)
        return
    from opentimelineio import adapters

    adapters.write_to_file(timeline, str(path), adapter_name=adapter)


def _read(adapter: str, path: Path) -> Any:  # noqa: ANN401
    if adapter == OURS:
        from takebridge_fcpxml import read
        from takebridge_fcpxml.otio import to_otio

        return to_otio(read(path).document)[0]
    from opentimelineio import adapters

    return adapters.read_from_file(str(path), adapter_name=adapter)


Steps = list[tuple[str, Callable[[], Any]]]


def cost(job: str, subject: str, dtds: str = "") -> dict[str, Any]:
    """CPU seconds of each step and of all, imports left out, and peak memory in MB."""
    with tempfile.TemporaryDirectory(prefix="fcpxml-bench-") as folder:
        out = Path(folder, "out.fcpxml")
        make = COSTS.get(job)
        steps = make(Path(subject), Path(dtds) if dtds else None, out) if make else _peer(job, int(subject), out)
        spent: dict[str, float] = {}
        for name, step in steps:
            began = process_time()
            step()
            spent[name] = process_time() - began
        size = out.stat().st_size
    return {"cpu": sum(spent.values()), "steps": spent, "peak_mb": _peak_mb(), "bytes": size}


def _peak_mb() -> float:
    """Peak resident memory. Linux's getrusage also counts the parent before exec, so /proc comes first."""
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1024)


def _bare(subject: Path, dtds: Path | None, out: Path) -> Steps:
    """The floor: what lxml alone needs for the same file."""
    from lxml import etree

    held: dict[str, Any] = {}

    def parse() -> None:
        held["tree"] = etree.parse(str(subject))

    def validate() -> None:
        if dtds is not None:
            version = held["tree"].getroot().get("version").replace(".", "_")
            etree.DTD(str(dtds / f"FCPXMLv{version}.dtd")).validate(held["tree"])

    def write() -> None:
        out.write_bytes(etree.tostring(held["tree"], encoding="UTF-8", xml_declaration=True))

    return [("read", parse), ("dtd", validate), ("write", write)]


def _ours(subject: Path, dtds: Path | None, out: Path) -> Steps:
    """Read, DTD, lint, typed view of every item, write: nothing is shared between the steps but the document."""
    import takebridge_fcpxml as fcpxml

    lint = lint_package()
    held: dict[str, Any] = {}

    def parse() -> None:
        held["film"] = fcpxml.read(subject)

    def validate() -> None:
        if dtds is not None and lint is not None:
            lint.validate(held["film"].document, dtds)

    def check() -> None:
        if lint is not None:
            lint.lint(held["film"].document)

    def view() -> None:
        for project in held["film"].projects:
            for placed in fcpxml.place(project.sequence):
                typed(placed)
            for marker in project.descendants(fcpxml.view.Marker):
                _ = marker.start, marker.value

    return [
        ("read", parse),
        ("dtd", validate),
        ("lint", check),
        ("view", view),
        ("write", lambda: held["film"].write(out)),
    ]


def typed(placed: Any) -> tuple[Any, ...]:  # noqa: ANN401
    """What an application asks of an item: its place, and name, source start, state, media and roles."""
    item = placed.item
    return (
        placed.record_start,
        placed.duration,
        placed.lane,
        item.name,
        item.start,
        item.enabled,
        item.asset,
        item.roles,
    )


def lint_package() -> Any:  # noqa: ANN401
    """The lint package, None until it is part of the library."""
    try:
        from takebridge_fcpxml import lint
    except ImportError:
        return None
    return lint


def _ours_otio(subject: Path, dtds: Path | None, out: Path) -> Steps:
    """OTIO to FCPXML and back, as the adapters do it."""
    import opentimelineio  # noqa: F401 - the import is no part of the cost

    import takebridge_fcpxml.otio  # noqa: F401

    return _peer(OURS, int(subject.name), out)


def _peer(adapter: str, clips: int, out: Path) -> Steps:
    """Write the long film from OTIO with an adapter, and read it back."""
    import opentimelineio

    timeline = fcpxml_made.otio_film(clips)
    opentimelineio.adapters.available_adapter_names()
    return [("write", lambda: _write(adapter, timeline, out)), ("read", lambda: _read(adapter, out))]


COSTS: dict[str, Callable[[Path, Path | None, Path], Steps]] = {"bare": _bare, "ours": _ours, "ours-otio": _ours_otio}
JOBS: dict[str, Callable[..., dict[str, Any]]] = {"trips": trips, "rates": rates, "cost": cost}


def main() -> None:
    """Run one job with the real stdout kept for its answer."""
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    told = JOBS[sys.argv[1]](*sys.argv[2:])
    answer.write(json.dumps(told) + "\n")
    answer.flush()


if __name__ == "__main__":
    main()
