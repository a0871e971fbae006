"""``exchange``: the folder through which editors without an agent take part."""

from __future__ import annotations

from takebridge.client.replies import ExchangeReport
from takebridge_server import show_exchange
from takebridge_server.commands.terminal import Home, Json, bridge_at, do


def exchange(home: Home = None, as_json: Json = False) -> None:
    """Show the exchange folder: exports, answers, and what could not be read."""

    def work() -> ExchangeReport:
        with bridge_at(home) as api:
            return api.exchange()

    do(as_json, work, show_exchange.exchange)
