"""Providers of generation: profiles as data and four verbs."""
