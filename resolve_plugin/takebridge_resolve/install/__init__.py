"""Put the right agent into Resolve's script folders, see what is there, take it out again. Standard library only."""

from __future__ import annotations

from .copying import CopyFailed, apply
from .places import AppStore, Folder, Found, Machine, Scope, found_resolves, script_folders
from .planning import AGENTS, Step, is_ours, mailbox_for, plan_install, plan_removal

__all__ = [
    "AGENTS",
    "AppStore",
    "CopyFailed",
    "Folder",
    "Found",
    "Machine",
    "Scope",
    "Step",
    "apply",
    "found_resolves",
    "is_ours",
    "mailbox_for",
    "plan_install",
    "plan_removal",
    "script_folders",
]
