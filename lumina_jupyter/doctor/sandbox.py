"""Whether code that is not the user's can be shut in."""

from __future__ import annotations

from collections.abc import Iterator

from .finding import Finding, ok, warning


def check_sandbox() -> Iterator[Finding]:
    """Runs a program in the sandbox. Without one the tools that need it refuse; all else works."""
    from ..tools.sandbox import probe

    status = probe()
    if status.available:
        yield ok("sandbox", status.text)
    else:
        yield warning("sandbox", f"{status.text} Tools that run code in it refuse until then.", status.fix)
