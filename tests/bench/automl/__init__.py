"""AutoML beside its peers: the same splits, budgets and cores, each entrant in an environment and a process of its own."""
