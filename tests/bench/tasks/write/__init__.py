"""Functions to be written."""
