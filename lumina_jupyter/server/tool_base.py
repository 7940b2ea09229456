"""What the routes of tools share: who calls, and what they have the rights to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import Forbidden
from .base import LuminaHandler
from .rights import may

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..memory.question import Right
    from ..tools import Actor

NEEDED: dict[Right, tuple[str, str]] = {
    "read": ("read", "contents"),
    "write": ("write", "contents"),
    "execute": ("execute", "kernels"),
    # Who runs kernels reaches the network from there.
    "network": ("execute", "kernels"),
}
"""The right of Jupyter's, as action and resource, without which nobody has an effect on this server."""


async def rights_of(handler: LuminaHandler) -> tuple[Right, ...]:
    """The effects that who asks may have, by the server's authorizer. A kernel can do as much without us."""
    if handler.is_kernel:
        return tuple(NEEDED)
    return tuple([effect for effect, (action, resource) in NEEDED.items() if await may(handler, action, resource)])


class ToolBase(LuminaHandler):
    """A route of tools. They speak of notebooks: who may not read these may see none of it."""

    async def prepare(self, **options: Any) -> None:
        """Let in who may come in and may read contents. A kernel reads files as it likes, and is not asked."""
        await super().prepare(**options)
        if self.is_kernel or self.current_user is None or self.request.method == "OPTIONS":
            return
        if not await may(self, "read", "contents"):
            raise Forbidden("Tools are open to those who may read notebooks.", hint="Ask the server's owner.")

    @property
    def actor(self) -> Actor:
        """Who calls: a person, or a kernel, which is none."""
        from ..tools import Actor

        return Actor("magic", "", name="kernel") if self.is_kernel else Actor("user", self.asker)

    @property
    def decider(self) -> str:
        """Who decides, for people to read."""
        person = self.viewer.person
        return "a kernel" if person is None else person.name or self.asker

    async def check_rights(self, effects: Iterable[Right]) -> None:
        """Nothing when who asks could have these effects without us.

        Raises:
            Forbidden: when not: nobody can permit what they may not do themselves.
        """
        missing = set(effects) - set(await rights_of(self))
        if missing:
            action, resource = NEEDED[min(missing)]
            raise Forbidden(f"You may not {action} {resource} on this server.", hint="Ask the server's owner.")


class DecidingBase(ToolBase):
    """A route on which people decide; kernels only where a setting lets them."""

    def check_decider(self) -> None:
        """Nothing when who asks may decide.

        Raises:
            Forbidden: when it is a kernel: what runs in it may be what the model wrote.
        """
        if self.is_kernel and not self.service.settings.kernels_may_approve:
            raise Forbidden(
                "A kernel may not decide about approvals.",
                hint="Decide in JupyterLab or with `lumina approvals`; or set `c.Lumina.kernels_may_approve`.",
            )
