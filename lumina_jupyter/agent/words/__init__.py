"""What words say plainly, with the scene before them; no model takes part."""

from .clues import Clues, clues_of, complexity_of, word_complexity

__all__ = ["Clues", "clues_of", "complexity_of", "word_complexity"]
