"""Durable state: database, media store, ledger, and the lock of the data folder."""
