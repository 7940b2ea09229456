"""Questions about tables with known answers, by the agent and by plain `%%lumina` with the same model.

The questions are a part of InfiAgent-DABench (development set). Their licence (CC BY-NC 4.0) forbids copying them here, so
they are read from a folder beside the checkout, or from the one that LUMINA_BENCH_DATA names, and the bench says so and
skips where there is none. A question is right when all of its values are. `values` is the share of single values.

With options: `python -m tests.bench.bench_agent_data --help`.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench.notebook_stage import Asked, Attempt
from tests.bench.side_by_side import Item, Judged, options, run
from tests.bench.tasks.notebook_task import code
from tests.bench.tasks.result import text_of

SAMPLE = 40
SEED = 1
TOLERANCE = 1e-6
"""By how much a number may differ from the known one, which is rounded as the question says."""
_BESIDE = Path(__file__).parents[3] / "shared" / "memory-data" / "dabench"
_DATA = Path(os.environ.get("LUMINA_BENCH_DATA") or _BESIDE)
_VALUE = re.compile(r"@([A-Za-z_]\w*)\s*\[([^\[\]]*)\]")


def main() -> None:
    """Have the questions answered and print the rates."""
    parser = options("agent_data", "Questions about tables, by the agent and by plain %%lumina.")
    parser.add_argument("--sample", type=int, default=SAMPLE, help=f"how many questions, chosen by chance; {SAMPLE}")
    parser.add_argument("--seed", type=int, default=SEED, help=f"of that choice; {SEED}")
    parser.add_argument("--all", action="store_true", help="all questions")
    given = parser.parse_args()
    if not (_DATA / "questions.jsonl").exists():
        print(f"skipped: there are no questions in {_DATA}; LUMINA_BENCH_DATA names the folder of DABench")
        return
    questions = _lines("questions.jsonl")
    if not given.all:
        questions = random.Random(given.seed).sample(questions, min(given.sample, len(questions)))
    labels = {each["id"]: each["common_answers"] for each in _lines("labels.jsonl")}
    run([_item(each, dict(labels[each["id"]])) for each in questions], given)


def values_in(text: str) -> dict[str, str]:
    """The values of an answer in the questions' format, `@name[value]`; of a name the last one."""
    return {name: value.strip().strip("\"'") for name, value in _VALUE.findall(text)}


def same(given: str, known: str) -> bool:
    """Whether a value is the known one: the same text, or nearly the same number."""
    if given == known:
        return True
    try:
        return abs(float(given) - float(known)) < TOLERANCE
    except ValueError:
        return False


def _item(question: Mapping[str, Any], known: dict[str, str]) -> Item:
    name = question["file_name"]
    load = f"import pandas as pd\n\ndf = pd.read_csv({name!r})\ndf.head()"
    words = (
        f"{question['question']}\n\n{question['constraints']}\n\nThe answer must have this format: {question['format']}"
    )
    asked = Asked(
        words=words,
        cells=(code("load-cell", load),),
        data={name: (_DATA / "tables" / name).read_bytes()},
        shows=("@df",),
    )
    return Item(name=f"{question['level']}-{question['id']}", asked=asked, judge=partial(_judge, known))


def _judge(known: Mapping[str, str], attempt: Attempt) -> Judged:
    """Judge what a person read last: of the agent the answer after the outputs, of a cell the outputs after its text."""
    printed = "\n".join(text_of(output) for cell in attempt.cells[1:] for output in cell.outputs)
    texts = (printed, attempt.answer) if attempt.answers_last else (attempt.answer, printed)
    given = {**values_in(texts[0]), **values_in(texts[1])}
    right = {name: name in given and same(given[name], value) for name, value in known.items()}
    wrong = [f"{name}: {given.get(name, 'nothing')}, not {known[name]}" for name in known if not right[name]]
    return Judged(passed=not wrong, why="; ".join(wrong), scores={"values": sum(right.values()) / len(right)})


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (_DATA / name).read_text().splitlines() if line.strip()]


if __name__ == "__main__":
    main()
