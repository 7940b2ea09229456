"""A question about what is in a variable."""

from __future__ import annotations

import random

from ..notebook_task import Change, NotebookTask, code
from ..result import Result

_MAKE = """
import random

rng = random.Random(3)
jobs = [{"state": rng.choice(["done", "failed", "late"]), "seconds": rng.randint(5, 90)} for _ in range(60)]
len(jobs)
"""


def _facts() -> tuple[int, int]:
    rng = random.Random(3)
    jobs = [(rng.choice(["done", "failed", "late"]), rng.randint(5, 90)) for _ in range(60)]
    failed = [seconds for state, seconds in jobs if state == "failed"]
    return len(failed), sum(failed)


def check(result: Result) -> None:
    """Both numbers are said."""
    result.keeps()
    result.play()
    count, seconds = _facts()
    result.says_number(count, within=0)
    result.says_number(seconds, within=0)


TASK = NotebookTask(
    words="How many of the jobs failed, and how many seconds did the failed ones take together?",
    cells=(code("make-cell", _MAKE),),
    check=check,
    reference=Change(answer="{} jobs failed; together they took {} seconds.".format(*_facts())),
    cheats=(Change(answer="20 of 60 jobs failed; together they took 900 seconds."), Change(answer="See jobs.")),
    shows=("@jobs",),
)
