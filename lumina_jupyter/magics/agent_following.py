"""Follows a run of the agent from a cell: beside it, where the agent needs the cell's kernel, else until it is over.

The cells that the agent runs wait, as all do, until the kernel is free. A cell that waited for such a run would wait for
ever. So with a server the cell ends at once, and what it shows goes on being updated by a thread; whoever interrupts the
kernel while nothing runs in it stops the run. Without a server there is no kernel that the agent could run cells in,
and the cell lasts as long as the run.
"""

from __future__ import annotations

import contextvars
import os
import queue
import threading
import time
from typing import TYPE_CHECKING

from ..agent.run import ENDED
from ..client.run_story import RunStory
from ..errors import LuminaError
from .agent_asking import AgentAsking
from .agent_timeline import Lines, Timeline
from .output import markdown, sentence
from .reading import STOP_PATIENCE, TICK

if TYPE_CHECKING:
    from ..agent import RunView
    from ..agent.run_events import LoggedEvent
    from .session import Session

_WITH_SERVER = "Decide in JupyterLab, or with `lumina approvals` and `lumina runs` in a terminal."
_ALONE = "You are asked below."


class Following:
    """One run being followed.

    Args:
        session: The magics' session.
        run: The run.
    """

    def __init__(self, session: Session, run: RunView) -> None:
        self._session = session
        self._client = session.client.agents
        self._alone = not os.environ.get("LUMINA_URL")
        self._over = run.state in ENDED or run.state == "interrupted"
        self.story = RunStory.of(run)
        output = session.output
        self._view: Timeline | Lines = (
            Timeline(output, self.story, _ALONE if self._alone else _WITH_SERVER)
            if output.live
            else Lines(output, self.story)
        )
        self._asking = AgentAsking(session, self.story) if self._alone else None
        self._events: queue.Queue[LoggedEvent | LuminaError | None] = queue.Queue()
        self._left = threading.Event()

    @property
    def beside(self) -> bool:
        """Whether it is to be followed beside the cell, and not by it."""
        return not self._alone and not self._over and self._session.output.live

    def begin(self) -> None:
        """Follow it: by this cell, up to its end, or beside it.

        Raises:
            LuminaError: when it cannot be followed any more.
            KeyboardInterrupt: never: an interrupt stops the run.
        """
        self._session.following[self.story.id] = self
        threading.Thread(target=self._read, name="lumina-run", daemon=True).start()
        if not self.beside:
            self._until_over()
            return
        self._view.tick()
        # What is shown from there is shown in this cell, whichever runs then.
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(self._until_over,), name="lumina-timeline", daemon=True).start()

    def stop(self) -> None:
        """Stop the run, from any thread; it is followed up to its end."""
        threading.Thread(target=self._stop, name="lumina-stop", daemon=True).start()

    # --- in the thread that shows --------------------------------------------------------------------

    def _until_over(self) -> None:
        deadline = float("inf")
        failed: LuminaError | None = None
        try:
            while time.monotonic() < deadline:
                try:
                    event = self._next()
                except KeyboardInterrupt:
                    if deadline < float("inf"):
                        break  # a second one: wait no longer
                    self.stop()
                    deadline = time.monotonic() + STOP_PATIENCE
                    continue
                if event is None:
                    break
                if isinstance(event, LuminaError):
                    failed = event
                    break
        finally:
            self._left.set()
            self._session.following.pop(self.story.id, None)
            self._view.close()
        if failed is not None:
            if not self.beside:
                raise failed
            self._session.output.show(markdown(sentence(str(failed)), str(failed)))

    def _next(self) -> LoggedEvent | LuminaError | bool | None:
        """What comes next: True where it is shown already, or nothing came for a moment; None at the end."""
        try:
            event = self._events.get(timeout=TICK)
        except queue.Empty:
            self._view.tick()
            return True
        if event is None or isinstance(event, LuminaError):
            return event
        self.story.take(event)
        self._view.take(event)
        if self._asking is not None and self._events.empty():
            self._asking.ask()
        return True

    # --- in threads of their own ---------------------------------------------------------------------

    def _read(self) -> None:
        try:
            events = self._client.follow(self.story.id)
            for event in events:
                if self._left.is_set():
                    return
                self._events.put(event)
            self._events.put(None)
        except LuminaError as error:
            self._events.put(error)
        except Exception as error:  # noqa: BLE001 - a thread has nobody else to tell
            reason = f"{type(error).__name__}: {error}".rstrip(".:")
            self._events.put(LuminaError(f"Lumina failed in an unforeseen way ({reason})."))

    def _stop(self) -> None:
        try:
            self._client.stop(self.story.id)
        except LuminaError as error:
            self._events.put(error)
