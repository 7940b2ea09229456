"""The operating system's keyring, where there is a usable one, asked within a bounded time.

The keyring library talks to other processes (D-Bus, a desktop's password dialog) that may never
answer, so every question runs in a daemon thread that is given up after a few seconds.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

SERVICE = "lumina-jupyter"
TIME_LIMIT = 5.0
"""Seconds that the keyring may take for one answer."""

# Backends that keep nothing, or keep it in plain text: our encrypted file is better than those.
_UNUSABLE = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt.")

log = logging.getLogger(__name__)


class KeyringFailed(Exception):
    """The keyring refused or did not answer; never shown to a user as it is."""


class Backend(Protocol):
    """What is used of a keyring backend."""

    def get_password(self, service: str, username: str) -> str | None:
        """The password, or None."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep the password."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Forget the password."""
        ...


class Keyring:
    """The keyring, or none.

    Args:
        find: Finds the backend; None when no usable one is there. It is called once, on first use.
        time_limit: Seconds for one answer.
    """

    def __init__(self, find: Callable[[], Backend | None] | None = None, *, time_limit: float = TIME_LIMIT) -> None:
        self._find = find or find_backend
        self._time_limit = time_limit
        self._backend: Backend | None = None
        self._looked = False
        self._lock = threading.Lock()

    @property
    def usable(self) -> bool:
        """Whether there is a keyring that answers."""
        return self._found() is not None

    def get(self, name: str) -> str | None:
        """What is kept under the name.

        Raises:
            KeyringFailed: when the keyring is locked, gone or silent.
        """
        backend = self._required()
        return self._bounded(lambda: backend.get_password(SERVICE, name))

    def set(self, name: str, value: str) -> None:
        """Keep the value, and read it back: some keyrings cut long ones off.

        Raises:
            KeyringFailed: when it was not kept.
        """
        backend = self._required()

        def keep() -> bool:
            backend.set_password(SERVICE, name, value)
            return backend.get_password(SERVICE, name) == value

        if not self._bounded(keep):
            raise KeyringFailed("the keyring did not keep the value")

    def delete(self, name: str) -> None:
        """Forget the value, if there is one.

        Raises:
            KeyringFailed: when the keyring does not answer.
        """
        backend = self._required()

        def forget() -> None:
            if backend.get_password(SERVICE, name) is not None:
                backend.delete_password(SERVICE, name)

        self._bounded(forget)

    def _required(self) -> Backend:
        backend = self._found()
        if backend is None:
            raise KeyringFailed("no keyring here")
        return backend

    def _found(self) -> Backend | None:
        with self._lock:
            if not self._looked:
                try:
                    self._backend = self._bounded(self._find)
                except KeyringFailed as error:
                    log.info("No OS keyring is used: %s.", error)
                self._looked = True
            return self._backend

    def _bounded(self, ask: Callable[[], T]) -> T:
        answer: list[T] = []
        failure: list[BaseException] = []

        def run() -> None:
            try:
                answer.append(ask())
            except BaseException as error:  # noqa: BLE001 - a backend may raise anything, SystemExit included
                failure.append(error)

        thread = threading.Thread(target=run, name="lumina-keyring", daemon=True)
        thread.start()
        thread.join(self._time_limit)
        if answer:
            return answer[0]
        if failure:
            # The text of the original may hold what was to be kept: only its kind goes on.
            raise KeyringFailed(f"the keyring failed ({type(failure[0]).__name__})") from None
        raise KeyringFailed(f"the keyring did not answer within {self._time_limit:g} s")


def find_backend() -> Backend | None:
    """The keyring that the operating system or the user's configuration offers, if it can keep a key."""
    import keyring

    backend: Any = keyring.get_keyring()
    return backend if _is_usable(backend) else None


def _is_usable(backend: Any) -> bool:
    if type(backend).__module__.startswith(_UNUSABLE):
        return False
    if type(backend).__module__ == "keyring.backends.chainer":
        return any(_is_usable(inner) for inner in backend.backends)
    return bool(backend.priority > 0)
