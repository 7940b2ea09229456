"""Edits that wait for somebody's leave."""
