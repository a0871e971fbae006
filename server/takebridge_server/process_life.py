"""Whether a process is still the one it was: by its id and by when it began, because ids are given out again.

Asking costs microseconds, runs no program and does nothing to the process. Where a system does not say when a process
began (``began`` is ""), a successor with the same id cannot be told from it: then nobody may take the id for a sign of
life, only its absence for the end.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Life:
    """One process. ``began`` is the system's own count, only ever compared with another one of the same system."""

    pid: int
    began: str = ""

    def has_ended(self) -> bool:
        """Whether it is gone, or its id belongs to another process by now."""
        now = life_of(self.pid)
        return now is None or (bool(now.began and self.began) and now.began != self.began)


def life_of(pid: int) -> Life | None:
    """Return the process with this id, None where there is none. One that has ended and is not reaped is none."""
    if pid <= 0 or pid >= 1 << 31:
        return None
    return _life_of(pid)


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _QUERY_AND_WAIT = 0x00101000  # PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE
    _NO_SUCH_PROCESS = 87  # ERROR_INVALID_PARAMETER is what OpenProcess says then
    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.OpenProcess.restype = wintypes.HANDLE

    def _life_of(pid: int) -> Life | None:
        handle = _kernel.OpenProcess(_QUERY_AND_WAIT, False, pid)
        if not handle:
            return None if ctypes.get_last_error() == _NO_SUCH_PROCESS else Life(pid)
        try:
            if _kernel.WaitForSingleObject(wintypes.HANDLE(handle), 0) == 0:
                return None
            times = [wintypes.FILETIME() for _ in range(4)]
            told = _kernel.GetProcessTimes(wintypes.HANDLE(handle), *(ctypes.byref(time) for time in times))
            return Life(pid, f"{times[0].dwHighDateTime}.{times[0].dwLowDateTime}" if told else "")
        finally:
            _kernel.CloseHandle(wintypes.HANDLE(handle))

elif sys.platform == "darwin":
    import ctypes
    import struct

    _BSD_INFO, _BSD_INFO_BYTES, _ZOMBIE = 3, 136, 5  # PROC_PIDTBSDINFO, struct proc_bsdinfo, SZOMB (sys/proc_info.h)
    _system = ctypes.CDLL(None)

    def _life_of(pid: int) -> Life | None:
        told = ctypes.create_string_buffer(_BSD_INFO_BYTES)
        if _system.proc_pidinfo(pid, _BSD_INFO, ctypes.c_uint64(0), told, _BSD_INFO_BYTES) != _BSD_INFO_BYTES:
            return _signalled(pid)  # another user's process does not let itself be looked at
        status, (seconds, micros) = struct.unpack_from("=I", told, 4)[0], struct.unpack_from("=QQ", told, 120)
        return None if status == _ZOMBIE else Life(pid, f"{seconds}.{micros:06d}")

else:

    def _life_of(pid: int) -> Life | None:
        try:
            told = Path(f"/proc/{pid}/stat").read_bytes()
        except OSError:
            return _signalled(pid)
        # proc(5): the name in brackets may hold anything; behind it the state (field 3) … the start (field 22).
        fields = told.rpartition(b")")[2].split()
        return None if len(fields) < 20 or fields[0] in (b"Z", b"X") else Life(pid, fields[19].decode())


def _signalled(pid: int) -> Life | None:
    """Ask by a signal that is none. Never called on Windows, where it would end the process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        return Life(pid)
    return Life(pid)
