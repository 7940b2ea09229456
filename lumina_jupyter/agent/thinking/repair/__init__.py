"""Repairs of small models' usual slips in Python, as far as the scene makes them certain; what is not certain stays."""

from .certain import certain_fix
from .repair import repaired, syntax_fault

__all__ = ["certain_fix", "repaired", "syntax_fault"]
