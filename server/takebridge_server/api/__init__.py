"""HTTP and WebSocket surfaces: one router a file, thin over the services."""
