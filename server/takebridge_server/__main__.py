"""``python -m takebridge_server``: the same as ``takebridge``."""

from takebridge_server.cli import main

main()
