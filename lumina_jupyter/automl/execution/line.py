"""Lines to a cluster: what is asked of it is asked in other threads, because a cluster that hangs must not hang a search."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from lumina_jupyter.errors import ClusterUnavailable

T = TypeVar("T")
logger = logging.getLogger(__name__)


class Line:
    """Asks each thing in a thread of its own, so that one that hangs keeps no other from its answer.

    Args:
        name: What is asked, for sentences: "the cluster at host:port".
    """

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def titled(self) -> str:
        """The name, at the beginning of a sentence."""
        return self.name[0].upper() + self.name[1:]

    def ask(self, seconds: float, function: Callable[[], T], *, late: Callable[[T], object] | None = None) -> T:
        """What a function returns.

        Args:
            seconds: How long is waited for it. A function whose turn comes later is not called any more.
            function: What is called.
            late: Is given what is returned when nobody waits for it any more.

        Raises:
            ClusterUnavailable: when there is no answer in time, or the function raises: what a cluster's library raises when
                its cluster goes is many things, and means this one.
        """
        answers: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()
        settling = threading.Lock()
        given_up = threading.Event()

        def answer() -> None:
            if given_up.is_set():
                return
            try:
                value = function()
            except Exception as error:  # noqa: BLE001 - told to who has asked
                answers.put((False, error))
                return
            with settling:
                if not given_up.is_set():
                    answers.put((True, value))
                    return
            if late is not None:
                late(value)

        self._begin(answer)
        try:
            well, found = answers.get(timeout=seconds)
        except queue.Empty:
            with settling:
                if answers.empty():
                    given_up.set()
            if given_up.is_set():
                raise ClusterUnavailable(f"{self.titled} did not answer within {seconds:.0f} seconds.") from None
            well, found = answers.get()
        except BaseException:  # the search is interrupted
            given_up.set()
            raise
        if not well:
            raise ClusterUnavailable(f"{self.titled} does not answer: {sentence(found)}.") from found
        answered: T = found
        return answered

    def _begin(self, question: Callable[[], None]) -> None:
        # Nobody waits for the thread: a library that hangs in it would keep this process from ending.
        threading.Thread(target=question, name="lumina-automl-cluster", daemon=True).start()


class OneLine(Line):
    """Asks one thing after another, always in the same thread: for libraries to which threads matter.

    Args:
        name: As above.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._questions: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        super()._begin(self._serve)

    def soon(self, function: Callable[[], object]) -> None:
        """Call a function when it is its turn, and wait for nothing."""
        self._begin(lambda: _try(function))

    def end(self, seconds: float, function: Callable[[], object]) -> None:
        """Call one more function, the last, and wait so long for it; it is called later, too."""
        done = threading.Event()

        def last() -> None:
            _try(function)
            done.set()

        self._begin(last)
        self._questions.put(None)
        done.wait(seconds)

    def _begin(self, question: Callable[[], None]) -> None:
        self._questions.put(question)

    def _serve(self) -> None:
        while (question := self._questions.get()) is not None:
            question()


def _try(function: Callable[[], object]) -> None:
    try:
        function()
    except Exception:  # nobody waits for it; a cluster that is gone is noticed elsewhere
        logger.debug("What was said to a cluster failed.", exc_info=True)


def sentence(error: Exception) -> str:
    """What an error says in its first line, or in the last where the first announces it; without a full stop."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return (lines[-1] if lines[0].endswith(":") else lines[0]).rstrip(".")
