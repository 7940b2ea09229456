"""Forecasting: series become a table of what was known and what came of it, which is learned like any other."""
