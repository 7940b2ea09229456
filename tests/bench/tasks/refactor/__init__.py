"""Code to be written otherwise that does the same."""
