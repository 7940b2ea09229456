"""The variables of a notebook's kernel, kept there before a step and brought back when it is undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ...collaboration.execution.kernel_question import ask_kernel
from ...collaboration.execution.kernels import NotebookKernel
from ...errors import KernelUnavailable, LuminaError
from ...settings import Lumina
from .in_kernel import KEEPING

NAMED = 8
"""Variables that are named in a sentence; of more, their number is told."""
BRING_SECONDS = 30.0


class HasKernels(Protocol):
    """Knows in which kernels the cells of notebooks run."""

    async def kernel(self, path: str, *, start: bool = False) -> NotebookKernel | None:
        """The kernel of the notebook at a path; None when there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of the variables: the names that are as they were again, and what is not, as sentences."""

    changed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


class KernelVariables:
    """Keeps variables in kernels.

    Args:
        settings: `checkpoint_mb` and `checkpoint_seconds`.
        kernels: The kernels of notebooks.
    """

    def __init__(self, settings: Lumina, kernels: HasKernels) -> None:
        self._settings = settings
        self._kernels = kernels

    async def keep(self, path: str, key: str, cells: Sequence[str] = ()) -> tuple[list[str], list[str]]:
        """Keep the variables of a notebook's kernel under a key; what is kept and what is not, as sentences.

        Args:
            path: The notebook's.
            key: Under which they are found again.
            cells: The cells that are run next. What other cells bind meanwhile is not brought back; when it is not
                known which are run, everything counts as theirs.
        """
        if not self._settings.checkpoint_mb or not self._settings.checkpoint_seconds:
            return [], ["the kernel's variables (`checkpoint_mb` or `checkpoint_seconds` is 0)"]
        try:
            answer = await self._ask(path, {"ask": "keep", "key": key, "own": list(cells)})
        except LuminaError as error:
            return [], [f"the kernel's variables: {error.message}"]
        lost = {str(name): str(why) for name, why in dict(answer.get("lost") or {}).items()}
        kept = int(answer.get("kept") or 0)
        covers = [f"{kept} variable{'' if kept == 1 else 's'} of the kernel"] if kept else []
        return covers, _sentences(lost)

    async def bring(self, path: str, *, expected: str, target: str) -> Brought:
        """Make the variables what they were at `target`, those that are still as they were at `expected`."""
        try:
            answer = await self._ask(path, {"ask": "bring", "expected": expected, "target": target})
        except LuminaError as error:
            return Brought(left=(f"the kernel's variables: {error.message}",))
        if not answer.get("known"):
            return Brought(left=("the kernel's variables: it was restarted since, or they are not kept any more",))
        left = {str(name): str(why) for name, why in dict(answer.get("left") or {}).items()}
        return Brought(tuple(str(name) for name in answer.get("changed") or ()), tuple(_sentences(left)))

    async def knows(self, path: str, key: str) -> bool:
        """Whether the kernel is still the one in which something was kept under that key."""
        try:
            return bool((await self._ask(path, {"ask": "knows", "key": key})).get("known"))
        except LuminaError:
            return False

    async def _ask(self, path: str, question: dict[str, Any]) -> dict[str, Any]:
        kernel = await self._kernels.kernel(path, start=question["ask"] == "keep")
        if kernel is None:
            raise KernelUnavailable("the notebook has no kernel any more")
        limits = {"most": int(self._settings.checkpoint_mb * 1e6), "seconds": self._settings.checkpoint_seconds}
        if question["ask"] == "bring":
            limits["seconds"] = BRING_SECONDS
        return await ask_kernel(kernel, KEEPING, {**question, **limits})


def _sentences(lost: dict[str, str]) -> list[str]:
    """The variables that are not as they were, those with the same reason together."""
    by_reason: dict[str, list[str]] = {}
    for name, why in lost.items():
        by_reason.setdefault(why, []).append(name)
    return [f"the variable{'' if len(names) == 1 else 's'} {_named(names)}: {why}" for why, names in by_reason.items()]


def _named(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
