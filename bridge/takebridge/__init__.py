"""TakeBridge: the generation canvas, the cut, and everything that keeps the two in step."""
