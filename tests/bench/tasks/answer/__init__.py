"""Questions about data."""
