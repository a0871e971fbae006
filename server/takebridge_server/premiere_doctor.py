"""The doctor for Premiere: everything between a package and a connected panel, each thing with one next step.

Premiere tells nothing from outside: its version comes from Adobe's installer, the application's own facts or its name,
in that order; whether the panel is loaded is only known once it has called the bridge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from takebridge.client.http import BridgeClient
from takebridge.errors import BridgeError
from takebridge_premiere import PANEL_VERSION
from takebridge_premiere.building import Package
from takebridge_premiere.install import (
    Found,
    InstallerFailed,
    Machine,
    Plugin,
    Runner,
    found_premieres,
    hosts_in,
    installer_of,
    listing,
    plugins_in,
    run,
    unpacked,
)
from takebridge_premiere.manifest import LOWEST_HOST
from takebridge_server.doctor import Check, Diagnosis
from takebridge_server.premiere_setup import PACKAGES, built, described, numbers
from takebridge_server.resolve_doctor import bridge_and_port, status_now

_INSTALL = "Run 'takebridge install premiere', then restart Premiere."
_AGAIN = "Run 'takebridge install premiere --uninstall', then 'takebridge install premiere', and restart Premiere."
_OPEN = "In Premiere: Window > UXP Plugins > TakeBridge."
_PAIR = "Open the panel in Premiere, run 'takebridge pair' and type its code into the panel."
_UPDATE_PREMIERE = "Update Premiere in the Creative Cloud app: panels of this kind need 25.6 or later."
_FILES = "Until then exchange files: 'takebridge export --for premiere'."


def diagnose_premiere(home: Path, machine: Machine | None = None, *, runner: Runner = run) -> Diagnosis:
    """Look at Premiere, the panel put into it, and the bridge it calls. Never raises."""
    machine = machine or Machine()
    bridge = bridge_and_port(home)
    status = status_now(home) if all(check.ok for check in bridge) else None
    hosts = [host for host in status["hosts"] if host["host"] == "premiere"] if status else []
    package = _built()
    listed = _listed(machine, runner)
    checks = [
        *_application(machine, listed, connected=bool(hosts)),
        *_installer(machine, listed),
        *(_plugin(machine, package, listed, connected=bool(hosts)) if isinstance(package, Package) else (package,)),
        *(_kept(home, package) if isinstance(package, Package) else ()),
        *_developer(machine),
        *bridge,
        *(_panels(home, connected=bool(hosts)) if status else ()),
        *(_sessions(hosts) if status else ()),
        *(_problems(status) if status else ()),
    ]
    return Diagnosis(checks=tuple(checks))


# --- what is on the disk --------------------------------------------------------------------------------


def _built() -> Package | Check:
    try:
        return built()
    except BridgeError as error:
        return Check(name="Panel", ok=False, message=error.message, hint=error.hint)


def _listed(machine: Machine, runner: Runner) -> str | InstallerFailed | None:
    """What Adobe's installer lists; None when there is none."""
    installer = installer_of(machine)
    if installer is None:
        return None
    try:
        return listing(machine, installer, runner)
    except InstallerFailed as error:
        return error


def _application(machine: Machine, listed: object, *, connected: bool) -> Iterator[Check]:
    found = found_premieres(machine)
    hosts = hosts_in(listed) if isinstance(listed, str) else ()
    versions = [version for host, version in hosts if host.startswith("Premiere")]
    if not machine.runs_premiere:
        said = "Premiere runs on macOS and Windows. From here its panel can be built and taken there."
        yield Check(name="Premiere", ok=True, message=said)
    elif not found and not versions:
        if connected:
            yield Check(name="Premiere", ok=True, message="Not in its usual place, and connected all the same.")
        else:
            said = "Not found in its usual place."
            yield Check(name="Premiere", ok=False, message=said, hint=f"{_UPDATE_PREMIERE} {_FILES}", fatal=False)
    else:
        yield _version(found, [version for version in versions if version], connected=connected)


def _version(found: Sequence[Found], versions: Sequence[str], *, connected: bool) -> Check:
    """Whether one of them loads our panel. Adobe's installer knows best; a year alone says no minor version."""
    told = "; ".join([*map(described, found), *(f"{version}, says Adobe's installer" for version in versions)])
    known = [numbers(version) for version in versions or [one.version for one in found] if version]
    if connected or not known or any(_new_enough(version) for version in known):
        return Check(name="Premiere", ok=True, message=told)
    return Check(name="Premiere", ok=False, message=f"Too old: {told}", hint=f"{_UPDATE_PREMIERE} {_FILES}")


def _new_enough(version: tuple[int, ...]) -> bool:
    """Whether it is 25.6 or later, or may be: a major version alone is given the benefit of the doubt."""
    return version >= LOWEST_HOST[: len(version)]


def _installer(machine: Machine, listed: object) -> Iterator[Check]:
    if not machine.runs_premiere:
        return
    if listed is None:
        hint = "Install the Creative Cloud app, or double-click the package 'takebridge install premiere' writes."
        said = "Adobe's installer was not found in its place."
        yield Check(name="Creative Cloud", ok=False, message=said, hint=hint, fatal=False)
    elif isinstance(listed, InstallerFailed):
        said = f"Adobe's installer does not list its plugins: {listed}"
        hint = "Open the Creative Cloud app, sign in, then look again."
        yield Check(name="Creative Cloud", ok=False, message=said, hint=hint, fatal=False)
    else:
        yield Check(name="Creative Cloud", ok=True, message="Adobe's installer answers.")


