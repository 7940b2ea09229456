"""Which worker runs which tests."""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped] # xdist ships no types

TOGETHER = ("tests/e2e/", "tests/unit/providers/test_litellm_")


class FilesTogether(LoadFileScheduling):  # type: ignore[misc] # so it is Any
    """A file's tests in one worker, and so are all that have in common what takes long to begin.

    The browser's have labs and a browser: two browsers on two cores would also make each other late, and beside one the
    other worker has the second core. Those of litellm have its import.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return next((beginning for beginning in TOGETHER if file.startswith(beginning)), file)
