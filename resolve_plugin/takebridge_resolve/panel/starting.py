"""Starting a bridge, and being the only panel of a data folder."""

from __future__ import annotations

import getpass
import hashlib
import sys
from pathlib import Path

from PySide6.QtCore import QIODevice, QObject, QProcess, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

LOG = "bridge-start.log"
_KNOCK_MS = 500


def start_bridge(home: Path) -> str:
    """Start ``takebridge serve`` for a data folder, detached: it outlives the panel and is never stopped by it.

    Returns what is in the way, in words, "" when it was started. A second one gives way by itself.
    """
    program, arguments = sys.executable, ["-m", "takebridge_server", "serve", "--home", str(home)]
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        return f"The data folder {home} cannot be made: {error.strerror}. Point TAKEBRIDGE_HOME at another one."
    process = QProcess()
    process.setProgram(program)
    process.setArguments(arguments)
    process.setStandardInputFile(QProcess.nullDevice())
    process.setStandardOutputFile(str(home / LOG), QIODevice.OpenModeFlag.Append)
    process.setStandardErrorFile(str(home / LOG), QIODevice.OpenModeFlag.Append)
    started = process.startDetached()
    if not (started[0] if isinstance(started, tuple) else started):
        return "The bridge could not be started. Run takebridge serve in a terminal."
    return ""


def instance_name(home: Path) -> str:
    """Return the name under which the panel of this person and data folder can be called."""
    user = getpass.getuser()
    return "takebridge-panel-" + hashlib.sha256(f"{user}|{home.absolute()}".encode()).hexdigest()[:24]


def raise_first(name: str) -> bool:
    """Ask the panel that runs already to come to the front; says whether there is one."""
    socket = QLocalSocket()
    socket.connectToServer(name)
    there = socket.waitForConnected(_KNOCK_MS)
    if there:
        socket.write(b"raise\n")
        socket.waitForBytesWritten(_KNOCK_MS)
        socket.disconnectFromServer()
    return there


class OnlyOne(QObject):
    """Holds the name of this panel; ``called`` when a second one was started."""

    called = Signal()

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        if not self._server.listen(name):
            QLocalServer.removeServer(name)  # left behind by a panel that crashed
            self._server.listen(name)
        self._server.newConnection.connect(self._on_call)

    def _on_call(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            self.called.emit()

    def close(self) -> None:
        """Give the name free."""
        self._server.close()
