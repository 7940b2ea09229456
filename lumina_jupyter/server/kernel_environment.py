"""What kernels find in their environment: the way to Lumina, and none of the server's provider keys.

The seam is the one kernel manager that every route, session and extension of a server starts kernels
through. Two of its methods hand out environments: `start_kernel`, whose environment restarts reuse, and
`update_env`, with which a renamed session renews it. Wrapping them on the instance keeps custom managers working.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any


class KernelEnvironment:
    """Gives each kernel that a manager starts `added()` and takes the server's own secrets out.

    Args:
        manager: The server's multi-kernel manager.
        secrets: Gives the names to keep out, once. A variable goes only when its value is the server's
            own: one that somebody set for this kernel on purpose stays.
        added: Called for each start, because the port is known only once the server listens.
    """

    def __init__(
        self, manager: Any, secrets: Callable[[], Iterable[str]], added: Callable[[], Mapping[str, str]]
    ) -> None:
        self._manager = manager
        self._added = added
        self._find_secrets = secrets
        self._wrapped: list[str] = []

    def install(self) -> None:
        """Begin; kernels that already run keep what they have."""
        self._wrap("start_kernel", self._wrap_start)
        if hasattr(self._manager, "update_env"):
            self._wrap("update_env", self._wrap_update)

    def remove(self) -> None:
        """Give the manager its own methods back."""
        for name in self._wrapped:
            vars(self._manager).pop(name, None)
        self._wrapped.clear()

    @cached_property
    def secrets(self) -> dict[str, str]:
        """What is kept out; reads a table that takes a moment to import."""
        return {name: os.environ[name] for name in self._find_secrets() if name in os.environ}

    def without_secrets(self, environment: Mapping[str, str]) -> dict[str, str]:
        """The environment less the server's own provider keys."""
        return {name: value for name, value in environment.items() if self.secrets.get(name) != value}

    def _wrap(self, name: str, wrap: Callable[[Any], Any]) -> None:
        setattr(self._manager, name, wrap(getattr(self._manager, name)))
        self._wrapped.append(name)

    def _wrap_start(self, start: Callable[..., Any]) -> Callable[..., Any]:
        def start_kernel(*args: Any, **kwargs: Any) -> Any:
            given = kwargs.get("env")
            environment = self.without_secrets(os.environ if given is None else given)
            kwargs["env"] = {**environment, **self._added()}
            return start(*args, **kwargs)

        return start_kernel

    def _wrap_update(self, update: Callable[..., Any]) -> Callable[..., Any]:
        def update_env(*, kernel_id: str, env: Mapping[str, str]) -> Any:
            return update(kernel_id=kernel_id, env={**self.without_secrets(env), **self._added()})

        return update_env
