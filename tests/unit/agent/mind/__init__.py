"""What models do for a run, and what is made of it."""
