"""The Lua agent as a text: it compiles on Lua 5.1 and LuaJIT, and asks for nothing the sandbox lacks."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import lupa.lua51
import lupa.luajit21
import pytest
from tests.support.lua import EMPTY, NOWHERE

import takebridge_resolve
from takebridge_resolve.agent import desk as python_desk
from takebridge_resolve.building import lua_agent
from takebridge_resolve.emulator import World
from takebridge_resolve.emulator.lua_host import KEPT_OF_OS, REMOVED, LuaHost

PARTS = sorted((Path(takebridge_resolve.__file__).parent / "lua").glob("*.lua"))
GIVEN = {"resolve", "fusion", "app", "bmd", "arg", "jit"}
"""Globals Resolve gives a script; jit, arg and app may be missing."""
LANGUAGE = {"string", "table", "math", "os", "type", "pairs", "ipairs", "next", "select", "tostring", "tonumber"}
LANGUAGE |= {"pcall", "error", "_VERSION", "setmetatable", "getmetatable", "unpack", "loadfile", "setfenv"}
"""What the language itself gives and the sandbox leaves."""


@pytest.mark.parametrize("runtime", [lupa.lua51, lupa.luajit21], ids=["lua51", "luajit"])
def test_it_compiles(runtime: Any) -> None:
    complaint = runtime.LuaRuntime().eval("function(s) local _, why = loadstring(s, '=agent') return why end")
    assert complaint(lua_agent("/some/where")) is None


@pytest.mark.parametrize("command", [("luajit", "-b"), ("luac5.1", "-p")], ids=lambda command: command[0])
def test_the_systems_own_compiler_takes_it(command: tuple[str, ...], tmp_path: Path) -> None:
    found = shutil.which(command[0])
    if found is None:
        pytest.skip(f"{command[0]} is not installed; Lua 5.1 and LuaJIT were asked in this process instead")
    source, out = tmp_path / "agent.lua", [str(tmp_path / "agent.out")] if command[0] == "luajit" else []
    source.write_text(lua_agent("/some/where"), "utf-8")
    done = subprocess.run([found, *command[1:], str(source), *out], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


GLOBALS = """
function(source)
  local util = require("jit.util")
  local function parts(f, pc)
    local instruction = util.funcbc(f, pc)
    return instruction and bit.band(instruction, 0xff), instruction and bit.rshift(instruction, 16)
  end
  local get, set = parts(loadstring("return A"), 1), parts(loadstring("A = 1"), 2)
  local found = {}
  local function walk(f)
    local pc = 1
    while util.funcbc(f, pc) do
      local op, constant = parts(f, pc)
      if op == get or op == set then
        found[util.funck(f, -constant - 1)] = true
      end
      pc = pc + 1
    end
    local n = -1
    while util.funck(f, n) ~= nil do
      if type(util.funck(f, n)) == "proto" then
        walk(util.funck(f, n))
      end
      n = n - 1
    end
  end
  walk(loadstring(source))
  return found
end
"""
"""Every global a chunk reads or sets, by its bytecode; the two instructions are recognised in chunks that have them."""


def globals_of(source: str) -> set[str]:
    return set(lupa.luajit21.LuaRuntime().eval(GLOBALS)(source).keys())


def test_globals_are_found_in_functions_in_functions() -> None:
    source = "local a = 1 local function f() return function() b.c = d end end e = f x = {y = z}"
    assert globals_of(source) == {"b", "d", "e", "x", "z"}


def test_it_uses_no_global_the_sandbox_lacks() -> None:
    assert globals_of(lua_agent()) <= GIVEN | LANGUAGE


def test_it_asks_os_only_for_what_the_sandbox_keeps() -> None:
    source = re.sub(r"--[^\n]*", "", lua_agent())
    used = set(re.findall(r"\bos\.(\w+)", source))
    assert used and used <= set(KEPT_OF_OS)


def test_the_sandbox_is_one() -> None:
    host = LuaHost(World.from_spec(EMPTY, "21.1 free"), NOWHERE)
    ask = host._lua.eval
    assert [name for name in REMOVED if ask(name) is not None] == []
    assert [ask(f"os.{name}") for name in ("execute", "remove", "rename", "exit", "tmpname")] == [None] * 5
    assert ask("print('nobody sees this')") is None
    assert ask("bmd.readfile == nil and bmd.writefile == nil and bmd.readdir == nil")
    assert ask("type(loadfile) == 'function' and type(setfenv) == 'function' and type(bit) == 'table'")


def test_absent_methods_are_nil_and_handles_are_opaque() -> None:
    host = LuaHost(World.from_spec(EMPTY, "18.6"), NOWHERE)
    assert host._lua.eval("type(resolve)") == "userdata"
    assert host._lua.eval("resolve.IsStudio == nil and resolve.NoSuchThing == nil")
    assert host._lua.eval("resolve:GetProductName()") == "DaVinci Resolve Studio"


def test_it_offers_the_verbs_of_the_python_agent() -> None:
    host = LuaHost(World.from_spec(EMPTY, "21.1 free"), NOWHERE)
    assert set(host.functions().OPS.keys()) == set(python_desk.OPS)


def test_parts_fit_on_a_few_screens_and_stand_in_blocks() -> None:
    assert len(PARTS) > 10
    for path in PARTS:
        lines = path.read_text("utf-8").splitlines()
        assert len(lines) <= 400, path.name
        if path.name not in ("00_head.lua", "99_start.lua"):
            assert "do" in lines and lines[-1].startswith("end -- "), path.name


def test_its_calls_into_resolve_are_the_apis() -> None:
    """Every ``thing:Name(`` and every name handed to call_if, has or ask is a method of the emulator's classes or of
    Fusion."""
    from takebridge_resolve.emulator import API_CLASSES
    from takebridge_resolve.emulator.call import api_methods

    known = {name for owner in API_CLASSES for name in api_methods(owner)} | {"SetPrefs", "SavePrefs", "MapPath"}
    known |= {"GetResolve"}
    source = lua_agent()
    used = set(re.findall(r":([A-Z]\w+)\(", source)) | set(
        re.findall(r'(?:call_if|has|ask)\([\w.\[\]]+, "([A-Z]\w+)"', source)
    )
    assert used and used <= known
