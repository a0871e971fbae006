"""What a UXP manifest (version 5) must say before Creative Cloud and Premiere take it. Facts: Adobe's manifest pages.

Adobe's own installer answers a wrong one with a number only (-267), so every fault is found here, in words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

LOWEST_HOST = (25, 6, 0)
"""The first release of Premiere that loads UXP plugins outside a beta."""
_ID = re.compile(r"[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)+")
_VERSION = re.compile(r"(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})")
_THEMES = frozenset({"all", "lightest", "light", "medium", "dark", "darkest"})
_FILES = frozenset({"plugin", "request", "fullAccess"})
_CLIPBOARD = frozenset({"read", "readAndWrite"})
_TYPES = frozenset({"panel", "command"})
_SIZES = ("minimumSize", "maximumSize", "preferredDockedSize", "preferredFloatingSize")


def manifest_faults(manifest: object, names: Collection[str], version: str) -> tuple[str, ...]:
    """Return what is wrong, a sentence each; nothing when Premiere would take it.

    ``names`` are the files of the plugin with "/" between folders, ``version`` is the one it must have.
    """
    if not isinstance(manifest, dict):
        return ("manifest.json is not an object.",)
    return (
        *_identity(manifest, version),
        *_host(manifest.get("host")),
        *_main(manifest, names),
        *_entrypoints(manifest.get("entrypoints"), names),
        *_icons(manifest.get("icons"), "icons", names),
        *_permissions(manifest.get("requiredPermissions", {})),
    )


def _identity(manifest: Mapping[str, Any], version: str) -> Iterator[str]:
    if manifest.get("manifestVersion") != 5:
        yield "manifestVersion is not 5."
    if not _ID.fullmatch(str(manifest.get("id", ""))):
        yield "id is not a dotted name such as org.example.panel."
    name = manifest.get("name")
    if not isinstance(name, str) or not 3 <= len(name) <= 45:
        yield "name is not 3 to 45 characters."
    said = manifest.get("version")
    if not isinstance(said, str) or not _VERSION.fullmatch(said):
        yield "version is not x.y.z with numbers below 1000."
    elif said != version:
        yield f"version is {said}, the panel's is {version}."


def _host(host: object) -> Iterator[str]:
    if not isinstance(host, dict):
        yield "host is not one object: a package is for one application."
        return
    if host.get("app") != "premierepro":
        yield "host.app is not “premierepro”."
    lowest = host.get("minVersion")
    if not isinstance(lowest, str) or not re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", lowest):
        yield "host.minVersion is not x.y.z."
    elif tuple(map(int, lowest.split("."))) < LOWEST_HOST:
        yield f"host.minVersion {lowest} is below 25.6.0, which loads no UXP plugins."


def _main(manifest: Mapping[str, Any], names: Collection[str]) -> Iterator[str]:
    main = manifest.get("main", "main.js")
    if not _one_of(main, names):
        yield f"main names {main}, which is not there."


def _entrypoints(found: object, names: Collection[str]) -> Iterator[str]:
    if not isinstance(found, list) or not found:
        yield "entrypoints is not a list with a panel in it."
        return
    seen: set[str] = set()
    for number, one in enumerate(found):
        where = f"entrypoints[{number}]"
        if not isinstance(one, dict):
            yield f"{where} is not an object."
            continue
        if not _one_of(one.get("type"), _TYPES):
            yield f"{where}.type is not “panel” or “command”."
        name = one.get("id")
        if not isinstance(name, str) or not name or name in seen:
            yield f"{where}.id is missing or used twice."
        seen.add(str(name))
        label = one.get("label")
        if not isinstance(label, dict) or not isinstance(label.get("default"), str) or not label["default"]:
            yield f"{where}.label has no default."
        yield from _sizes(one, where)
        if one.get("type") == "panel":
            yield from _icons(one.get("icons"), f"{where}.icons", names)


def _sizes(one: Mapping[str, Any], where: str) -> Iterator[str]:
    for name in _SIZES:
        size = one.get(name)
        if size is None:
            continue
        edges = [size.get(edge) for edge in ("width", "height")] if isinstance(size, dict) else []
        if len(edges) != 2 or not all(type(edge) is int and edge > 0 for edge in edges):
            yield f"{where}.{name} is not a width and a height above 0."


def _icons(found: object, where: str, names: Collection[str]) -> Iterator[str]:
    if not isinstance(found, list) or not found:
        yield f"{where} is empty."
        return
    for number, icon in enumerate(found):
        spot = f"{where}[{number}]"
        if not isinstance(icon, dict) or not isinstance(icon.get("path"), str):
            yield f"{spot} has no path."
            continue
        if not all(type(icon.get(edge)) is int and icon[edge] > 0 for edge in ("width", "height")):
            yield f"{spot} has no width and height."
        if not _all_of(icon.get("theme", ["all"]), _THEMES):
            yield f"{spot}.theme is not a list of names UXP knows."
        if not _scales(icon):
            yield f"{spot}.scale is not a list of 1, 2 or 3."
            continue
        for name in icon_files(icon):
            if name not in names:
                yield f"{spot} names {name}, which is not there."


def icon_files(icon: Mapping[str, Any]) -> tuple[str, ...]:
    """The files an icon's path stands for: one a scale, ``name@2x.png`` beside ``name.png``."""
    stem, _dot, suffix = str(icon["path"]).rpartition(".")
    return tuple(f"{stem}@{scale}x.{suffix}" for scale in icon.get("scale", [1]))


def _scales(icon: Mapping[str, Any]) -> bool:
    scales = icon.get("scale", [1])
    return isinstance(scales, list) and bool(scales) and all(type(one) is int and 1 <= one <= 3 for one in scales)


def _one_of(value: object, names: Collection[str]) -> bool:
    return isinstance(value, str) and value in names


def _all_of(values: object, names: Collection[str]) -> bool:
    return isinstance(values, list) and all(_one_of(value, names) for value in values)


def _permissions(found: object) -> Iterator[str]:
    if not isinstance(found, dict):
        yield "requiredPermissions is not an object."
        return
    network = found.get("network", {})
    domains = network.get("domains") if isinstance(network, dict) else None
    if domains != "all":
        # Premiere 26.3 finds no loopback origin in a list, and a list with "all" in it lets nothing through.
        yield "requiredPermissions.network.domains is not the word “all”: Premiere refuses the bridge otherwise."
    if not _one_of(found.get("localFileSystem", "plugin"), _FILES):
        yield "requiredPermissions.localFileSystem is not plugin, request or fullAccess."
    if not _one_of(found.get("clipboard", "read"), _CLIPBOARD):
        yield "requiredPermissions.clipboard is not read or readAndWrite."
    launch = found.get("launchProcess")
    if launch is not None and not (isinstance(launch, dict) and _all_of(launch.get("schemes", []), ("https",))):
        yield "requiredPermissions.launchProcess opens more than https."
    for name in ("allowCodeGenerationFromStrings", "enableAddon"):
        if found.get(name):
            yield f"requiredPermissions.{name} is not needed by this panel."
