"""A search that runs, seen from outside: who listens, and how it is paused and stopped."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable

from ..experiment.control import Wish, ask, asked
from ..experiment.experiment import Experiment
from ..progress import Decided, Listener, SearchEvent, Warned

log = logging.getLogger(__name__)


class Session:
    """Passes on what a search says, and keeps it in the experiment; takes the wishes to pause and to stop.

    Args:
        listeners: Who is told. One that raises is told nothing more.
    """

    def __init__(self, listeners: Iterable[Listener]) -> None:
        self.stopping = threading.Event()
        self.hurry = threading.Event()
        self.said: list[SearchEvent] = []
        self._listeners = list(listeners)
        self._experiment: Experiment | None = None
        self._wish: Wish = "go"
        """What was asked for before there is an experiment."""
        self._asking = threading.Lock()

    @property
    def texts(self) -> list[str]:
        """What was decided and warned of so far, as sentences."""
        return [event.text for event in self.said if isinstance(event, Decided | Warned)]

    def keep_in(self, experiment: Experiment) -> None:
        """Keep what was said so far, and all that comes, in an experiment."""
        with self._asking:
            self._experiment = experiment
            if self._wish != "go":
                ask(experiment.folder, self._wish)
        for event in self.said:
            experiment.say(event)

    def pause(self) -> None:
        """Have the search begin no new fits, until somebody lets it go on."""
        self._ask("pause")

    def go_on(self) -> None:
        """Let it go on, whoever has paused it."""
        self._ask("go")

    def _ask(self, wish: Wish) -> None:
        # In the one place where everybody asks: who holds a search here can let it go on from a terminal, and the reverse.
        with self._asking:
            if self._experiment is None:
                self._wish = wish
            elif asked(self._experiment.folder) != "stop":
                ask(self._experiment.folder, wish)

    def say(self, event: SearchEvent) -> None:
        """Pass an event on."""
        # Before there is an experiment all is kept for it; afterwards what the fitted object tells of its search.
        if self._experiment is None or isinstance(event, Decided | Warned):
            self.said.append(event)
        if self._experiment is not None:
            self._experiment.say(event)
        for listener in list(self._listeners):
            try:
                listener(event)
            except Exception:  # a view that fails must not end a search
                log.exception("A listener of a search failed, and is told nothing more.")
                self._listeners.remove(listener)
