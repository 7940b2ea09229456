"""What the magics of one shell remember: the chosen model, the last failure, the models for completion."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import LuminaError
from .identity import Identity, identify
from .output import Output, output_of

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..agent import GearName
    from ..client import Client
    from .agent_following import Following

MODELS_FRESH = 60.0
"""Seconds that the list of models is good for completion."""
COMPLETION_WAIT = 0.25
"""Seconds that the first completion waits for the list; later ones never wait."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A cell that failed: its source and its error."""

    source: str
    error: BaseException


class Session:
    """The magics' state in one shell."""

    def __init__(self, ipython: InteractiveShell) -> None:
        self.ipython = ipython
        self.model = ""
        """What `%lumina use` chose; empty: the default model."""
        self.gear: GearName = "auto"
        """What `%lumina gear` chose for the agent."""
        self.following: dict[str, Following] = {}
        """The agent's runs that cells of this kernel follow, by id."""
        self.failure: Failure | None = None
        self._model_ids: list[str] = []
        self._models_at = 0.0
        self._models_known = threading.Event()
        self._asking_models = threading.Lock()

    @property
    def client(self) -> Client:
        """The way to the engine; made on first use."""
        from ..client import connect

        return connect()

    @property
    def output(self) -> Output:
        """Where output goes."""
        return output_of(self.ipython)

    @property
    def identity(self) -> Identity:
        """The notebook. Asked for anew each time: VS Code tells it after the kernel has started."""
        return identify(self.ipython)

    def remember_models(self, ids: list[str]) -> None:
        """Keep a fresh list of models for completion."""
        self._model_ids = ids
        self._models_at = time.monotonic()
        self._models_known.set()

    def model_ids(self) -> list[str]:
        """The models as last seen; refreshed in the background when that is a while ago."""
        stale = not self._models_at or time.monotonic() - self._models_at > MODELS_FRESH
        if stale and self._asking_models.acquire(blocking=False):
            threading.Thread(target=self._ask_models, name="lumina-models", daemon=True).start()
        if not self._models_at:
            self._models_known.wait(COMPLETION_WAIT)
        return self._model_ids

    def _ask_models(self) -> None:
        try:
            self.remember_models([model.id for model in self.client.models() if model.mode in {"chat", "responses"}])
        except LuminaError:
            self._models_at = time.monotonic()  # nothing to offer; asked again when that is stale
            self._models_known.set()
        finally:
            self._asking_models.release()


_ATTRIBUTE = "_lumina_session"


def session_of(ipython: InteractiveShell) -> Session:
    """The shell's session; begun on first use."""
    session = getattr(ipython, _ATTRIBUTE, None)
    if not isinstance(session, Session):
        session = Session(ipython)
        setattr(ipython, _ATTRIBUTE, session)
    return session
