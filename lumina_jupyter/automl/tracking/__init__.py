"""Searches that have ended, told to an MLflow server as well where one is set.

It is done in a process of its own, for which nobody waits: MLflow's client takes seconds to load, and its server may be slow.
"""
