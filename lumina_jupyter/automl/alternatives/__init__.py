"""Other models than the one that a search has put together, and what speaks for that one."""
