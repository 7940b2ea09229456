"""The search: which candidate is tried next, when it is given up, when it is over, and what is made of the best."""
