"""Results, a line each, so that a bench that was ended goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Key = tuple[str, str, float, int]


class Results:
    """A file of results.

    Args:
        path: The file; its folder is made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The last result of each run, in the order in which they were first made."""
        found: dict[Key, dict[str, Any]] = {}
        if self.path.exists():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                try:
                    record = json.loads(line)
                except ValueError:
                    continue  # A line that was not written to its end.
                found[_key(record)] = record
        return iter(found.values())

    def add(self, record: dict[str, Any]) -> None:
        """Append one."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")

    def done(self, table: str, entrant: str, budget: float, seed: int, *, failed_too: bool = True) -> bool:
        """Whether the run was made. One that could not begin was not; one that failed was, if that counts too."""
        for record in self:
            if _key(record) == (table, entrant, budget, seed):
                return not record.get("retry") and (failed_too or "failure" not in record)
        return False


def _key(record: dict[str, Any]) -> Key:
    return record["table"], record["entrant"], float(record["budget"]), record["seed"]
