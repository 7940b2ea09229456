"""Tables to be loaded, grouped, joined."""
