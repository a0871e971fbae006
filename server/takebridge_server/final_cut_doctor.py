"""``takebridge doctor fcp``: the folder Final Cut exports into, its library, its exports, what cannot be read."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from takebridge.client.api import Api
from takebridge.client.http import BridgeClient
from takebridge.client.replies import ExchangeReport
from takebridge.errors import BridgeError
from takebridge_server.doctor import Check, Diagnosis, bridge_checks
from takebridge_server.show_exchange import FINAL_CUT

_AGAIN = "Bring the folder back, or start the bridge with another: takebridge serve --final-cut FOLDER"
_SERVE = "Start the bridge with: takebridge serve --final-cut FOLDER"


def diagnose_final_cut(home: Path, library: Path | None = None) -> Diagnosis:
    """Look at what stands between Final Cut and the bridge. Never raises."""
    return Diagnosis(checks=tuple(_checks(home, library)))


def _checks(home: Path, library: Path | None) -> Iterator[Check]:
    checks = bridge_checks(home)
    yield from checks
    if not all(check.ok for check in checks):
        return
    try:
        with BridgeClient(home) as client:
            report = Api(client).exchange()
    except BridgeError as error:
        yield Check(name=FINAL_CUT, ok=False, message=error.message, hint=error.hint)
        return
    found = next((one for one in (report, *report.more) if one.product == FINAL_CUT and one.folder), None)
    if found is None:
        yield Check(name="Folder", ok=False, message="This bridge watches no folder of Final Cut.", hint=_SERVE)
        return
    yield _folder(found)
    yield _library(library)
    yield from _exports(found)


def _folder(found: ExchangeReport) -> Check:
    if found.problem:
        return Check(name="Folder", ok=False, message=found.problem, hint=_AGAIN)
    if not os.access(found.folder, os.W_OK):
        said = f"{found.folder} may not be written, so no answer can be put there."
        return Check(name="Folder", ok=False, message=said, hint="Give yourself write permission, or choose another.")
    return Check(name="Folder", ok=True, message=f"{found.folder}, may be written")


def _library(library: Path | None) -> Check:
    if library is None:
        return Check(name="Library", ok=True, message="the one each export comes from")
    if not library.exists():
        said = f"{library} is not there; Final Cut makes it when it imports."
        return Check(name="Library", ok=True, message=said)
    return Check(name="Library", ok=True, message=str(library))


def _exports(found: ExchangeReport) -> Iterator[Check]:
    for item in found.unreadable:
        said = item.message.removeprefix(f"{item.name}: ")
        yield Check(name=item.name, ok=False, message=said, hint=item.hint, fatal=False)
    if not found.timelines:
        hint = "In Final Cut: select the project, File > Export XML, metadata view “Extended”, into this folder."
        yield Check(name="Exports", ok=False, message="Nothing exported yet.", hint=hint, fatal=False)
    for one in found.timelines:
        yield Check(name="Export", ok=True, message=f"“{one.title}” from {one.name}, {one.clips} clips")
    if sys.platform != "darwin":
        yield Check(name="Import", ok=True, message="by hand on this machine: File > Import > XML in Final Cut")
