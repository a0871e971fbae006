"""Put the right agent into Resolve's script folders, and take it out again."""
