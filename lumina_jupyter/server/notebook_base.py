"""What the routes over notebooks share: who may read and write them, and which notebook is meant."""

from __future__ import annotations

from typing import ClassVar

from ..errors import Forbidden, InvalidBody
from .base import LuminaHandler
from .rights import may

_SHARED_DRIVE = "RTC:"
_READING = frozenset({"GET", "HEAD"})


class NotebookBase(LuminaHandler):
    """A route over notebooks. Reading one takes the right to read contents, everything else the right to write them."""

    also: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Further rights that changing something takes, as (action, resource)."""

    async def prepare(self, **options: object) -> None:
        """Let in who may come in and has the rights. A kernel reads and writes files as it likes, and is not asked."""
        await super().prepare(**options)
        if self.service.renames is not None:
            await self.service.renames.followed()
        if self.is_kernel or self.current_user is None or self.request.method == "OPTIONS":
            return
        reads = self.request.method in _READING
        needed = (("read", "contents"),) if reads else (("write", "contents"), *self.also)
        for action, resource in needed:
            if not await may(self, action, resource):
                raise Forbidden(f"You may not {action} {resource} on this server.", hint="Ask the server's owner.")

    @property
    def reviewer(self) -> str:
        """Who decides, for people to read."""
        person = self.viewer.person
        return "a kernel" if person is None else person.name or self.asker

    async def path_in_query(self) -> str:
        """The notebook that `?path=` names, or that `?kernel_id=` belongs to.

        Raises:
            InvalidBody: when there is none.
        """
        return await self.path_of(self.get_query_argument("path", ""), self.get_query_argument("kernel_id", ""))

    async def path_of(self, path: str, kernel_id: str = "") -> str:
        """A notebook's path below the server's root; that of the kernel's notebook when a kernel is named.

        Raises:
            InvalidBody: when neither names a notebook.
        """
        path = path.removeprefix(_SHARED_DRIVE).strip("/")
        found = await self.service.notebooks.of_kernel(kernel_id, path)
        if not found:
            raise InvalidBody("path must name a notebook.", field="path")
        return found
