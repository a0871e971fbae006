"""The provider that runs on this machine: super-resolution and previz, without key or network."""
