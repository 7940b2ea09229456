"""Checkpoints: what is kept before a step, so that it can be taken back."""
