"""Columns and rows to be cleaned."""
