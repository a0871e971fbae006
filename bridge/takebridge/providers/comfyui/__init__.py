"""Workflows of the user's own ComfyUI as models: files, what binds them to a node, and how a run is watched."""
