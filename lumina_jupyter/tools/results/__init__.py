"""What tools gave back, made fit for a model: masked, shortened with a handle to read on, and marked as data."""

from .masking import masked
from .read_more import read_more_tool
from .results import Results
from .untrusted import TOOLS_NOTE, for_model

__all__ = ["TOOLS_NOTE", "Results", "for_model", "masked", "read_more_tool"]
