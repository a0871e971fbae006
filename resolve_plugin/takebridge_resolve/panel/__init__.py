"""The panel: a window beside the editor that talks to the bridge."""
