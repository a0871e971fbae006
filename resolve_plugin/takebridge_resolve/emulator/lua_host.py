"""Resolve's own Lua, stood in for by LuaJIT in this process: runs the joined Lua agent against an emulated world.

What scripts get there (free 21.1, macOS, measured by others; docs/protocol/mailbox.md): the globals ``resolve``,
``fusion``, ``fu``, ``app`` and ``bmd``; no io, no process or file functions of os, no require, package, ffi and debug;
an invisible print. API objects are userdata, absent methods nil, lists and dictionaries tables (lists carry
``__flags``), None is nil.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import lupa.luajit21 as lupa

from takebridge_resolve.building import lua_agent

from .call import ApiObject
from .prefs_file import PrefsFile
from .world import World

Waiting = Callable[[float], None]
START = "return TB.main()"
"""The last statement of the joined agent; without it the chunk gives its table of functions."""
REMOVED = ("io", "require", "package", "module", "ffi", "debug", "UIManager", "python", "newproxy", "collectgarbage")
KEPT_OF_OS = ("getenv", "time", "clock", "date", "difftime")
LIST_FLAGS = 256

HOST = """
function(offers, call)
  local newproxy, getmetatable, handles = newproxy, getmetatable, setmetatable({}, { __mode = "k" })
  local function strip(value)
    if type(value) == "userdata" and handles[value] ~= nil then
      return handles[value]
    elseif type(value) ~= "table" then
      return value
    end
    local copy = {}
    for key, entry in pairs(value) do
      copy[key] = strip(entry)
    end
    return copy
  end
  return function(object)
    local proxy = newproxy(true)
    handles[proxy] = object
    getmetatable(proxy).__index = function(_, name)
      local offered = offers(object, name)
      if offered ~= true then
        return offered
      end
      return function(self, ...)
        assert(self == proxy, name .. " is called with a colon")
        local count, arguments = select("#", ...), { ... }
        for index = 1, count do
          arguments[index] = strip(arguments[index])
        end
        return call(object, name, unpack(arguments, 1, count))
      end
    end
    return proxy
  end
end
"""
STRIPPED = """
function(removed, kept)
  print = function() end
  for _, name in ipairs(removed) do
    _G[name] = nil
  end
  local whole = os
  os = {}
  for _, name in ipairs(kept) do
    os[name] = whole[name]
  end
  if jit then
    jit.util, jit.opt = nil, nil
  end
end
"""


class Stopped(Exception):
    """Raised into a waiting script: Resolve quits."""


class Fusion:
    """The part of Fusion's object scripts may use here; ``calls`` counts what went through the user interface."""

    def __init__(self, prefs: PrefsFile) -> None:
        self.prefs = prefs
        self.calls: list[str] = []

    def SetPrefs(self, key: str, value: object = None) -> None:
        """Set a preference; nothing is on disk yet."""
        self.calls.append("SetPrefs")
        self.prefs.set(key, value)

    def GetPrefs(self, key: str) -> object:
        """Return a preference, None where there is none."""
        self.calls.append("GetPrefs")
        return self.prefs.get(key)

    def SavePrefs(self) -> None:
        """Write the preferences file."""
        self.calls.append("SavePrefs")
        self.prefs.save()


