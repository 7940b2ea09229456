"""Errors and wrong results to be mended."""
