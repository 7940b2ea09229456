"""Code and notebooks to be described."""
