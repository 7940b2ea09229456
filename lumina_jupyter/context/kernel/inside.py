"""The same look in this process, for who runs inside the kernel already (a magic)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .eyes import look_request
from .probe.entry import look_at
from .reading import read_variables
from .summary import Budget, Policy, Seen


def look_inside(
    namespace: Mapping[str, Any],
    names: Sequence[str] | None,
    *,
    policy: Policy = "values",
    hidden: Mapping[str, Any] | None = None,
    budget: Budget | None = None,
) -> Seen:
    """Look at a namespace of this process, with the bounds that hold for a kernel.

    Args:
        namespace: Variables by name.
        names: Those to describe in detail; None for a list of all.
        policy: What may be seen.
        hidden: What the shell itself put there (`user_ns_hidden`), and is left out of a list.
        budget: What the look may take.
    """
    if policy == "off":
        return Seen(how="off", note="Variables are not looked at: the policy here is `off`.")
    request = look_request(None if names is None else tuple(dict.fromkeys(names)), policy, budget or Budget())
    answer = look_at(dict(namespace), dict(hidden or {}), request)
    return Seen(variables=read_variables(answer), left_out=answer["left_out"])
