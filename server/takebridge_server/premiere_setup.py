"""What ``takebridge install premiere`` does: the package beside the data, Adobe's installer where there is one."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from takebridge.errors import BridgeError, DiskFullError, HostRejectedError, StoreError, UnsafeFolderError
from takebridge_premiere import plugin_folder
from takebridge_premiere.building import Package, PackagingError, build, write
from takebridge_premiere.install import (
    Found,
    InstallerFailed,
    Machine,
    Plugin,
    Runner,
    found_premieres,
    install,
    installer_of,
    listed,
    remove,
    run,
)

PACKAGES = "premiere"
"""In the data folder: where the package is kept."""
OPEN_PANEL = "In Premiere: Window > UXP Plugins > TakeBridge. Then pair it: 'takebridge pair' prints a code."
_RESTART = "Quit Premiere and start it again: it looks for plugins when it starts."
_CREATIVE_CLOUD = "Install or update the Creative Cloud app, then install again."
_STATUS_HINTS: Mapping[str, str] = {
    "-631": "Sign in to the Creative Cloud app, then install again.",
    "-267": "Update the Creative Cloud app, then install again; Adobe/UPI/Log/EMCL.log says what it refused.",
    "-160": "Choose a folder that everybody may read with --to, then install again.",
}
"""What Adobe's installer means by its numbers, as users and plugin authors report them."""


class SetupReport(BaseModel):
    """An install or a removal, done or only planned (``dry_run``).

    ``package`` is the .ccx ("" when none is concerned), ``files`` what is in it (name, bytes), ``installer`` is Adobe's
    ("" when it was not found), ``done`` one of "installed", "removed", "written" (the rest is by hand), "nothing".
    """

    model_config = ConfigDict(frozen=True)

    dry_run: bool
    premieres: tuple[str, ...]
    package: str
    version: str
    files: tuple[tuple[str, int], ...]
    installer: str
    done: str
    advice: tuple[str, ...]


def set_up(
    machine: Machine, home: Path, *, to: Path | None = None, dry_run: bool = False, runner: Runner = run
) -> SetupReport:
    """Build the package into ``to`` (None: the data folder) and hand it to Adobe's installer when it is there.

    Raises UnsafeFolderError and DiskFullError for the folder, HostRejectedError when Adobe's installer refuses, and
    StoreError when the panel's own files are damaged.
    """
    package, installer = built(), installer_of(machine)
    path = (to or home / PACKAGES).absolute() / package.name
    if not dry_run:
        _written(package, path.parent)
        if installer is not None:
            _handed_over(machine, installer, path, package, runner)
    done = "installed" if installer is not None else "written"
    advice = (_RESTART, OPEN_PANEL) if installer is not None else tuple(_by_hand(machine, path))
    return _report(machine, package, str(path), installer, done, (*advice, *_missing(machine)), dry_run)


def take_out(
    machine: Machine, home: Path, *, to: Path | None = None, dry_run: bool = False, runner: Runner = run
) -> SetupReport:
    """Take the panel out of Premiere and its package out of the folder. Raises HostRejectedError, UnsafeFolderError."""
    package, installer = built(), installer_of(machine)
    path = (to or home / PACKAGES).absolute() / package.name
    there = path.is_file()
    taken = 0
    try:
        if installer is not None:
            taken = sum(one.title == package.title for one in listed(machine, installer, runner))
            if taken and not dry_run:
                remove(machine, installer, package.title, runner)
    except InstallerFailed as error:
        raise _refused(error) from error
    if there and not dry_run:
        _unlinked(path)
    advice = [_RESTART] if taken else []
    if installer is None and machine.runs_premiere:
        advice.append(
            "In the Creative Cloud app: Stock & Marketplace > Plugins > Manage plugins, then remove TakeBridge."
        )
    advice.append("A panel that was paired stays so: 'takebridge panels' lists it, 'takebridge panels revoke' ends it.")
    done = "removed" if taken or there else "nothing"
    return _report(machine, package, str(path) if there else "", installer, done, tuple(advice), dry_run)


def built() -> Package:
    """Return the package of this release. Raises StoreError when the installed files are not those of a release."""
    try:
        return build()
    except (PackagingError, OSError) as error:
        raise StoreError(
            f"The panel's own files cannot be packed: {error}", hint="Install TakeBridge again."
        ) from error


def described(found: Found) -> str:
    """A Premiere in words."""
    version = f"version {found.version}" if found.version else "version unknown from outside"
    return f"{found.path} ({version}{', beta' if found.beta else ''})"


def _handed_over(machine: Machine, installer: Path, path: Path, package: Package, runner: Runner) -> None:
    """Install it. An older one over a newer one would leave both: then all go first."""
    try:
        if any(numbers(one.version) > numbers(package.version) for one in _ours(machine, installer, package, runner)):
            remove(machine, installer, package.title, runner)
        install(machine, installer, path, runner)
    except InstallerFailed as error:
        raise _refused(error, path) from error


def _ours(machine: Machine, installer: Path, package: Package, runner: Runner) -> list[Plugin]:
    """Our plugin as it is listed; nothing when no list is to be had, which is no reason not to install."""
    try:
        return [one for one in listed(machine, installer, runner) if one.title == package.title]
    except InstallerFailed:
        return []


def numbers(version: str) -> tuple[int, ...]:
    """A version to compare; what is no number in it counts for nothing."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _refused(error: InstallerFailed, path: Path | None = None) -> HostRejectedError:
    number = f" (status {error.status})" if error.status else ""
    said = " ".join(error.said.split())[:300]
    otherwise = f"Double-click {path}, which says more." if path else "Remove it in the Creative Cloud app."
    return HostRejectedError(
        f"Adobe's installer did not do it{number}: {said or 'it said nothing.'}",
        hint=_STATUS_HINTS.get(error.status, otherwise),
        status=error.status,
    )


def _by_hand(machine: Machine, path: Path) -> Iterator[str]:
    """The two ways without Adobe's installer."""
    if machine.runs_premiere:
        yield f"Adobe's installer was not found. {_CREATIVE_CLOUD}"
        yield f"Or double-click {path}: Creative Cloud asks twice, because the panel is not from its Marketplace."
    else:
        yield f"Premiere runs on macOS and Windows. Take {path} there and double-click it."
    yield (
        "For development: switch Settings > Plugins > Enable developer mode on in Premiere, restart it, then add the "
        f"folder {plugin_folder()} in the UXP Developer Tool (2.2 or later) and load it."
    )
    yield OPEN_PANEL


def _missing(machine: Machine) -> tuple[str, ...]:
    if not machine.runs_premiere or found_premieres(machine):
        return ()
    return ("No Premiere was found in its usual place; the panel needs 25.6 or later.",)


def _written(package: Package, folder: Path) -> None:
    try:
        write(package, folder)
    except OSError as error:
        raise _in_words(error, folder) from error


def _unlinked(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _in_words(error, path) from error


def _in_words(error: OSError, path: Path) -> BridgeError:
    said = f"{path} cannot be written: {error.strerror or error}."
    if error.errno == errno.ENOSPC:
        return DiskFullError(said, hint="Free some space, then install again.")
    return UnsafeFolderError(said, hint="Choose another folder with --to.")


def _report(
    machine: Machine,
    package: Package,
    path: str,
    installer: Path | None,
    done: str,
    advice: tuple[str, ...],
    dry_run: bool,
) -> SetupReport:
    return SetupReport(
        dry_run=dry_run,
        premieres=tuple(described(one) for one in found_premieres(machine)),
        package=path,
        version=package.version,
        files=package.files,
        installer=str(installer or ""),
        done=done,
        advice=advice,
    )
