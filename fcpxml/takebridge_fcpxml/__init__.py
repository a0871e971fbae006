"""FCPXML as a library of its own (reserved name; the codec is not part of this release)."""
