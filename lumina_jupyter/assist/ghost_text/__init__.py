"""Ghost text: code that is suggested where somebody types.

`GhostText` suggests, `GhostTextRequest` says where, `GhostTextModels` knows which model.
"""

from .models import GhostTextModels
from .request import CellText, GhostTextRequest
from .suggestions import GhostText

__all__ = ["CellText", "GhostText", "GhostTextModels", "GhostTextRequest"]
