"""Which rows are held out: folds that fit the data, whose groups and order in time are found in it."""

from lumina_jupyter.automl.splitting.choice import LEAST_ROWS, choose_validation

__all__ = ["LEAST_ROWS", "choose_validation"]
