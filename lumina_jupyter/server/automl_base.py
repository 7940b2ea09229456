"""What the routes of AutoML share: whose experiments are meant, and who may have work done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .tool_base import ToolBase

if TYPE_CHECKING:
    from ..automl.jobs import History, Jobs


class AutoMLBase(ToolBase):
    """A route over experiments. Those of other people do not exist; beginning work takes the right to run kernels."""

    async def jobs(self) -> Jobs:
        """The searches."""
        return (await self.engine()).automl

    async def history(self) -> History:
        """What has ended, as the database has it."""
        return (await self.engine()).experiments

    async def check_may_work(self) -> None:
        """Nothing when who asks could do by themselves what a process does that works on a table.

        Raises:
            Forbidden: when not.
        """
        await self.check_rights(("read", "execute"))

    async def body_or(self, default: Any) -> Any:
        """The request's body as a dataclass; the default where there is none."""
        return await self.body(type(default)) if self.request.body else default
