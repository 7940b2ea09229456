"""Live notebooks: people and an agent in one document, every edit by id and hash, everything undoable."""

from .author import Author
from .cell import Cell, CellType, Notebook
from .document import NotebookDocument
from .edits import Edit, Lines, Replace, Whole
from .notebook_file import ChangedOnDisk, FileState, NotebookFile
from .notebooks import Notebooks
from .places import DiskPlaces, Places
from .provenance import Provenance, provenance_in
from .recorder import Recorder
from .replica import Replica

__all__ = [
    "Author",
    "Cell",
    "CellType",
    "ChangedOnDisk",
    "DiskPlaces",
    "Edit",
    "FileState",
    "Lines",
    "Notebook",
    "NotebookDocument",
    "NotebookFile",
    "Notebooks",
    "Places",
    "Provenance",
    "Recorder",
    "Replace",
    "Replica",
    "Whole",
    "provenance_in",
]
