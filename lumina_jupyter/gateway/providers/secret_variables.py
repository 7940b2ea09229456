"""Environment variables that may hold providers' keys: kernels and jobs are started without them."""

from __future__ import annotations

from ...settings import Lumina
from .specs import PROVIDERS


def secret_variables(settings: Lumina) -> frozenset[str]:
    """The names of the environment variables that may hold providers' keys."""
    names: set[str] = set()
    for spec in PROVIDERS.values():
        names.update(spec.key_variables, spec.secret_variables)
    for endpoint in settings.endpoints.values():
        names.update(name for name in (endpoint.get("key_variable"),) if name)
    return frozenset(names)
