"""The variables that matter where somebody types: tables and arrays, by type, shape and columns, never by value."""

from __future__ import annotations

import asyncio
import keyword
import re
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence

from ...context.kernel.summary import Seen, VariableSummary, stricter
from ...context.surroundings import KernelSight
from .request import GhostTextRequest

_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*")
_NAMES = 40
_CELLS = 3
_FRESH = 3.0
"""Seconds after which what is known of a kernel is looked at again."""
_KERNELS = 16
_COLUMNS = 12


class Variables:
    """What was last seen of kernels' variables. A look is begun when it is due, and never waited for.

    Args:
        kernels: The eyes on kernels.
    """

    def __init__(self, kernels: KernelSight) -> None:
        self._kernels = kernels
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._looking: set[asyncio.Task[None]] = set()

    def lines(self, request: GhostTextRequest) -> Sequence[str]:
        """One line about each variable that the code around the cursor uses, of what is known already."""
        policy = stricter("schema-only", str(request.policy.get("variables", "values")))
        if not request.kernel_id or policy == "off":
            return ()
        names = names_around(request)
        known = self._known.setdefault(request.kernel_id, _Known())
        self._known.move_to_end(request.kernel_id)
        if len(self._known) > _KERNELS:
            self._known.popitem(last=False)
        if names and known.is_due(names):
            known.begin(names)
            task = asyncio.create_task(self._look(known, request.kernel_id, names, policy))
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)
        return [line for name in names if (line := known.lines.get(name))]

    async def close(self) -> None:
        """End the looks under way."""
        for task in list(self._looking):
            task.cancel()
        await asyncio.gather(*self._looking, return_exceptions=True)

    async def _look(self, known: _Known, kernel_id: str, names: Sequence[str], policy: str) -> None:
        known.take(await self._kernels.look(kernel_id, names, policy=policy, budget=None))


class _Known:
    """What is known of one kernel."""

    def __init__(self) -> None:
        self.lines: Mapping[str, str] = {}
        self._asked: frozenset[str] = frozenset()
        self._asked_at = 0.0

    def is_due(self, names: Iterable[str]) -> bool:
        return not self._asked.issuperset(names) or time.monotonic() - self._asked_at > _FRESH

    def begin(self, names: Iterable[str]) -> None:
        self._asked, self._asked_at = frozenset(names), time.monotonic()

    def take(self, seen: Seen) -> None:
        if seen.how in {"live", "last_seen"}:
            self.lines = {each.name: line for each in seen.variables if (line := line_of(each))}


def names_around(request: GhostTextRequest) -> list[str]:
    """The names in the lines above the cursor's and in the cells above, each once, in the order of the alphabet.

    Not those of the cursor's own line: with each of its keys the prompt would change before that line.
    """
    above = request.prefix.rpartition("\n")[0]
    code = [cell.source for cell in request.before if cell.kind == "code"][-_CELLS:]
    found: dict[str, None] = {}
    for text in (above, *reversed(code)):
        found.update(dict.fromkeys(_NAME.findall(text)))
    return sorted([name for name in found if not keyword.iskeyword(name)][:_NAMES])


def line_of(variable: VariableSummary) -> str:
    """A table or an array on one line; nothing for what has neither columns nor a shape."""
    if variable.hidden or not (variable.columns or variable.shape):
        return ""
    shape = " x ".join(map(str, variable.shape))
    columns = ", ".join(f"{column.name} {column.type}" for column in variable.columns[:_COLUMNS])
    more = ", …" if variable.columns_total > _COLUMNS else ""
    kind = variable.type.rpartition(".")[2]
    return " ".join(f"{variable.name}: {kind} {shape}{f' with columns {columns}{more}' if columns else ''}".split())
