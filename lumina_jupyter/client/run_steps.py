"""Which step of a run is meant: people count them, the run knows them by their ids."""

from __future__ import annotations

from collections.abc import Iterable

from ..agent.run_events import LoggedEvent, StepBegan
from ..errors import NotFound


def step_named(events: Iterable[LoggedEvent], given: str) -> str:
    """The id of the step that is given by its id or its number.

    Raises:
        NotFound: when the run has not begun such a step.
    """
    begun = [logged.event for logged in events if isinstance(logged.event, StepBegan)]
    for event in begun:
        if given in (event.step, str(event.number)):
            return event.step
    known = ", ".join(dict.fromkeys(str(event.number) for event in begun))
    raise NotFound(f"The run has no step {given[:40]!r}.", hint=f"It has begun {known}." if known else "It began none.")
