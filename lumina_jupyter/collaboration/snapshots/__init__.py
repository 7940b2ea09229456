"""Earlier states of notebooks: kept, compared, restored."""
