"""Durable jobs on the job engine."""
