"""Stand-ins for what cannot be had on every machine: for tests, demos, and people who extend the bridge."""
