"""Settings: read once from the environment, frozen, passed down."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from takebridge.client.address import LOOPBACK
from takebridge.client.private import require_private
from takebridge.errors import UnsafeFolderError, UsageError
from takebridge.timebase import parse_edit_rate
from takebridge_server.listen import Outside, outside_of

LogLevel = Literal["debug", "info", "warning", "error"]


class Settings(BaseModel):
    """``port`` 0 takes a free one; ``handles`` are extra frames on each side of a clip sent out.

    ``exchange`` is the folder for editors driven by files, ``exchange_rate`` the rate of EDLs in it. ``final_cut`` is
    the folder Final Cut exports into, ``final_cut_library`` the library answers go into (None: the one it was exported
    from). ``mailbox`` is the
    folder shared with an agent in Resolve's own Lua (None: below ``home``), ``fusion_prefs`` the preferences file it
    answers through (None: where Resolve has it). ``listen`` (an address and port) is where people on other machines
    reach the bridge, with the certificate ``tls_cert`` and its key ``tls_key``, under ``public_name``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path
    host: str = LOOPBACK
    port: int = Field(default=0, ge=0, le=65535)
    ffmpeg: Path | None = None
    handles: int = Field(default=12, ge=0, le=1000)
    log_level: LogLevel = "info"
    exchange: Path | None = None
    exchange_rate: str = "24"
    final_cut: Path | None = None
    final_cut_library: Path | None = None
    mailbox: Path | None = None
    fusion_prefs: Path | None = None
    listen: str | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    public_name: str | None = None

    def outside(self) -> Outside | None:
        """Return the listener for people on other machines, None without one. Raises UsageError."""
        return outside_of(self.listen, self.tls_cert, self.tls_key, self.public_name)

    @model_validator(mode="after")
    def _outside_in_full(self) -> Self:
        self.outside()
        return self

    @field_validator("host")
    @classmethod
    def _only_loopback(cls, host: str) -> str:
        # A UsageError, not a ValueError: pydantic lets it through as it is.
        if host != LOOPBACK:
            raise UsageError(
                f"The bridge listens on {LOOPBACK} only; “{host}” is not offered.",
                hint="People on other machines come in with --listen and TLS (docs/people.md), or an SSH tunnel.",
            )
        return host

    @field_validator("exchange", "final_cut", "final_cut_library", "mailbox", "fusion_prefs", "tls_cert", "tls_key")
    @classmethod
    def _an_absolute_path(cls, path: Path | None) -> Path | None:
        return None if path is None else path.expanduser().absolute()

    @field_validator("final_cut_library")
    @classmethod
    def _a_library(cls, path: Path | None) -> Path | None:
        if path is not None and path.suffix.lower() != ".fcpbundle":
            raise UsageError(
                f"“{path.name}” is no Final Cut library.",
                hint="A library is called NAME.fcpbundle; Final Cut shows where: select it, File > Reveal in Finder.",
            )
        return path

    @model_validator(mode="after")
    def _folders_of_their_own(self) -> Self:
        if self.exchange and self.final_cut and self.exchange.resolve() == self.final_cut.resolve():
            raise UsageError(
                f"“{self.exchange}” cannot be the exchange folder and Final Cut's at once: every export would be "
                "answered twice.",
                hint="Give Final Cut a folder of its own with --final-cut, or leave out --exchange.",
            )
        return self

    @field_validator("exchange_rate")
    @classmethod
    def _a_rate(cls, rate: str) -> str:
        return str(parse_edit_rate(rate))

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()


ENVIRONMENT: Mapping[str, str] = {
    "TAKEBRIDGE_HOME": "home",
    "TAKEBRIDGE_HOST": "host",
    "TAKEBRIDGE_PORT": "port",
    "TAKEBRIDGE_FFMPEG": "ffmpeg",
    "TAKEBRIDGE_HANDLES": "handles",
    "TAKEBRIDGE_LOG_LEVEL": "log_level",
    "TAKEBRIDGE_EXCHANGE": "exchange",
    "TAKEBRIDGE_EXCHANGE_RATE": "exchange_rate",
    "TAKEBRIDGE_FINAL_CUT": "final_cut",
    "TAKEBRIDGE_FINAL_CUT_LIBRARY": "final_cut_library",
    "TAKEBRIDGE_MAILBOX": "mailbox",
    "TAKEBRIDGE_FUSION_PREFS": "fusion_prefs",
    "TAKEBRIDGE_LISTEN": "listen",
    "TAKEBRIDGE_TLS_CERT": "tls_cert",
    "TAKEBRIDGE_TLS_KEY": "tls_key",
    "TAKEBRIDGE_PUBLIC_NAME": "public_name",
}
"""Environment variable to field; an empty variable counts as unset."""


def load_settings(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:  # noqa: ANN401 - any field
    """Read the settings; ``overrides`` that are not None win. Raises UsageError, in words, for a bad value."""
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {field: environ[name] for name, field in ENVIRONMENT.items() if environ.get(name)}
    values.update({field: value for field, value in overrides.items() if value is not None})
    values.setdefault("home", default_home(environ))
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"]))
        names = {field: name for name, field in ENVIRONMENT.items()}
        raise UsageError(
            f"The setting “{field}” cannot be “{first['input']}”: {first['msg']}.",
            hint=f"Correct {names.get(field, field)} or unset it.",
        ) from error


def default_home(environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Return the data folder of this platform.

    Spelled out rather than asked of a library: agents inside editors work out the same path with the standard
    library alone, so XDG_DATA_HOME is not looked at.
    """
    home = Path(environ.get("HOME") or Path.home())
    if platform == "darwin":
        return home / "Library" / "Application Support" / "takebridge"
    if platform == "win32":
        local = environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "takebridge"
    return home / ".local" / "share" / "takebridge"


def prepare_home(home: Path) -> None:
    """Create the data folder for its owner alone. Raises UnsafeFolderError when others can look into it."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = home.stat()
    except OSError as error:
        raise UnsafeFolderError(
            f"The data folder {home} cannot be used: {error.strerror}.",
            hint="Point TAKEBRIDGE_HOME at a folder of your own.",
            path=str(home),
        ) from error
    require_private(home, found)
