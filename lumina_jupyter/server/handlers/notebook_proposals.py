"""`/lumina/api/notebooks/proposals`: what agents propose for a notebook, and what people decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jupyter_server.auth.decorator import authorized

from ...collaboration.proposals.proposal import Draft, Origin, Verdict
from ...errors import Forbidden
from ..notebook_base import NotebookBase


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProposal:
    """Changes that are proposed for a notebook. `run` names what its author works on; a new name when it is empty."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    changes: tuple[Draft, ...]
    path: str = ""
    kernel_id: str = ""
    run: str = ""
    author: str = "Lumina"
    model: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVerdict:
    """What is decided: hunks of one cell's edit, all that is left in a cell, or all that is left."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    path: str = ""
    kernel_id: str = ""
    cell: str = ""
    hunks: tuple[str, ...] | None = None


class ProposalsHandler(NotebookBase):
    """Lists proposals, takes new ones."""

    @authorized
    async def get(self) -> None:
        """Those of `?path=` that something is left of; all with `?decided=1`."""
        path = await self.path_in_query()
        engine = await self.engine()
        self.answer({"proposals": await engine.proposals.of_notebook(path, decided=self.flag("decided"))})

    @authorized
    async def post(self) -> None:
        """Hand one in; the notebook stays as it is."""
        new = await self.body(NewProposal)
        path = await self.path_of(new.path, new.kernel_id)
        engine = await self.engine()
        origin = Origin(run=new.run, author=new.author, model=new.model, user=self.asker, reason=new.reason)
        self.answer(await engine.proposals.propose(path, origin, new.changes))


class VerdictHandler(NotebookBase):
    """Takes decisions."""

    @authorized
    async def post(self, proposal_id: str, word: str) -> None:
        """Accept or refuse hunks of a cell, a cell, or all that is left."""
        if self.is_kernel and not self.service.settings.kernels_may_accept:
            raise Forbidden("Kernels may not decide on proposals on this server.", hint="Decide in JupyterLab.")
        given = await self.body(NewVerdict)
        path = await self.path_of(given.path, given.kernel_id)
        verdict = Verdict(accept=word == "accept", by=self.reviewer, cell=given.cell, hunks=given.hunks)
        engine = await self.engine()
        self.answer(await engine.proposals.decide(proposal_id, path, verdict))
