"""The tool behind a check's expression: it runs code in the notebook's kernel, and so goes through the gate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...collaboration.execution.kernel_question import ask_kernel
from ...errors import KernelUnavailable
from ...tools import Content, Preview, Registry, Target, TextContent, Tool, ToolContext, declared
from ..checkpoints.in_kernel import CHECKING
from ..checkpoints.variables import HasKernels

ASSERT_TOOL = "check_expression"
ASSERT_SECONDS = 60.0
HOLDS = "It holds."


def assertions(kernels: HasKernels) -> Registry:
    """A registry with that tool alone; nobody can call it by its name.

    Args:
        kernels: The kernels of notebooks.
    """

    async def check_expression(context: ToolContext, expression: str) -> Content:
        """Evaluate a Python expression in the notebook's kernel and tell whether it is true.

        Args:
            context: The call's.
            expression: The expression.
        """
        kernel = await kernels.kernel(context.notebook, start=True)
        if kernel is None:
            raise KernelUnavailable("There is no kernel here that could check anything.")
        answer = await ask_kernel(kernel, CHECKING, {"expression": expression})
        return (TextContent(HOLDS if answer.get("passed") is True else str(answer.get("detail"))),)

    def target(arguments: Mapping[str, Any], context: ToolContext) -> Target:
        return Target("kernel", context.notebook, context.notebook)

    def shown(arguments: Mapping[str, Any], context: ToolContext) -> Preview:
        return Preview("Checks an expression in the notebook's kernel.", code=str(arguments["expression"]))

    def tools() -> list[Tool]:
        return [declared(check_expression, effects=["execute"], target=target, preview=shown, timeout=ASSERT_SECONDS)]

    registry = Registry(packages=False)
    registry.provide("built-in", tools)
    return registry
