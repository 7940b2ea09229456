"""The bench of AutoML: what it hands out, how it scores and ranks, and that it goes on where it was ended."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.bench.automl.entrants import Entrant
from tests.bench.automl.measuring import measured
from tests.bench.automl.report import ranks, report
from tests.bench.automl.results import Results
from tests.bench.automl.running import _score, run
from tests.bench.automl.tables import Table, folder, tables

INDEX = """# Tables
| set | rows x cols | task (classes, minority) | target | missing | cat | text | split/time col | source | licence | note |
|---|---|---|---|---|---|---|---|---|---|---|
| a.csv | 40 x 2 | binary (2, 0.5) | y | 0 | 0 |  | time day | here | CC0 | LEAKY on purpose |
| b.csv | 40 x 2 | regression | x | 0 | 0 |  | random | here | CC0 |  |
| gone.csv | 40 x 2 | regression | x | 0 | 0 |  | random | here | CC0 |  |
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "INDEX.md").write_text(INDEX, encoding="utf-8")
    frame = pd.DataFrame({"day": range(40), "x": np.linspace(0, 1, 40), "y": ["no", "yes"] * 20})
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_csv(tmp_path / "b.csv", index=False)
    monkeypatch.setenv("LUMINA_BENCH_TABLES", str(tmp_path))
    return tmp_path


def test_tables_are_what_their_index_says(place: Path) -> None:
    assert folder() == place
    found = tables(place)
    assert list(found) == ["a", "b"]
    assert (found["a"].in_time, found["a"].leaky, found["a"].metric) == (True, True, "roc_auc")
    train, test = found["a"].parts(seed=5)
    assert (train["day"].tolist(), test["day"].tolist()) == (list(range(30)), list(range(30, 40)))
    first, again, other = (found["b"].parts(seed)[1]["day"].tolist() for seed in (1, 1, 2))
    assert first == again != other


def test_a_run_is_measured_from_outside_and_the_answers_stay_here(place: Path) -> None:
    record = run(Entrant("naive", budgeted=False), tables(place)["a"], 1.0, seed=0, cores=1)
    assert record["score"] == 0.5
    assert record["fit_seconds"] > 0
    assert record["peak_mb"] > 20


def test_all_processes_of_a_run_are_ended_when_it_takes_too_long(tmp_path: Path) -> None:
    script = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); time.sleep(600)"
    result = measured([sys.executable, "-c", script], tmp_path, {}, 1, most_seconds=0.5)
    assert result.status is None


def test_classes_are_matched_whatever_a_reader_makes_of_them() -> None:
    table = Table("t", Path("t.csv"), "multiclass", "y", in_time=False, leaky=False)
    truth = pd.Series([1, 2, 3])
    sure = np.eye(3)[[0, 1, 2]]
    assert _score(table, truth, sure, ["1.0", "2.0", "3.0"]) == pytest.approx(0, abs=1e-9)
    assert _score(table, truth, sure[:, ::-1], ["3", "2", "1"]) == pytest.approx(0, abs=1e-9)


def record(table: str, entrant: str, score: float | None, **more: Any) -> dict[str, Any]:
    known = {"table": table, "entrant": entrant, "budget": 60.0, "seed": 0, "metric": "rmse", "fit_seconds": 58.0}
    return {**known, "peak_mb": 100.0, **({"failure": "no"} if score is None else {"score": score}), **more}


def test_ranks_are_of_tables_that_all_have_run_and_failures_come_last() -> None:
    made = [
        *(record("one", name, score) for name, score in (("a", 1.0), ("b", 2.0), ("c", None))),
        *(record("two", name, score, metric="roc_auc") for name, score in (("a", 0.7), ("b", 0.9), ("c", 0.9))),
        record("three", "a", 1.0),
    ]
    found = ranks(pd.DataFrame(made), ["a", "b", "c"])
    assert found.to_numpy().tolist() == [[1.0, 2.0, 3.0], [3.0, 1.5, 1.5]]
    text = report([*made, record("one", "d", 1.0, budget=0)], [60.0])
    assert "failed: c on one" in text
    assert "automl_rank_a_60s" in text


def test_a_bench_that_was_ended_goes_on(tmp_path: Path) -> None:
    results = Results(tmp_path / "deep" / "results.jsonl")
    results.add(record("one", "a", 1.0))
    results.add(record("one", "b", None))
    results.add(record("one", "c", None, retry=True))
    with results.path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record("one", "d", 1.0))[:30])
    again = Results(results.path)
    assert again.done("one", "a", 60, 0)
    assert not again.done("one", "a", 300, 0)
    assert again.done("one", "b", 60, 0)
    assert not again.done("one", "b", 60, 0, failed_too=False)
    assert not again.done("one", "c", 60, 0)
    assert not again.done("one", "d", 60, 0)
