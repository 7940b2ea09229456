"""The token that a server gives its kernels: random, for one run of the server, good for `/lumina` alone."""

from __future__ import annotations

import hmac
import secrets

from jupyter_server.auth.identity import User

KERNEL_USER = User(username="lumina-kernel", name="Kernel", display_name="Kernel", initials="K")
"""Who a kernel is to Jupyter's Authorizer."""


class KernelToken:
    """The secret in `LUMINA_TOKEN`."""

    __slots__ = ("_value",)

    def __init__(self) -> None:
        self._value = secrets.token_urlsafe(32)

    def reveal(self) -> str:
        """The token itself, for a kernel's environment."""
        return self._value

    def opens(self, authorization: str) -> bool:
        """Whether an `Authorization` header carries it; takes the same time however wrong it is."""
        scheme, _, given = authorization.partition(" ")
        if scheme.lower() not in {"bearer", "token"}:
            return False
        return hmac.compare_digest(given.strip().encode("utf-8", "replace"), self._value.encode())

    def __repr__(self) -> str:
        return "KernelToken('***')"
