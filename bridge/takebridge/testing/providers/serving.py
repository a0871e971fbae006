"""A contract server on 127.0.0.1, in a thread of this process, on a port of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

_PATIENCE = 20.0


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """Serve an ASGI app; give its base URL. It is gone when the block ends."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", lifespan="off", ws_max_size=2**26)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="contract-server", daemon=True)
    thread.start()
    edge = time.monotonic() + _PATIENCE
    while not server.started:
        if not thread.is_alive() or time.monotonic() > edge:
            raise RuntimeError("the contract server did not start")
        time.sleep(0.005)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(_PATIENCE)
