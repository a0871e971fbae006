"""Join the parts of an agent to the one file that is copied into Resolve."""
