"""Who is asking: people with roles, their sessions, invites and one-time keys (docs/people.md)."""
