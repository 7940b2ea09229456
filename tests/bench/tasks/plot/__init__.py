"""Figures to be drawn or mended."""