def _plugin(machine: Machine, package: Package, listed: object, *, connected: bool) -> Iterator[Check]:
    """The panel as it is installed. One that is connected may have come by the UXP Developer Tool."""
    if not machine.runs_premiere:
        return
    if isinstance(listed, str):
        ours = [one for one in plugins_in(listed) if one.title == package.title and one.host.startswith("Premiere")]
        yield from _as_listed(ours, connected=connected)
        return
    versions = unpacked(machine, package.id)
    if versions:
        yield _one_version(versions, connected=connected)
    elif connected:
        yield Check(name="Panel", ok=True, message="Loaded, and not installed: by the UXP Developer Tool.")
    else:
        yield Check(name="Panel", ok=False, message="The panel is not installed.", hint=_INSTALL)


def _as_listed(ours: Sequence[Plugin], *, connected: bool) -> Iterator[Check]:
    disabled = [one.version for one in ours if not one.enabled]
    enabled = tuple(one.version for one in ours if one.enabled)
    if enabled:
        yield _one_version(enabled, connected=connected)
    elif disabled:
        hint = "Creative Cloud app: Stock & Marketplace > Plugins > Manage plugins, switch TakeBridge on."
        yield Check(name="Panel", ok=False, message=f"Version {disabled[0]} is switched off.", hint=hint)
    elif connected:
        yield Check(name="Panel", ok=True, message="Loaded, and not installed: by the UXP Developer Tool.")
    else:
        yield Check(name="Panel", ok=False, message="The panel is not installed.", hint=_INSTALL)


def _one_version(versions: Sequence[str], *, connected: bool) -> Check:
    different = sorted(set(versions), key=numbers)
    if len(different) > 1:
        said = f"Versions {', '.join(different)} are installed at once."
        return Check(name="Panel", ok=False, message=said, hint=_AGAIN, fatal=False)
    if different[0] == PANEL_VERSION:
        return Check(name="Panel", ok=True, message=f"Version {PANEL_VERSION} is installed.")
    said = f"Version {different[0]} is installed, this release has {PANEL_VERSION}."
    return Check(name="Panel", ok=False, message=said, hint=_INSTALL, fatal=not connected)


def _kept(home: Path, package: Package) -> Iterator[Check]:
    """The package in the data folder, if there is one: an old one would be installed again by a double-click."""
    path = home / PACKAGES / package.name
    try:
        same = path.read_bytes() == package.data
    except OSError:
        return
    if same:
        yield Check(name="Package", ok=True, message=f"{path}, of this release")
    else:
        said = f"{path} is not of this release."
        yield Check(name="Package", ok=False, message=said, hint="Run 'takebridge install premiere'.", fatal=False)


def _developer(machine: Machine) -> Iterator[Check]:
    if machine.runs_premiere:
        said = "Only the UXP Developer Tool needs it: Premiere's Settings > Plugins > Enable developer mode, restart."
        yield Check(name="Developer mode", ok=True, message=said)


# --- what runs ------------------------------------------------------------------------------------------


def _panels(home: Path, *, connected: bool) -> Iterator[Check]:
    """The port panels call, and which of them may."""
    try:
        with BridgeClient(home) as client:
            port = client.address.port
            found = client.get("/api/panels")
    except BridgeError as error:
        yield Check(name="Paired panels", ok=False, message=error.message, hint=error.hint, fatal=False)
        return
    yield Check(name="Port", ok=True, message=f"Panels call 127.0.0.1:{port}.")
    names = [str(one["name"]) for one in (found["panels"] if isinstance(found, dict) else found)]
    if names:
        yield Check(name="Paired panels", ok=True, message=", ".join(names))
    elif not connected:
        yield Check(name="Paired panels", ok=False, message="No panel is paired.", hint=_PAIR)


def _sessions(hosts: Sequence[Mapping[str, Any]]) -> Iterator[Check]:
    if not hosts:
        hint = f"{_OPEN} Is it there already, its first line says what keeps it from the bridge."
        yield Check(name="Connection", ok=False, message="No panel is connected.", hint=hint)
    if len(hosts) > 1:
        said = f"{len(hosts)} panels are connected; each works on its own Premiere."
        yield Check(name="Connection", ok=True, message=said)
    for host in hosts:
        yield from _of_session(host)


def _of_session(host: Mapping[str, Any]) -> Iterator[Check]:
    name = f"{host['product']} {host['version']}"
    error = host.get("error")
    if error and error["code"] in ("host_busy", "host_timeout"):
        hint = "Close dialogs in Premiere, then look again. Nothing is lost meanwhile."
        yield Check(name=name, ok=False, message="Premiere is busy: its panel does not answer.", hint=hint)
    elif error:
        yield Check(name=name, ok=False, message=error["message"], hint=error["hint"])
    elif host["timeline"] is None:
        said, hint = "The panel answers, no sequence is open.", "Open a sequence in Premiere."
        yield Check(name=name, ok=False, message=said, hint=hint, fatal=False)
    else:
        open_one = f"“{host['timeline']['timeline_name']}” is open"
        yield Check(name=name, ok=True, message=f"The panel answers, {open_one}")
    yield from _of_version(name, host.get("agent_version") or "")


def _of_version(name: str, version: str) -> Iterator[Check]:
    if not version or version == PANEL_VERSION:
        return
    said = f"The panel is {version}, this release has {PANEL_VERSION}."
    newer = numbers(version) > numbers(PANEL_VERSION)
    hint = "Update TakeBridge and start the bridge again." if newer else _INSTALL
    yield Check(name=name, ok=False, message=said, hint=hint, fatal=False)


def _problems(status: Mapping[str, Any]) -> Iterator[Check]:
    """What the bridge itself has against a panel or its file."""
    for problem in status["problems"]:
        if "panel" in problem.casefold():
            hint = "Mend that, then start the bridge again."
            yield Check(name="Bridge", ok=False, message=problem, hint=hint, fatal=False)
