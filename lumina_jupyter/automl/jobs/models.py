"""What the models of a server's experiments are asked for: predictions, a card, code. Each in a process of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lumina_jupyter.errors import InvalidBody, NothingTrained
from lumina_jupyter.settings import Lumina

from .child import errand
from .request import check_file

if TYPE_CHECKING:
    from .jobs import Jobs

MOST_ROWS = 100_000
"""Rows that are predicted at a time."""
AT_ONCE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """Predictions, one a row of the table.

    Args:
        target: What is predicted.
        task: Kind of the task.
        predictions: Classes, numbers, or for quantiles a list of numbers.
        classes: The classes, in the order of the probabilities; empty where there are none.
        probabilities: A list a row; empty where they were not asked for.
    """

    target: str
    task: str
    predictions: list[Any]
    classes: list[Any] = field(default_factory=list)
    probabilities: list[list[float | None]] = field(default_factory=list)


class Models:
    """Runs errands for finished experiments.

    Args:
        settings: Where experiments are.
        jobs: Knows who may see which.
    """

    def __init__(self, settings: Lumina, jobs: Jobs) -> None:
        self._settings = settings
        self._jobs = jobs
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def predict(
        self,
        name: str,
        owner: str,
        *,
        rows: Sequence[dict[str, Any]] = (),
        file: str = "",
        probabilities: bool = False,
    ) -> Predictions:
        """Predictions for rows, or for the table in a file below the server's root.

        Raises:
            ExperimentMissing: when there is none of this name for who asks.
            NothingTrained: when its search did not come to its end.
            InvalidBody: when there are no rows, or both are given.
            DataUnusable: when the table does not fit.
        """
        if bool(rows) == bool(file):
            raise InvalidBody("Either rows or a file is to be predicted.", field="rows")
        root: dict[str, Any] = {}
        await self._finished(name, owner)
        if file:
            files = await self._jobs.root()
            await asyncio.to_thread(check_file, files, file)
            root = files.described()
        order = {"do": "predict", "name": name, "rows": list(rows), "file": file, "root": root}
        return Predictions(**await self._run({**order, "probabilities": probabilities, "most": MOST_ROWS}))

    async def card(self, name: str, owner: str) -> dict[str, str]:
        """The model's card, by "markdown" and "html". It is made once for each search of the experiment.

        Raises:
            ExperimentMissing: when there is none of this name for who asks.
            NothingTrained: when its search did not come to its end.
        """
        folder = await self._finished(name, owner)
        kept = await asyncio.to_thread(_kept_card, folder)
        return kept or await self._run({"do": "card", "name": name})

    async def code(self, name: str, owner: str) -> dict[str, str]:
        """Code that trains the model, as "script" and "notebook"; it reads the job's table where that is known.

        Raises:
            ExperimentMissing: when there is none of this name for who asks.
            NothingTrained: when its search did not come to its end.
            ModelNotExportable: when a part of it can't be written.
        """
        await self._finished(name, owner)
        job = (await self._jobs.get(name, owner, rows=0)).job
        return await self._run({"do": "code", "name": name, "file": "" if job is None else job.file})

    async def _finished(self, name: str, owner: str) -> Path:
        view = await self._jobs.get(name, owner, rows=0)
        experiment = await asyncio.to_thread(self._jobs.shelf.experiment, name)
        if experiment is None or await asyncio.to_thread(experiment.result) is None:
            why = "is being searched" if view.state in ("running", "queued") else "did not come to its end"
            raise NothingTrained(
                f"{name!r} {why}: there is no model yet.", hint="Wait for its end, or go on with it (`resume`)."
            )
        return experiment.folder

    async def _run(self, order: dict[str, Any]) -> dict[str, Any]:
        async with self._turns:
            return await errand(order, self._settings)


def _kept_card(folder: Path) -> dict[str, str]:
    """The card that was made since the search ended last; empty where there is none."""
    try:
        if (folder / "card.json").stat().st_mtime < (folder / "result.json").stat().st_mtime:
            return {}
        return dict(json.loads((folder / "card.json").read_bytes()))
    except (OSError, ValueError):
        return {}
