"""How a search is seen: its board, and where that is shown while it runs."""
