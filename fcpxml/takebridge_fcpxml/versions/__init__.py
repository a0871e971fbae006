"""Versions of FCPXML: which construct belongs to which, and conversion between them with a loss report."""

from takebridge_fcpxml.versions.convert import DEFAULT, WRITABLE, apply, number, to_version
from takebridge_fcpxml.versions.history import READABLE

__all__ = ["DEFAULT", "READABLE", "WRITABLE", "apply", "number", "to_version"]
