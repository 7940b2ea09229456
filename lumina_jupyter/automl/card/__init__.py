"""A model's card: what stands in it, and how it is written."""
