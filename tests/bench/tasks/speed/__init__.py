"""Code to be made faster."""
