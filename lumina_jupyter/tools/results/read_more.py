"""The tool by which a model reads on in a long result."""

from __future__ import annotations

from ...errors import InvalidArguments
from ..context import ToolContext
from ..declaration import declared
from ..tool import Tool
from .results import Results

NAME = "read_more"


def read_more_tool(results: Results) -> Tool:
    """The tool over these results."""

    def read_more(handle: str, context: ToolContext, offset: int = 0) -> str:
        """Read on in a long result of a tool.

        Args:
            handle: The handle that the shortened result names.
            context: Whose call it is.
            offset: How many characters to leave out at the beginning.
        """
        text = results.store.read(handle, context.actor, context.audience)
        if not 0 <= offset < len(text):
            raise InvalidArguments(f"`offset` must be from 0 to {len(text) - 1}.")
        # Room for the line below, so that this result is not shortened itself.
        end = offset + max(1, results.characters - 200)
        left = len(text) - end
        more = f"\n[{left:,} characters follow: offset={end}.]" if left > 0 else ""
        return text[offset:end] + more

    return declared(read_more, effects=["read"], name=NAME, title="Read on in a result")
