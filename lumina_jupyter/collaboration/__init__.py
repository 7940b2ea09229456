"""Live notebooks: people and an agent in one document, every edit by id and hash, everything undoable."""

from .author import Author
from .cell import Cell, CellType, Notebook
from .replica import Replica

__all__ = ["Author", "Cell", "CellType", "Notebook", "Replica"]
