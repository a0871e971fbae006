"""The local bridge server: wiring, HTTP and WebSocket surfaces, sessions of host agents, the command line."""
