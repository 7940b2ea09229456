"""`/lumina/api/context/variables`: what a kernel's variables are, also while a cell runs; closed to kernels."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import ClassVar, Literal

from jupyter_server.auth.decorator import authorized

from ...errors import Forbidden
from ..base import LuminaHandler


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedVariables:
    """Which variables: all, in a line each, or those of `names` in detail; under the notebook's own `policy`."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    kernel_id: str
    names: tuple[str, ...] | None = None
    policy: Literal["values", "schema-only", "off"] = "values"


class VariablesHandler(LuminaHandler):
    """Looks into a kernel."""

    kernels_allowed = False

    @authorized
    async def post(self) -> None:
        """Say what is seen, or was last, and how long ago; takes a second at most."""
        wanted = await self.body(WantedVariables)
        await self._check_kernels()
        eyes = self.service.eyes
        if wanted.names is None:
            self.answer(await eyes.variables(wanted.kernel_id, policy=wanted.policy))
        else:
            self.answer(await eyes.look(wanted.kernel_id, wanted.names, policy=wanted.policy))

    async def _check_kernels(self) -> None:
        """Who may not read kernels may not look into them.

        Raises:
            Forbidden: for them.
        """
        allowed = self.authorizer.is_authorized(self, self.current_user, "read", "kernels")
        if not (await allowed if inspect.isawaitable(allowed) else allowed):
            raise Forbidden("You may not look into this server's kernels.")
