"""Reads an answer's events in a thread, so that the cell can keep time and be interrupted."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import LuminaError
from ..events import Event, Failed, MessageFinished, is_end

if TYPE_CHECKING:
    from ..client import Client
    from ..memory import Question

WAITING_EVENTS = 256
"""Events that may wait to be shown; beyond them the provider is read no further."""
TICK = 0.05
"""Seconds after which a cell that hears nothing gets to do other things."""
STOP_PATIENCE = 3.0
"""Seconds that a stopped answer gets to end in good order."""


class Reading:
    """One answer being read.

    Args:
        client: Where to ask.
        question: What to ask.
    """

    def __init__(self, client: Client, question: Question) -> None:
        self._client = client
        self._question = question
        self._events: queue.Queue[Event] = queue.Queue(WAITING_EVENTS)
        self._abandoned = threading.Event()
        threading.Thread(target=self._read, name="lumina-answer", daemon=True).start()

    def __iter__(self) -> Iterator[Event | None]:
        """The events up to the end event; None whenever `TICK` has passed without one."""
        while True:
            try:
                event = self._events.get(timeout=TICK)
            except queue.Empty:
                yield None
                continue
            yield event
            if is_end(event):
                return

    def stop(self) -> list[Event]:
        """Stop the answer; returns what was still under way, with an end event as the last."""
        deadline = time.monotonic() + STOP_PATIENCE
        left: list[Event] = []
        try:
            while time.monotonic() < deadline:
                # Again each time: a call that had not begun yet could not be stopped.
                threading.Thread(target=self._cancel, name="lumina-stop", daemon=True).start()
                try:
                    while True:
                        event = self._events.get(timeout=0.2)
                        left.append(event)
                        if is_end(event):
                            return left
                except queue.Empty:
                    continue
        except KeyboardInterrupt:
            pass  # a second stop: wait no longer
        self._abandoned.set()
        return [*left, MessageFinished("cancelled")]

    def _cancel(self) -> None:
        try:
            self._client.cancel(self._question.request_id)
        except LuminaError:
            self._abandoned.set()  # nobody to be told; the reader closes its connection instead

    def _read(self) -> None:
        try:
            stream = self._client.ask(self._question)
            for event in stream:
                if not self._hand_over(event):
                    close = getattr(stream, "close", None)
                    if close is not None:
                        close()
                    return
        except LuminaError as error:
            self._hand_over(Failed.of(error))
        except Exception as error:  # noqa: BLE001 - a thread has nobody else to tell
            self._hand_over(
                Failed.of(LuminaError(f"Lumina failed in an unforeseen way: {type(error).__name__}: {error}."))
            )

    def _hand_over(self, event: Event) -> bool:
        while not self._abandoned.is_set():
            try:
                self._events.put(event, timeout=0.2)
            except queue.Full:
                continue
            return True
        return False
