"""Tables of any library: how they are read, what their columns hold, and what is to be learned of them."""
