"""What a notebook's author and a server's owner let tools do there: the stricter of the two holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

ToolPolicy = Literal["full", "read-only", "hints-only", "none"]
"""`full`: what the autonomy and people allow. `read-only`: looking. `hints-only`: looking at this notebook alone, for
exercises. `none`: no tool at all."""

POLICIES: tuple[ToolPolicy, ...] = get_args(ToolPolicy)
"""From the most lenient to the strictest."""


def tool_policy(policy: Mapping[str, Any]) -> ToolPolicy:
    """The policy in a notebook's metadata; nothing said means `full`, and an unknown word `none`."""
    wanted = policy.get("tools", "full")
    return next((word for word in POLICIES if word == wanted), "none")


def strictest(*policies: ToolPolicy) -> ToolPolicy:
    """The strictest of several; `full` where there is none."""
    return max(policies, key=POLICIES.index, default="full")
