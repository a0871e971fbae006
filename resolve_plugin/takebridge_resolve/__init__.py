"""DaVinci Resolve side: the agent that runs inside Resolve and an emulator to test it against."""
