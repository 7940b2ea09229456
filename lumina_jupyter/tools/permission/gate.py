"""The permission gate: whether a call is allowed, must be asked about, or is denied. Pure, so that all of it can be tested.

What it looks at comes from the server: who calls, the tool's effects, what it touches, policies, rules and a setting.
It never looks at what a model, a tool or a person has written.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ..actor import Actor
from ..autonomy import Autonomy
from ..effects import EFFECTS, Effect
from ..target import Target
from ..tool import Tool
from .policy import ToolPolicy
from .rule import Rule

_ALL: frozenset[Effect] = frozenset(EFFECTS)
_READ: frozenset[Effect] = frozenset({"read"})
_HERE = {"notebook", "cell", "variable", "none"}
_WORDS = {"read": "look at things", "write": "change things", "execute": "run code", "network": "reach the network"}


@dataclass(frozen=True, slots=True)
class Decision:
    """What the gate says, why, and by which rule where it was one."""

    outcome: Literal["allow", "ask", "deny"]
    reason: str
    rule: str = ""


def effects_of(tool: Tool) -> frozenset[Effect]:
    """The effects that a tool is taken to have: what it says, unless that cannot be believed.

    An MCP server is another's program: whatever it says of a tool, calling it runs that program.
    """
    if not tool.effects or not tool.effects <= _ALL:
        return _ALL
    return tool.effects | {"execute"} if tool.source.startswith("mcp:") else tool.effects


def decide(
    actor: Actor,
    tool: Tool,
    target: Target,
    *,
    policy: ToolPolicy,
    rules: Iterable[Rule] = (),
    autonomy: Autonomy = "ask",
    allowed: frozenset[Effect] = _ALL,
    notebook: str = "",
    now: float | None = None,
) -> Decision:
    """Whether a call may be made.

    Args:
        actor: Who calls.
        tool: What is called.
        target: What it touches.
        policy: The strictest of those that hold here.
        rules: What people have granted and refused.
        autonomy: How much may be done without asking.
        allowed: The effects for which the person behind the call has the rights.
        notebook: The notebook that the call comes from.
        now: Seconds since 1970.
    """
    effects = effects_of(tool)
    if tool.actors and actor.kind not in tool.actors:
        return Decision("deny", "it is not for this kind of actor")
    denied = _denied(effects, target, policy, allowed, notebook)
    if denied:
        return Decision("deny", denied)
    if actor.kind == "user":
        return Decision("allow", "a person acts herself")
    moment = time.time() if now is None else now
    fitting = [rule for rule in rules if rule.fits(actor, tool, target, notebook, moment)]
    refused = next((rule for rule in fitting if rule.verdict == "deny"), None)
    if refused is not None:
        return Decision("deny", f"{refused.granted_by or 'Somebody'} refused this tool here", refused.id)
    if effects == _READ:
        return Decision("allow", "it only looks")
    granted = next(iter(fitting), None)
    if granted is not None:
        return Decision("allow", f"allowed by a rule ({granted.scope})", granted.id)
    if _is_free(tool, effects, target, autonomy):
        return Decision("allow", f"the autonomy is `{autonomy}`")
    return Decision("ask", f"it can {_listed(effects - _READ)}")


def _denied(
    effects: frozenset[Effect], target: Target, policy: ToolPolicy, allowed: frozenset[Effect], notebook: str
) -> str:
    """Why nobody may make this call; empty when somebody may."""
    if policy == "none":
        return "the policy here is `none`: no tools"
    if policy != "full" and effects != _READ:
        return f"the policy here is `{policy}`, and it can {_listed(effects - _READ)}"
    if policy == "hints-only" and (target.kind not in _HERE or (target.notebook and target.notebook != notebook)):
        return "the policy here is `hints-only`: this notebook may be looked at and nothing else"
    if not effects <= allowed:
        return f"the person behind the call has not the rights on this server to {_listed(effects - allowed)}"
    if "write" in effects and target.kind == "file" and target.name.lower().endswith(".ipynb"):
        # Its policy stands in it; and what is edited live would be lost.
        return "a notebook is changed by the notebook's tools, never as a file"
    return ""


def _is_free(tool: Tool, effects: frozenset[Effect], target: Target, autonomy: Autonomy) -> bool:
    """Whether the autonomy lets a call pass without asking. What a tool says of itself counts only if it is ours."""
    if autonomy not in ("edits", "trusted") or tool.source != "built-in" or "network" in effects:
        return False
    if "write" in effects and not tool.undoable:
        return False
    if autonomy == "trusted":
        return "execute" not in effects or tool.sandboxed
    return "execute" not in effects and target.kind in {"notebook", "cell"}


def _listed(effects: Iterable[Effect]) -> str:
    return " and ".join(_WORDS[effect] for effect in EFFECTS if effect in effects)
