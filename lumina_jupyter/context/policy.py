"""What a notebook's author and a server's owner let a model see: the stricter of the two holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .kernel.summary import Policy, stricter


def variable_policy(policy: Mapping[str, Any], floor: str = "values") -> Policy:
    """The variables' policy by a notebook's metadata, and no laxer than the server's; an unknown word means `off`.

    `values`: all may be seen. `schema-only`: names, types, shapes and columns, but no value, and so no output of
    a cell and no message of an error. `off`: nothing of variables at all, nor of outputs.
    """
    wanted = policy.get("variables", "values")
    return stricter(wanted if isinstance(wanted, str) else "", floor)


def allows_assistant(policy: Mapping[str, Any]) -> bool:
    """Whether anything of this notebook may be shown to a model."""
    return allows(policy, "assistant")


def allows(policy: Mapping[str, Any], what: str) -> bool:
    """Whether something is on that is on unless it is switched off; whatever is neither true nor absent means off."""
    said = policy.get(what)
    return said is None or said is True
