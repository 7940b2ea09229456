"""A model that works with tools: it calls, reads what came back, and goes on until it answers."""

from .loop import Abilities, ToolLoop

__all__ = ["Abilities", "ToolLoop"]
