"""The bodies with which runs of the agent are begun and steered."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from ..agent import RunRequest
from ..agent.gears import GearName, Grid
from ..agent.run import new_run_id
from ..errors import InvalidBody
from ..memory.question import Right

MOST_WORDS = 20_000
"""Characters that words to the agent may have."""
_RUN = re.compile(r"run_[0-9A-Za-z]{1,32}", re.ASCII)
_ID = re.compile(r"[\w.-]{1,100}", re.ASCII)
_GEARS = range(1, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAgentRun:
    """What the agent shall do in a notebook.

    `notebook` may be left out where `kernel_id` says whose it is. `gear` is a number in words, `auto` or `reverse`,
    `most_gear` how far `auto` may shift up. With `plan_only` nothing is done before somebody approves the plan.
    `run_id` is the run's id, for who wants to know it before the answer comes. In a `conversation` the run is a turn that
    follows the turn `follows`: the last one asked when that is left out, none when it is empty.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    words: str
    notebook: str = ""
    kernel_id: str = ""
    active_cell: str = ""
    gear: GearName = "auto"
    most_gear: int = 4
    model: str = ""
    persona: str = ""
    plan_only: bool = False
    conversation: str = ""
    follows: str | None = None
    run_id: str = field(default_factory=new_run_id)

    def check(self) -> None:
        """Nothing when it can be asked for.

        Raises:
            InvalidBody: names the field that is wrong.
        """
        if not self.words.strip() and self.gear != "reverse":
            raise InvalidBody("There is nothing to do: the words are empty.", field="words")
        if len(self.words) > MOST_WORDS:
            raise InvalidBody(f"The words have more than {MOST_WORDS:,} characters.", field="words")
        if self.most_gear not in _GEARS:
            raise InvalidBody("most_gear must be a whole number from 1 to 5.", field="most_gear")
        if not _RUN.fullmatch(self.run_id):
            raise InvalidBody("A run's id is `run_` and up to 32 letters and digits.", field="run_id")
        for name in ("kernel_id", "active_cell", "persona", "conversation", "follows"):
            if getattr(self, name) and not _ID.fullmatch(getattr(self, name)):
                raise InvalidBody(f"{name} is no id.", field=name)

    def request(
        self, notebook: str, user: str, asked_by: Literal["chat", "magic"], rights: tuple[Right, ...]
    ) -> RunRequest:
        """The request, with what the server knows better than who asks."""
        return RunRequest(
            words=self.words,
            notebook=notebook,
            kernel_id=self.kernel_id,
            active_cell=self.active_cell,
            gear=self.gear,
            most_gear=self.most_gear,
            model=self.model,
            persona=self.persona,
            plan_only=self.plan_only,
            conversation=self.conversation,
            user=user,
            asked_by=asked_by,
            rights=rights,
            run_id=self.run_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlanVerdict:
    """What is decided of a plan."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    verdict: Literal["approve", "refuse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReply:
    """An answer to what a run asked."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    text: str

    def check(self) -> None:
        """Nothing when it can be said.

        Raises:
            InvalidBody: when it is empty, or too long.
        """
        if not self.text.strip():
            raise InvalidBody("The reply is empty.", field="text")
        if len(self.text) > MOST_WORDS:
            raise InvalidBody(f"The reply has more than {MOST_WORDS:,} characters.", field="text")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShift:
    """Another gear, and when it takes effect."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    gear: int
    grid: Grid = "step"

    def check(self) -> None:
        """Nothing when there is such a gear.

        Raises:
            InvalidBody: when there is none.
        """
        if self.gear not in _GEARS:
            raise InvalidBody("gear must be a whole number from 1 to 5.", field="gear")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUndo:
    """What of a run is taken back or brought again: a step, or all of it."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    step: str | None = None
