"""From a model's JSON to a plan: its types, its lengths, nothing taken on trust."""

from __future__ import annotations

from typing import Any, cast, get_args

from ..plan import Check, CheckKind, Phase, Plan, Step

MOST_STEPS = 200
"""Steps that are looked at; any gear allows fewer."""
_CHECKS = get_args(CheckKind)
_TITLE, _TEXT, _ID = 200, 2_000, 40
_ARGUMENTS = 50


def plan_of(found: dict[str, Any]) -> Plan:
    """The plan.

    Raises:
        ValueError: when it is none, with what the model should know.
    """
    phases = found.get("phases")
    if not isinstance(phases, list):
        raise ValueError("`phases` is a list of objects with `title` and `steps`.")
    made: list[Phase] = []
    count = 0
    for phase in phases[:MOST_STEPS]:
        if not isinstance(phase, dict) or not isinstance(phase.get("steps"), list):
            raise ValueError("Each phase is an object with `title` and a list of `steps`.")
        count += len(phase["steps"])
        if count > MOST_STEPS:
            raise ValueError(f"It has more than {MOST_STEPS} steps.")
        steps = tuple(step_of(each) for each in phase["steps"])
        if steps:
            made.append(Phase(title=_text(phase.get("title"), _TITLE) or steps[0].title, steps=steps))
    return Plan(phases=tuple(made), answers=found.get("answers") is True, note=_text(found.get("note"), _TEXT))


def step_of(found: object) -> Step:
    """One step.

    Raises:
        ValueError: when it is none, with what the model should know.
    """
    if not isinstance(found, dict):
        raise ValueError("Each step is an object.")
    tool, name = found.get("tool"), found.get("id")
    if not isinstance(tool, str) or not tool:
        raise ValueError("Each step needs a `tool`.")
    if not isinstance(name, str) or not name.strip() or len(name) > _ID:
        raise ValueError(f"Each step needs a short `id`, as `s1` (at most {_ID} characters).")
    arguments = found.get("arguments", {})
    if not isinstance(arguments, dict) or len(arguments) > _ARGUMENTS:
        raise ValueError(f"`arguments` of the step {name!r} is an object of the tool's arguments.")
    before = found.get("from_steps", {})
    if not isinstance(before, dict) or not all(isinstance(each, str) for each in before.values()):
        raise ValueError(f'`from_steps` of the step {name!r} is an object, as {{"cell_id": "s1"}}.')
    writes = _text(found.get("writes"), _TEXT)
    return Step(
        id=name.strip(),
        title=_text(found.get("title"), _TITLE) or tool.replace("_", " ").capitalize(),
        tool=tool,
        arguments=dict(arguments),
        writes=writes,
        writes_to=_text(found.get("writes_to"), _ID) if writes else "",
        from_steps={str(key): str(value) for key, value in before.items() if value},
        expects=_text(found.get("expects"), _TEXT),
        check=_check(found.get("check")),
    )


def _check(found: object) -> Check:
    """A check; one of a kind that there is not checks nothing."""
    if not isinstance(found, dict) or found.get("kind") not in _CHECKS:
        return Check()
    return Check(kind=cast(CheckKind, found["kind"]), text=_text(found.get("text"), _TEXT))


def _text(value: object, length: int) -> str:
    return value.strip()[:length] if isinstance(value, str) else ""
