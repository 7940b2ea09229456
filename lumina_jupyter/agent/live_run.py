"""A run that works, or that somebody looks at: its log, the hand on it, and as whom it calls tools and models."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from ..events import Usage
from ..settings import Lumina
from ..tools import Actor, ToolContext
from ..tools.asking.account import Account
from .autonomy import autonomy_of
from .control import Control
from .executor.budget import check_budget, seconds_worked
from .executor.repetition import Repetition
from .gears import GEARS, Gear, GearName, Grid
from .gears.shifting import Shifter
from .ledger import Ledger
from .mind import Thinking
from .personas import Persona
from .run import RunRequest, RunState, RunView
from .run_events import Spent, StateChanged, Thought
from .run_log import RunLog
from .run_view import WORKING

FIRST_GEAR = 3
"""The gear in which the words are read before one is chosen."""
GEAR_NAMES: dict[int, GearName] = {1: "1", 2: "2", 3: "3", 4: "4", 5: "5"}


async def nothing_to_prepare() -> None:
    """For calls that change nothing."""


class LiveRun:
    """One run.

    Args:
        settings: What they say when a call is made holds for it.
        request: What was asked.
        audience: The one who may see it; empty for whoever may use this server.
        log: What happened.
        persona: Who works; Lumina itself when omitted.
    """

    def __init__(
        self, settings: Lumina, request: RunRequest, audience: str, log: RunLog, persona: Persona | None = None
    ) -> None:
        self._settings = settings
        self.request = request
        self.persona = persona
        self.audience = audience
        self.log = log
        self.control = Control()
        self.repetition = Repetition()
        self._account = Account(settings, check=self.check_budget, spent=self._spent)
        self.notebook = request.notebook
        self.kernel_id = request.kernel_id
        self.gear_name: GearName = request.gear
        self.shifter = Shifter(log.view.gear or FIRST_GEAR, name=request.gear, most=request.most_gear)
        self._wished = 0
        self.waits = False
        """Whether an approval is waited for."""
        self.was_interrupted = False
        """Whether it goes on after the end of a server."""

    @property
    def id(self) -> str:
        """Its id."""
        return self.request.run_id

    @property
    def view(self) -> RunView:
        """The run as people see it."""
        return replace(self.log.view, notebook=self.notebook)

    @property
    def ledger(self) -> Ledger:
        """What it has done."""
        return self.log.ledger

    @property
    def gear(self) -> Gear:
        """The gear that it is in, with no more than the run was given."""
        gear = GEARS.get(self.log.view.gear) or GEARS[FIRST_GEAR]
        tokens, usd = self.request.most_tokens or gear.tokens, self.request.most_usd
        return replace(gear, tokens=min(gear.tokens, tokens), usd=gear.usd if usd is None else min(gear.usd, usd))

    def state(self, state: RunState, why: str = "") -> None:
        """Be in another state; while it is paused, whatever it works at, it is that."""
        if self.control.paused and (state in WORKING or state == "waiting"):
            return
        if self.log.view.state != state or self.log.view.why != why:
            self.log.add(StateChanged(state, why))

    def go_on(self) -> None:
        """Be in the state that it is in when nobody pauses it."""
        if self.waits or self.control.asks:
            self.state("waiting", "A person has to decide.")
        elif self.ledger.plan is not None:
            self.state("running")
        else:
            self.state("planning" if self.ledger.task is not None else "reading")

    def wish(self, gear: int, grid: Grid) -> None:
        """A person wants another gear."""
        self.shifter.wish(gear, grid)
        self._wished = gear

    def shifted(self) -> None:
        """Once the gear is in that a person wants, it is theirs, with what it lets be done; not a moment before."""
        if self._wished == self.gear.number:
            self.gear_name, self._wished = GEAR_NAMES[self._wished], 0

    def check_budget(self) -> None:
        """Nothing while the run may go on.

        Raises:
            BudgetExhausted: when a limit of the gear is reached.
        """
        check_budget(self.log.view, self.gear, self.repetition.calls)

    @property
    def seconds_left(self) -> float:
        """Seconds of work that the gear still allows."""
        return self.gear.seconds - seconds_worked(self.log.view, time.time())

    def _spent(self, usage: Usage, usd: float | None) -> None:
        """A tool has had a model answer."""
        self.log.add(Spent(usage.input_tokens, usage.output_tokens, usd))

    def context(self, number: int = 0, prepare: Callable[[], Awaitable[None]] = nothing_to_prepare) -> ToolContext:
        """In what circumstances it calls a tool; all of it told by the server."""
        gear, request = self.gear, self.request
        self._account.model = self.log.view.model
        return ToolContext(
            actor=Actor("agent", request.user, name=request.persona or "Lumina", run=self.id, gear=gear.number),
            tools=("*",) if self.persona is None else self.persona.tools,
            notebook=self.notebook,
            kernel_id=self.kernel_id,
            active_cell=request.active_cell,
            conversation=request.conversation,
            allowed=frozenset(request.rights),
            autonomy=autonomy_of(gear, self.gear_name, self._settings),
            audience=self.audience,
            step=number,
            model=self.log.view.model,
            prepare=prepare,
            account=self._account,
        )

    def thinking(self, step: str = "") -> Thinking:
        """In what circumstances a model is asked."""

        def tell(said: Thought | Spent) -> None:
            if isinstance(said, Thought) and step and not said.step:
                said = replace(said, step=step)
            self.log.add(said)

        return Thinking(
            gear=self.gear,
            model=self.log.view.model,
            tell=tell,
            persona="" if self.persona is None else self.persona.prompt,
            user=self.request.user,
            notebook=self.notebook,
        )
