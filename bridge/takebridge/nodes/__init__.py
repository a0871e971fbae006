"""Node kinds of the canvas, one file per family."""
