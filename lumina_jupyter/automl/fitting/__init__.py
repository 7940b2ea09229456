"""One fit from its call to its return: what was asked for, what it works on, and what it leaves behind."""
