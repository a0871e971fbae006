"""How Final Cut Pro is to import a document: ``import-options``, the first thing in it, and where its library lies."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from takebridge_fcpxml import layout
from takebridge_fcpxml.edit.plan import legal_text
from takebridge_fcpxml.view import Fcpxml

LIBRARY, SUPPRESS_WARNINGS, COPY_ASSETS = "library location", "suppress warnings", "copy assets"
"""Options Final Cut Pro knows. Without a library location 12.3 imports nothing and says nothing."""


def set_import_options(film: Fcpxml, options: Mapping[str, str]) -> None:
    """Set options by key; others stay as they are. The element is made where it is missing, as the first one.

    Raises BadValueError for text XML cannot hold; nothing is changed then.
    """
    wanted = {legal_text(key, "key"): legal_text(value, "value") for key, value in options.items()}
    root = film.document.root
    holder = root.find("import-options")
    if holder is None:
        holder = etree.Element("import-options")
        layout.insert(root, 0, holder)
    known = {option.get("key"): option for option in holder.iterchildren("option")}
    for key, value in wanted.items():
        if key in known:
            known[key].set("value", value)
        else:
            layout.insert(holder, len(holder), etree.Element("option", {"key": key, "value": value}))


def library_location(film: Fcpxml) -> str:
    """The file URL of the library a document was exported from, "" when it does not say."""
    library = film.document.root.find("library")
    return "" if library is None else library.get("location", "")
