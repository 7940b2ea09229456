"""Every configuration of the portfolios on one fold of each table: score, time, and what a blend would take.

    python tests/bench/bench_automl_families.py DIRECTORY_OF_TABLES [--tables telco_churn concrete] [--families lightgbm]

The directory holds tables and an INDEX.md that names their targets. Scores are losses: smaller is better; 1.000 is that of
default histogram gradient boosting.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from lumina_jupyter.automl.candidate import Candidate
from lumina_jupyter.automl.families.registry import families_for
from lumina_jupyter.automl.metrics.metric import find_metric
from lumina_jupyter.automl.pipeline.pipeline import build_pipeline, fit_pipeline, kept_iterations, predictions, shape_of
from lumina_jupyter.automl.splitting import choose_validation
from lumina_jupyter.automl.tables.schema import infer_schema
from lumina_jupyter.automl.tables.target import read_target


def targets(directory: Path) -> dict[str, tuple[Path, str]]:
    """Name of a table to its file and target, as the index has them."""
    found = {}
    for line in (directory / "INDEX.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) > 3 and ".csv" in cells[0]:
            found[cells[0].split(".")[0]] = (directory / cells[0], cells[3])
    return found


def measure(path: Path, target: str, only: list[str]) -> None:
    """Print a line for each configuration."""
    table = pd.read_csv(path, keep_default_na=False, na_values=["", "NA", "NaN"], low_memory=False)
    frame = table.drop(columns=target)
    read = read_target(table[target], kind=None, name=target, rows=len(table), quantiles=())
    frame = frame.iloc[read.rows].reset_index(drop=True)
    schema = infer_schema(frame, None)
    validation = choose_validation(frame, read.values, schema, read.task, groups=None, time=None, folds=None, seed=0)
    metric = find_metric("auto", read.task)
    fold = validation.folds[-1]
    shape = shape_of(schema, read.task, len(fold.train))
    print(f"\n{path.name}: {read.task.kind}, {metric.name}, {shape}, {validation.kind}", flush=True)
    yardstick = None
    for family in families_for(read.task.kind, shape):
        if only and family.name not in [*only, "hist_gradient_boosting"]:
            continue
        for position, params in enumerate(family.portfolio(read.task.kind, shape)):
            if only and family.name not in only and position:
                continue
            candidate = Candidate(family=family.name, params=params)
            began = time.perf_counter()
            try:
                pipeline = build_pipeline(candidate, read.task, schema, shape)
                train, held_out = frame.iloc[fold.train], frame.iloc[fold.test]
                fit_pipeline(
                    pipeline, candidate, train, read.values[fold.train], held_out=(held_out, read.values[fold.test])
                )
                score = metric.score(read.values[fold.test], predictions(pipeline, read.task, held_out), None)
            except Exception as error:
                print(f"  {family.name:24s} failed: {type(error).__name__}: {str(error)[:120]}", flush=True)
                continue
            if family.name == "hist_gradient_boosting" and not position:
                yardstick = score
            seconds = time.perf_counter() - began
            kept = kept_iterations(pipeline, candidate)
            print(f"  {family.name:24s} {score:12.5f} {seconds:7.1f} s {kept:5d} {dict(params)}", flush=True)
    print(f"  yardstick {yardstick}", flush=True)


def main() -> None:
    """Measure the tables that are asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=Path)
    parser.add_argument("--tables", nargs="*", default=[])
    parser.add_argument("--families", nargs="*", default=[])
    asked = parser.parse_args()
    if not (asked.directory / "INDEX.md").exists():
        sys.exit(f"There is no INDEX.md in {asked.directory}.")
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    for name, (path, target) in targets(asked.directory).items():
        if not asked.tables or name in asked.tables:
            measure(path, target, asked.families)


if __name__ == "__main__":
    main()
