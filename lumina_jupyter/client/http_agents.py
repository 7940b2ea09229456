"""The agent over HTTP; its stream is read on from the last event whenever the line is lost."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from ..agent import Gear, RunRequest, RunView
from ..agent.gears import Grid
from ..agent.personas import KnownPersonas
from ..agent.run_events import LoggedEvent
from ..errors import ServerUnreachable
from .agent_wire import gear_of, logged_of, personas_of, run_of
from .agents import PlanVerdict, until_interrupted
from .following import FIRST_WAIT, LONGEST_WAIT, TRIES
from .refusals import error_of

if TYPE_CHECKING:
    import httpx


class Call(Protocol):
    """How a client asks its server."""

    def __call__(self, method: str, path: str, /, *, body: Any = None, **query: str | int) -> Any:
        """The JSON of the answer.

        Raises:
            LuminaError: when the server refuses, or cannot be reached.
        """
        ...


class HttpAgents:
    """An `AgentClient` over HTTP.

    Args:
        http: Its base URL is that of Lumina's API.
        call: Asks that API.
    """

    def __init__(self, http: httpx.Client, call: Call) -> None:
        self._http = http
        self._call = call

    def start(self, request: RunRequest) -> RunView:
        """Begin a run."""
        body = {
            "words": request.words,
            "notebook": request.notebook,
            "kernel_id": request.kernel_id,
            "active_cell": request.active_cell,
            "gear": request.gear,
            "most_gear": request.most_gear,
            "model": request.model,
            "persona": request.persona,
            "plan_only": request.plan_only,
            "conversation": request.conversation,
            "run_id": request.run_id,
        }
        return run_of(self._call("POST", "runs", body=body))

    def runs(self, notebook: str = "", kernel_id: str = "") -> list[RunView]:
        """The runs, the newest first."""
        found = self._call("GET", "runs", notebook=notebook, kernel_id=kernel_id)
        return [run_of(each) for each in found["runs"]]

    def get(self, run_id: str) -> RunView:
        """A run as it is now."""
        return run_of(self._call("GET", _path(run_id)))

    def events(self, run_id: str, *, after: int = 0) -> list[LoggedEvent]:
        """What happened after an event."""
        found = self._call("GET", f"{_path(run_id)}/events", after=after)
        return [event for event in map(logged_of, found["events"]) if event is not None]

    def follow(self, run_id: str, *, after: int = 0) -> Iterator[LoggedEvent]:
        """What happened, and then whatever does."""
        return until_interrupted(self.get(run_id), self._follow(run_id, after), after)

    def _follow(self, run_id: str, after: int) -> Iterator[LoggedEvent]:
        import httpx

        tries = 0
        while True:
            try:
                for event in _read(self._http, run_id, after):
                    tries = 0
                    if event is None:
                        return
                    after = event.sequence
                    yield event
            except (httpx.HTTPError, ValueError) as error:
                if tries >= TRIES:
                    raise ServerUnreachable(
                        f"The Jupyter server cannot be reached: {error}.", hint="The run itself may go on there."
                    ) from error
            time.sleep(min(FIRST_WAIT * 2**tries, LONGEST_WAIT))
            tries += 1

    def decide_plan(self, run_id: str, verdict: PlanVerdict) -> RunView:
        """Approve or refuse the plan."""
        return self._steer(run_id, "plan", {"verdict": verdict})

    def reply(self, run_id: str, text: str) -> RunView:
        """Answer what the run asked."""
        return self._steer(run_id, "reply", {"text": text})

    def pause(self, run_id: str) -> RunView:
        """Hold a run."""
        return self._steer(run_id, "pause")

    def resume(self, run_id: str) -> RunView:
        """Let it go on."""
        return self._steer(run_id, "resume")

    def stop(self, run_id: str) -> RunView:
        """Stop a run."""
        return self._steer(run_id, "stop")

    def shift(self, run_id: str, gear: int, grid: Grid = "step") -> RunView:
        """Another gear."""
        return self._steer(run_id, "shift", {"gear": gear, "grid": grid})

    def undo(self, run_id: str, step: str | None = None, *, redo: bool = False) -> RunView:
        """Take something back, or bring it again."""
        return self._steer(run_id, "redo" if redo else "undo", {"step": step})

    def gears(self) -> list[Gear]:
        """The gears."""
        return [gear_of(each) for each in self._call("GET", "gears")["gears"]]

    def personas(self) -> KnownPersonas:
        """The personas."""
        return personas_of(self._call("GET", "personas"))

    def _steer(self, run_id: str, word: str, body: dict[str, Any] | None = None) -> RunView:
        return run_of(self._call("POST", f"{_path(run_id)}/{word}", body=body))


def _path(run_id: str) -> str:
    return f"runs/{quote(run_id, safe='')}"


def _read(http: httpx.Client, run_id: str, after: int) -> Iterator[LoggedEvent | None]:
    """The stream's events; None where the run is over."""
    with http.stream("GET", f"{_path(run_id)}/stream", params={"after": after}) as response:
        if response.status_code != 200:
            response.read()
            raise error_of(response)
        name = ""
        for line in response.iter_lines():
            if line.startswith("event:"):
                name = line[6:].strip()
            elif line.startswith("data:"):
                if name == "over":
                    yield None
                    return
                event = logged_of(json.loads(line[5:]))
                if event is not None:
                    yield event
