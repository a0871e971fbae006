"""The panel's tests need Qt's system libraries; without them they are left out, and that is said."""

from __future__ import annotations

try:
    import PySide6.QtNetwork
    import PySide6.QtWidgets  # noqa: F401
except ImportError as error:
    collect_ignore_glob = ["test_*.py"]
    _WHY = f"Qt does not load here ({error}): the panel's tests did NOT run."


def pytest_report_header() -> str:
    """Say in the first lines of a run that the panel was not tested."""
    return globals().get("_WHY", "The panel's tests run on Qt's offscreen platform.")
