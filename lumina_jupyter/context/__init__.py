"""What a model may see now: the notebook, its kernel's variables, files; and the packing into a token budget.

`NotebookView` is the notebook as it is looked at.
"""

from .view import CellKind, CellView, NotebookView, Selection

__all__ = ["CellKind", "CellView", "NotebookView", "Selection"]
