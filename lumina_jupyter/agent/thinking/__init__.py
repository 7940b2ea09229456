"""Thinking: what models do for a run, through the gateway alone: they read, plan, write, answer and criticise."""

from .mind import ModelMind
from .speeds import Speeds

__all__ = ["ModelMind", "Speeds"]
