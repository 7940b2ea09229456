"""Questions about code and the notebook."""