class LuaHost:
    """One Lua state in front of a world. Used by one thread at a time.

    ``home`` is TakeBridge's data folder (its mailbox is ``home/mailbox`` unless ``mailbox`` says otherwise); ``prefs``
    the preferences file, ``home/Fusion.prefs`` by default. ``wait`` stands in for the clock of ``bmd.wait``. ``script``
    is the installed agent's file, where there is one.
    """

    def __init__(
        self,
        world: World,
        home: Path,
        sandbox: bool = True,
        *,
        mailbox: Path | None = None,
        prefs: Path | None = None,
        wait: Waiting | None = None,
        script: Path | None = None,
    ) -> None:
        self.world, self.script = world, script
        self.fusion = Fusion(PrefsFile(prefs or home / "Fusion.prefs"))
        self.stopping = threading.Event()
        self.outcome = ""
        """Why the agent ended, once it has."""
        self._mailbox = mailbox or home / "mailbox"
        self._wait = wait or self._really_wait
        self._crash: BaseException | None = None
        self._lua = lupa.LuaRuntime(register_eval=False, register_builtins=False)
        self._wrap = self._lua.eval(HOST)(self._offers, self._call)
        self._give_globals(world)
        if sandbox:
            self._lua.eval(STRIPPED)(self.table(REMOVED), self.table(KEPT_OF_OS))
        self._thread: threading.Thread | None = None

    # - running

    def run(self) -> str:
        """Run the agent as it is installed, on this thread, until it ends; return why."""
        try:
            self.outcome = str(self._lua.execute(self.source()))
        except Stopped:
            self.outcome = "Resolve has quit."
        except lupa.LuaError as error:
            self.outcome = f"failed: {error}"
        return self.outcome

    def start(self) -> LuaHost:
        """Run the agent on a thread of its own."""
        self._thread = threading.Thread(target=self.run, name="lua-agent", daemon=True)
        self._thread.start()
        return self

    def stop(self, seconds: float = 10.0) -> None:
        """Quit, as Resolve does: the script ends at its next wait. Raises RuntimeError when it does not."""
        self.stopping.set()
        if self._thread is not None:
            self._thread.join(seconds)
            if self._thread.is_alive():
                raise RuntimeError("The Lua agent did not end.")

    def source(self) -> str:
        """The agent as one file: the installed one, else made for this host's mailbox."""
        if self.script is not None and self.script.exists():
            return self.script.read_text("utf-8")
        return lua_agent(str(self._mailbox))

    def functions(self) -> Any:  # noqa: ANN401 - a Lua table
        """The agent's table of functions, without starting it."""
        source = self.source().rstrip()
        if not source.endswith(START):
            raise ValueError(f"The joined agent does not end in {START!r}.")
        return self._lua.execute(source.removesuffix(START) + "return TB")

    def desk(self, sleep: Waiting = time.sleep, delays: Iterable[float] | None = None, source: str = "") -> LuaDesk:
        """A desk that runs ops on the thread that asks, with no mailbox between."""
        return LuaDesk(self, sleep, delays, source)

    def root(self) -> Any:  # noqa: ANN401 - a Lua userdata
        """The global ``resolve``."""
        return self._lua.globals().resolve

    def check(self) -> None:
        """Raise what a call into the world raised that no script may catch: a crash of the process in a test."""
        if self._crash is not None:
            raise self._crash

    # - the globals

    def _give_globals(self, world: World) -> None:
        given = self._lua.globals()
        given.resolve = self._wrap(world.resolve)
        given.fusion = given.fu = self._wrap(self.fusion)
        given.app = given.fusion
        if self.script is not None:
            given.arg = self._lua.table_from({0: str(self.script)})
        given.bmd = self._lua.table_from(
            {
                "wait": lambda seconds: self._wait(float(seconds)),
                "fileexists": lambda path: os.path.isfile(str(path)),
                "direxists": lambda path: os.path.isdir(str(path)),
                "getpid": os.getpid,
                "gettime": time.monotonic,
            }
        )

    def _really_wait(self, seconds: float) -> None:
        if self.stopping.wait(seconds):
            raise Stopped

    # - calls out of Lua

    def _offers(self, target: object, name: str) -> object:
        """True for a method of this build, a constant's value, None for a name it lacks."""
        if isinstance(target, ApiObject) and name not in dir(target):
            return None
        found = getattr(target, str(name), None)
        return True if callable(found) else found

    def _call(self, target: object, name: str, *arguments: object) -> object:
        self.check()
        try:
            return self.to_lua(getattr(target, name)(*map(from_lua, arguments)))
        except BaseException as error:
            if not isinstance(error, Exception):
                self._crash = error
            raise

    # - values

    def table(self, entries: Iterable[object]) -> Any:  # noqa: ANN401 - a Lua table
        """A Lua array."""
        return self._lua.table_from([self.to_lua(entry) for entry in entries])

    def to_lua(self, value: object) -> Any:  # noqa: ANN401 - any Lua value
        """A Python value as a script sees it."""
        if isinstance(value, ApiObject):
            return self._wrap(value)
        if isinstance(value, list | tuple):
            array = self.table(value)
            array["__flags"] = LIST_FLAGS
            return array
        if isinstance(value, Mapping):
            return self._lua.table_from({key: self.to_lua(entry) for key, entry in value.items()})
        return value


class LuaDesk:
    """The Lua agent's desk with the Python desk's face: ops and answers are dictionaries."""

    def __init__(self, host: LuaHost, sleep: Waiting, delays: Iterable[float] | None = None, source: str = "") -> None:
        self._host = host
        self._functions = host.functions()
        waits = None if delays is None else self._functions.array(host.table(delays))
        self._desk = self._functions.desk(host.root(), waits, sleep, source)

    @property
    def stopping(self) -> bool:
        """Set by ``agent.stop``."""
        return bool(self._desk.stopping)

    def execute(self, op: Mapping[str, Any]) -> dict[str, Any]:
        """Run one op and return its OpAnswer without the session."""
        lua = self._functions
        answer = self._desk.execute(self._desk, lua.decode(json.dumps(op)))
        self._host.check()
        return dict(json.loads(lua.encode(answer)))

    def capabilities(self) -> list[str]:
        """The verbs and qualifiers the agent would say hello with."""
        lua = self._functions
        return list(json.loads(lua.encode(lua.capabilities_of(self._desk.resolve, self._desk.source))))


def from_lua(value: object) -> object:
    """A Lua value as Python: tables with a first entry are lists, empty ones too; other tables dictionaries."""
    if lupa.lua_type(value) != "table":
        return value
    entries = {key: from_lua(entry) for key, entry in value.items()}  # type: ignore[attr-defined]
    if 1 in entries or not entries:
        return [entries[index] for index in range(1, len(entries) + 1) if index in entries]
    return entries


def run_lua_agent(world: World, home: Path, mailbox: Path | None = None, prefs: Path | None = None) -> str:
    """Run the Lua agent inside this process until it ends, as choosing it in the Scripts menu does; return why."""
    return LuaHost(world, home, mailbox=mailbox, prefs=prefs).run()
