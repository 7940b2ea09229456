"""Conversations as files, one format a module: to be kept, to be read elsewhere, and to come back.

`export` writes, `read` reads back what `json` and `chat` hold.
"""

from .exporting import FORMATS, File, export
from .importing import IMPORTED, Imported, read

__all__ = ["FORMATS", "IMPORTED", "File", "Imported", "export", "read"]
