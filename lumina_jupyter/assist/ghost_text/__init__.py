"""Ghost text: code that is suggested where somebody types.

`GhostText` suggests, `GhostTextRequest` says where, `GhostTextModels` knows which model,
`NotebookPolicies` where it is allowed, `Variables` what there is to work with.
"""

from .models import GhostTextModels
from .policies import NotebookPolicies
from .request import CellText, GhostTextRequest
from .suggestions import GhostText
from .variables import Variables

__all__ = ["CellText", "GhostText", "GhostTextModels", "GhostTextRequest", "NotebookPolicies", "Variables"]
