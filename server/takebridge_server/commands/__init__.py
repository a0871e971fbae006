"""The commands of ``takebridge``, one file a topic; `takebridge_server.cli` puts them together."""
