"""Live notebooks: people and an agent in one document, every edit by id and hash, everything undoable."""

from .document.author import Author
from .document.cell import Cell, CellType, Notebook
from .document.document import NotebookDocument
from .document.edits import Edit, Lines, Replace, Whole
from .document.provenance import Provenance, provenance_in
from .replicas.notebook_file import ChangedOnDisk, FileState, NotebookFile
from .replicas.notebooks import Notebooks
from .replicas.places import DiskPlaces, Places
from .replicas.replica import Replica
from .undo.recorder import Recorder

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
