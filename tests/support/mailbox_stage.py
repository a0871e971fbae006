"""A postman on the test's own loop, against an agent whose every answer the test writes."""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import lupa.luajit21
from tests.support.server import PATIENCE, hello_of

from takebridge.events import EventBus
from takebridge_resolve.emulator.prefs_file import PrefsFile
from takebridge_server.mailbox import Pace, Postman
from takebridge_server.sessions import AgentHub, AgentSession

BRISK = Pace(look=0.001, idle=0.01, ping=60.0, silence=60.0, op=60.0, distrust=0.05, retry=0.01)


def lua_table(text: str) -> dict[str, Any]:
    """What Lua reads out of a file."""
    return dict(lupa.luajit21.LuaRuntime().execute(text).items())


def prefs_of(answer: str, **others: str) -> bytes:
    """A preferences file that says an answer."""
    entries = "".join(f'\t\t\t{name} = "{value}",\n' for name, value in {"Answer": answer, **others}.items())
    return f"{{\n\tGlobal = {{\n\t\tTakeBridge = {{\n{entries}\t\t}},\n\t}},\n}}".encode()


def encoded(body: Any) -> str:
    return base64.b64encode(json.dumps(body).encode()).decode()


class Stage:
    """A postman on the test's loop, and the far end of its mailbox in the test's hands."""

    def __init__(self, folder: Path, pace: Pace) -> None:
        self.now = 0.0
        self.hub = AgentHub(EventBus(), clock=lambda: self.now)
        self.postman = Postman(self.hub, folder / "mailbox", folder / "Fusion.prefs", pace)
        self.folder, self.prefs = folder / "mailbox", PrefsFile(folder / "Fusion.prefs")

    async def until(self, condition: Callable[[], Any]) -> Any:
        """Let the loop run until something is so."""

        async def asked() -> Any:
            while not (found := condition()):  # noqa: ASYNC110 - a file appears, no event tells it
                await asyncio.sleep(0.001)
            return found

        return await asyncio.wait_for(asked(), PATIENCE)

    def lying(self) -> dict[str, Any] | None:
        """The request that lies there."""
        try:
            return lua_table((self.folder / "request.lua").read_text("utf-8"))
        except FileNotFoundError:
            return None

    async def request(self, kind: str) -> dict[str, Any]:
        """Wait for a request of a kind."""

        def there() -> dict[str, Any] | None:
            found = self.lying()
            return found if found and found["kind"] == kind else None

        found: dict[str, Any] = await self.until(there)
        return found

    def say(self, id: str, body: Any, *, part: str = "1/1", **more: str) -> None:
        """Write an answer (text as it is, anything else as JSON) into the preferences."""
        data = body if isinstance(body, str) else encoded(body)
        for key, value in {"Answer": f"{id};{part};{data}", **more}.items():
            self.prefs.set(f"Global.TakeBridge.{key}", value)
        self.prefs.save()

    async def connect(self, instance: str = "lua-1") -> AgentSession:
        """Say hello; return the session."""
        asked = await self.request("hello")
        self.say(asked["id"], self.hello(instance))
        await self.until(lambda: self.postman.instance == instance)
        return self.hub.list()[-1]

    @staticmethod
    def hello(instance: str, change: dict[str, Any] | None = None) -> dict[str, Any]:
        said = hello_of(agent="takebridge-lua").model_dump(mode="json")
        return {**said, "instance": instance, **(change or {})}


def play(folder: Path, scene: Callable[[Stage], Awaitable[None]], pace: Pace = BRISK) -> None:
    """Run a scene while the postman works; afterwards nothing of it is left in the folder."""

    async def run() -> None:
        stage = Stage(folder, pace)
        working = asyncio.create_task(stage.postman.run())
        try:
            await asyncio.wait_for(scene(stage), PATIENCE)
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
        assert os.listdir(stage.folder) == []

    asyncio.run(run())
