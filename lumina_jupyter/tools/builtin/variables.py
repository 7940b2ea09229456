"""Tools that look at the variables of the notebook's kernel, as far as the policies there allow."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any, Protocol, runtime_checkable

from ...context.kernel.summary import Budget, Seen
from ...context.policy import allows_assistant, variable_policy
from ...context.view import NotebookView
from ...errors import Forbidden, KernelUnavailable, UnknownName
from ...settings import Lumina
from ..content import Content, JsonContent, TextContent
from ..context import ToolContext
from ..declaration import declared
from ..target import Target
from ..tool import Tool

ViewOf = Callable[[str], Awaitable[NotebookView | None]]
_UNSEEN = {"unreachable", "not_python", "not_seen"}


@runtime_checkable
class Eyes(Protocol):
    """What looks into kernels."""

    async def variables(self, kernel_id: str, *, policy: str = "values", budget: Budget | None = None) -> Seen:
        """All variables, each on a line."""
        ...

    async def look(
        self, kernel_id: str, names: list[str], *, policy: str = "values", budget: Budget | None = None
    ) -> Seen:
        """Some variables in detail."""
        ...


def variable_tools(settings: Lumina, eyes: object, view: ViewOf) -> list[Tool]:
    """`list_variables` and `describe_variable`.

    Args:
        settings: `variable_policy` is the most that may be seen anywhere.
        eyes: What looks into kernels; without one the tools say so.
        view: The notebook at a path, for its policy.
    """

    async def list_variables(context: ToolContext) -> Content:
        """List the variables in the notebook's kernel: name, type, shape and columns, none of them changed by it.

        Args:
            context: The call's.
        """
        seen = _checked(await _eyes(eyes, context).variables(context.kernel_id, policy=await policy(context)))
        found = [
            {
                "name": each.name,
                "type": each.type,
                "shape": list(each.shape),
                "bytes": each.size_bytes,
                "columns": [column.name for column in each.columns],
                "text": each.text,
            }
            for each in seen.variables
        ]
        return (JsonContent(found), *_notes(seen))

    async def describe_variable(context: ToolContext, name: str) -> Content:
        """Describe one variable in the notebook's kernel in detail, without running code of the notebook's.

        Args:
            context: The call's.
            name: The variable's name.
        """
        seen = _checked(await _eyes(eyes, context).look(context.kernel_id, [name], policy=await policy(context)))
        found = seen.variable(name)
        if found is None:
            raise UnknownName(f"The kernel has no variable {name[:100]!r}.", hint="list_variables tells which it has.")
        return (JsonContent(asdict(found)), *_notes(seen))

    async def policy(context: ToolContext) -> str:
        found = await view(context.notebook) if context.notebook else None
        said = {} if found is None else found.policy
        if not allows_assistant(said):
            raise Forbidden("This notebook is not to be shown to models.", hint="Its author has switched that off.")
        chosen = variable_policy(said, settings.variable_policy)
        if chosen == "off":
            raise Forbidden("Variables are not looked at: the policy here is `off`.", hint="Go on without them.")
        return chosen

    def target(arguments: Mapping[str, Any], context: ToolContext) -> Target:
        return Target("variable", str(arguments.get("name", "")), context.notebook)

    return [
        declared(list_variables, effects=["read"], target=target),
        declared(describe_variable, effects=["read"], target=target),
    ]


def _eyes(eyes: object, context: ToolContext) -> Eyes:
    if not isinstance(eyes, Eyes) or not context.kernel_id:
        raise KernelUnavailable("It is not known which kernel this is about.", hint="Ask from a notebook that runs.")
    return eyes


def _checked(seen: Seen) -> Seen:
    """What was seen.

    Raises:
        KernelUnavailable: when nothing could be.
    """
    if seen.how in _UNSEEN:
        raise KernelUnavailable(seen.note or "The kernel cannot be looked into.", hint="Try again when it is idle.")
    return seen


def _notes(seen: Seen) -> tuple[TextContent, ...]:
    notes = [seen.note] if seen.note else []
    if seen.left_out:
        notes.append(f"{seen.left_out:,} more variables were left out.")
    if seen.how == "last_seen":
        notes.append(f"The kernel is busy; this is {seen.age_seconds:.0f} s old.")
    return (TextContent(" ".join(notes)),) if notes else ()
