"""Puts the magics into IPython and takes them out again.

Runs at `%load_ext`, so it loads nothing that a bare IPython has not loaded already; what the magics
need comes with their first use.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.completer import CompletionContext, SimpleMatcherResult
    from IPython.core.interactiveshell import InteractiveShell

_ATTRIBUTE = "_lumina_registration"


class Registration:
    """The hooks of one shell."""

    def __init__(self, ipython: InteractiveShell) -> None:
        self._shell = weakref.ref(ipython)
        self._matcher: Any = None

    @property
    def _ipython(self) -> InteractiveShell:
        shell = self._shell()
        if shell is None:
            raise ReferenceError("the shell of these magics is gone")
        return shell

    def install(self) -> None:
        """Register the magic, the completion and the memory of the last failure."""
        from IPython.core.completer import context_matcher
        from IPython.core.magic import no_var_expand

        ipython = self._ipython

        @no_var_expand
        def lumina(line: str, cell: str | None = None) -> None:
            """Ask a model: `%%lumina` above a prompt; `%lumina help` tells more."""
            from .dispatch import run

            run(self._ipython, line, cell)

        @context_matcher(identifier="lumina_matcher", priority=200)  # type: ignore[untyped-decorator]  # IPython's
        def complete(context: CompletionContext) -> SimpleMatcherResult:
            from .completion import complete as matches

            return matches(self._ipython, context)

        ipython.magics_manager.register_function(lumina, "line_cell", "lumina")
        self._matcher = complete
        ipython.Completer.custom_matchers.append(complete)
        ipython.events.register("post_run_cell", self._after_cell)

    def remove(self) -> None:
        """Take out all that `install` put in."""
        ipython = self._ipython
        for kind in ("line", "cell"):
            ipython.magics_manager.magics[kind].pop("lumina", None)
        if self._matcher in ipython.Completer.custom_matchers:
            ipython.Completer.custom_matchers.remove(self._matcher)
        ipython.events.unregister("post_run_cell", self._after_cell)

    def _after_cell(self, result: Any) -> None:
        error = result.error_in_exec or result.error_before_exec
        if error is not None:
            from .failures import remember

            remember(self._ipython, result.info.raw_cell if result.info is not None else "", error)


def load(ipython: InteractiveShell) -> None:
    """Register the magics in a shell; a second time does nothing."""
    if not hasattr(ipython, _ATTRIBUTE):
        registration = Registration(ipython)
        registration.install()
        setattr(ipython, _ATTRIBUTE, registration)


def unload(ipython: InteractiveShell) -> None:
    """Take the magics out of a shell."""
    registration = getattr(ipython, _ATTRIBUTE, None)
    if registration is not None:
        registration.remove()
        delattr(ipython, _ATTRIBUTE)
