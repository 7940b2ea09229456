"""The checkers of the notebook tasks: a solution passes; doing nothing, and what only looks like a solution, does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bench.tasks import all_tasks
from tests.bench.tasks.notebook_task import Change, NotebookTask
from tests.bench.tasks.playing import Player
from tests.bench.tasks.result import Result, Wrong

TASKS = all_tasks()


@pytest.fixture(scope="module")
def player() -> Iterator[Player]:
    with Player() as player:
        yield player


def fault(task: NotebookTask, change: Change, player: Player) -> str:
    """Why the checker does not take a change; empty when it does."""
    try:
        task.check(Result(task, change.of(task.cells), change.answer, player))
    except Wrong as wrong:
        return str(wrong)
    return ""


def cheats(task: NotebookTask) -> Iterator[Change]:
    """What is no solution of any task, and what only looks like one of this."""
    yield Change()
    yield Change(answer=task.words)
    if task.about:
        yield Change(deletes=task.about[:1], answer=task.reference.answer)
        yield Change(edits={task.about[0]: ""}, answer=task.reference.answer)
    yield from task.cheats


def test_there_are_forty_tasks_of_many_kinds() -> None:
    assert len(TASKS) == 40
    assert len({name.split(".")[0] for name in TASKS}) >= 10
    assert len({task.words for task in TASKS.values()}) == 40
    for name, task in TASKS.items():
        assert len(task.cheats) >= 1, name
        assert len({cell.id for cell in task.cells}) == len(task.cells), name
        assert set(task.about) <= {cell.id for cell in task.cells}, name
        assert task.about or task.paste != "replace", name


@pytest.mark.parametrize("name", TASKS)
def test_a_checker_takes_the_solution_and_nothing_that_looks_like_one(name: str, player: Player) -> None:
    task = TASKS[name]
    assert fault(task, task.reference, player) == ""
    taken = [change for change in cheats(task) if not fault(task, change, player)]
    assert taken == []
