"""Forty notebook tasks, done by the agent and by plain `%%lumina` with the same model: how many are done right.

Takes an hour or more with an embedded model: `python -m tests.bench agent_tasks`, or with options
`python -m tests.bench.bench_agent_tasks --help`.
"""

from __future__ import annotations

from functools import partial

from tests.bench.notebook_stage import Asked, Attempt
from tests.bench.side_by_side import Item, Judged, options, run
from tests.bench.tasks import all_tasks
from tests.bench.tasks.notebook_task import NotebookTask
from tests.bench.tasks.playing import Player
from tests.bench.tasks.result import Result, Wrong


def main() -> None:
    """Have them done and print the rates."""
    given = options("agent_tasks", "Forty notebook tasks, by the agent and by plain %%lumina.").parse_args()
    with Player() as player:
        run([_item(name, task, player) for name, task in all_tasks().items()], given)


def _item(name: str, task: NotebookTask, player: Player) -> Item:
    asked = Asked(
        words=task.words,
        cells=task.cells,
        data={name: text.encode() for name, text in task.data.items()},
        about=task.about,
        paste=task.paste,
        shows=task.shows,
    )
    return Item(name=name, asked=asked, judge=partial(_judge, task, player))


def _judge(task: NotebookTask, player: Player, attempt: Attempt) -> Judged:
    try:
        task.check(Result(task, attempt.cells, attempt.answer, player))
    except Wrong as wrong:
        return Judged(passed=False, why=str(wrong))
    return Judged(passed=True)


if __name__ == "__main__":
    main()
