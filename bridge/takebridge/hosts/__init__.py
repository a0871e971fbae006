"""Hosts (editor applications): the wire protocol their agents speak."""
