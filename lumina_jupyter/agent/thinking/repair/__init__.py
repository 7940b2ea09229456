"""Repairs of small models' usual slips in Python, as far as the scene makes them certain; what is not certain stays."""

from .repair import repaired, syntax_fault

__all__ = ["repaired", "syntax_fault"]
