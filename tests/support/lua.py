"""The Lua agent's functions in LuaJIT, and in plain Lua 5.1 for what must hold there too."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from takebridge_resolve.emulator import World
from takebridge_resolve.emulator.lua_host import LuaHost

EMPTY: dict[str, Any] = {
    "project": "Demo",
    "timeline": {"name": "Cut", "rate": "24", "start_timecode": "01:00:00:00", "width": 320, "height": 180},
    "clips": [],
}
NOWHERE = Path("/nonexistent/takebridge")


@cache
def lua_host() -> LuaHost:
    """A host in the sandbox, with an empty timeline in front of it."""
    return LuaHost(World.from_spec(EMPTY, "21.1 free"), NOWHERE)


@cache
def functions() -> Any:
    """The table of the agent's functions."""
    return lua_host().functions()
