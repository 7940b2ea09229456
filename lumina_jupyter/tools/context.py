"""In which surroundings a call happens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .actor import Actor
from .asking.pause import Pause
from .autonomy import Autonomy
from .choice import ALL
from .counterpart import NOBODY, Counterpart
from .effects import EFFECTS, Effect

if TYPE_CHECKING:
    from .asking.account import Account
    from .progress import Asked


def _nobody_watches(_progress: object) -> None:
    return


async def nothing_to_prepare() -> None:
    """For calls that nothing has to be made ready for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolContext:
    """What a tool knows of its call, given by who calls it.

    `notebook` is the path of the notebook that the call belongs to, empty for none; `tell` shows a line of progress
    to whoever watches. A tool that is stopped is cancelled, as any asyncio task is.
    """

    actor: Actor
    notebook: str = ""
    kernel_id: str = ""
    active_cell: str = ""
    """The cell that the person was in when she asked; empty where no face tells."""
    call_id: str = ""
    conversation: str = ""
    approval: str = ""
    """The id of the approval that allowed this call, where one was needed."""
    allowed: frozenset[Effect] = frozenset(EFFECTS)
    """The effects for which the person behind the call has the rights on this server; no approval adds to them."""
    autonomy: Autonomy | None = None
    """What may be done here without asking; None for what the settings say. Told by the server, never by a model."""
    audience: str = ""
    """The one person who may see and decide this call's approvals; empty for whoever may use this server."""
    counterpart: Counterpart = NOBODY
    """Whoever called, for a tool that needs to know something while it runs."""
    tools: tuple[str, ...] = ALL
    """Patterns of the names of the tools that this actor has at all, such as a persona's; see `choice`."""
    tell: Callable[[str], None] = _nobody_watches
    noted: Callable[[Asked], None] = _nobody_watches
    """Shows whoever watches what a person is asked while the tool runs, and that it is over."""
    account: Account | None = None
    """What tools may have a model answer in the turn or run that the call belongs to."""
    pause: Pause = field(default_factory=Pause)
    """The time of this call that is not its tool's."""
    step: int = 0
    """The step of the actor's run, under which what is written can be undone by itself; 0: each call is one."""
    model: str = ""
    """The model that wrote what is written here, for the cells' provenance."""
    prepare: Callable[[], Awaitable[None]] = nothing_to_prepare
    """Awaited when the call is allowed and before the tool runs; the call fails with what it raises."""
