"""Contract servers: each speaks one provider's API on 127.0.0.1, quirks included, and counts what it would charge."""
