"""Cells run by the server, with no browser open."""
