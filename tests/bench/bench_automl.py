"""What AutoML makes its users wait for: an import, the first row of a board, a prediction. Printed as `name value unit`.

`import_*` and `first_row` are of fresh processes, the latter from before the import of AutoML to the first row of the
leaderboard of a table of 10,000 rows with 20 columns; `_cpu` is what that process spent, which is all of it where the machine
has nothing else to do. `predict_row_*` is one row of a pandas table, predicted by AutoML's fast alternative, by its blend, and
by what people write themselves: scikit-learn's histogram gradient boosting behind a ColumnTransformer, in turns. `view_share`
is what the view in a notebook takes of a search's time. Threads of OpenMP that wait do not spin: they would starve each other
where something else runs.

Where `LUMINA_BENCH_TABLES` names a folder with `telco_churn.csv.gz`, that table is searched and predicted too.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
ROWS = 10_000
ROUNDS = 5
PREDICTIONS = 200
SECONDS = 30.0
MAKE = """
import time
began, spent = time.perf_counter(), time.process_time()
def stamp():
    print(time.perf_counter() - began, time.process_time() - spent, flush=True)
"""
IMPORT = MAKE + "import lumina_jupyter.automl\nstamp()\nlumina_jupyter.automl.AutoML\nstamp()\n"
PEER = MAKE + "import pandas, sklearn.compose, sklearn.ensemble, sklearn.pipeline, sklearn.preprocessing\nstamp()\n"
FIRST_ROW = """
from tests.bench.bench_automl import made
X, y = made()
import pathlib, time
began, spent = time.perf_counter(), time.process_time()
from lumina_jupyter.automl import AutoML
from lumina_jupyter.automl.progress import TrialChanged
def heard(event):
    if isinstance(event, TrialChanged) and event.trial.state == "done":
        print(time.perf_counter() - began, time.process_time() - spent, flush=True)
        model.stop()
model = AutoML(time_budget=30, verbose=0).listen(heard)
model.fit(X, y)
"""


def made() -> tuple[pd.DataFrame, pd.Series]:
    """A table: 10 numbers, 2 with gaps, a boolean, 5 categories with 6 levels, one with 60, a date; and two classes."""
    random = np.random.default_rng(0)
    columns: dict[str, Any] = {f"n{number}": random.normal(size=ROWS) for number in range(10)}
    for number in range(2):
        columns[f"gaps{number}"] = np.where(random.random(ROWS) < 0.1, np.nan, random.normal(size=ROWS))
    columns["open"] = random.random(ROWS) < 0.5
    columns |= {f"c{number}": random.choice(list("abcdef"), ROWS) for number in range(5)}
    columns["city"] = random.choice([f"city {number}" for number in range(60)], ROWS)
    columns["day"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 700, ROWS), unit="D")
    frame = pd.DataFrame(columns)
    effect = frame["n0"] * (frame["c0"] == "a") + frame["n1"] + (frame["city"].str[-1] == "1")
    return frame, (effect + random.normal(size=ROWS) > 0).map({True: "yes", False: "no"})


def fresh(code: str) -> list[list[float]]:
    """The least of what processes print, value by value: wall-clock and processor's seconds of each line."""
    runs = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "JUPYTER_DATA_DIR": folder}
            done = subprocess.run(
                [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
            )
        runs.append([[float(value) for value in line.split()] for line in done.stdout.splitlines()])
    least: list[list[float]] = np.min(runs, axis=0).tolist()
    return least


def peer(frame: pd.DataFrame, target: pd.Series) -> Any:
    """scikit-learn's own: codes for texts, dates left out, all else as it is."""
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder

    texts = make_column_selector(dtype_include=["object", "string", "category"])
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    numbers = make_column_selector(dtype_include=["number", "bool"])
    columns = make_column_transformer((codes, texts), ("passthrough", numbers))
    return make_pipeline(columns, HistGradientBoostingClassifier()).fit(frame, target)


def predictions(frame: pd.DataFrame, ways: dict[str, Callable[[pd.DataFrame], Any]], name: str) -> None:
    """Print what one row takes in each way; they take turns."""
    walls: dict[str, list[float]] = {way: [] for way in ways}
    busy: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(PREDICTIONS):
        row = frame.iloc[number : number + 1]
        for way, predict in ways.items():
            began, spent = time.perf_counter(), time.process_time()
            predict(row)
            busy[way].append(time.process_time() - spent)
            walls[way].append(time.perf_counter() - began)
    for way in ways:
        print(f"{name}_row_{way}_p50 {1e3 * statistics.median(walls[way]):.1f} ms")
        print(f"{name}_row_{way}_cpu_p50 {1e3 * statistics.median(busy[way]):.1f} ms")
        print(f"{name}_row_{way}_cpu_min {1e3 * min(busy[way]):.1f} ms")


def searched(frame: pd.DataFrame, target: pd.Series, name: str) -> None:
    """Search, and print what the view and one row took."""
    from lumina_jupyter.automl import AutoML
    from lumina_jupyter.automl.showing.board import Board
    from lumina_jupyter.widgets.automl_search import SearchView

    class Timed(SearchView):
        spent = 0.0

        def __call__(self, event: Any) -> None:
            began = time.thread_time()
            super().__call__(event)
            self.spent += time.thread_time() - began

        def _show(self) -> None:
            began = time.thread_time()
            super()._show()
            self.spent += time.thread_time() - began

        def send(self, content: Any, buffers: Any = None) -> None:
            json.dumps(content)
            super().send(content, buffers)

    model = AutoML(time_budget=SECONDS, verbose=0)
    view = Timed(Board(), model)
    began = time.perf_counter()
    model.listen(view).fit(frame, target)
    print(f"{name}_view_share {100 * view.spent / (time.perf_counter() - began):.2f} %")
    print(f"{name}_trials {len(model.trials_)} trials")
    fast = model.alternative("fast")
    print(f"{name}_members {len(model.weights_)} models")
    print(f"# the fast one is {model.alternatives_['fast'].family}")
    ways = {"fast": fast.predict, "blend": model.predict, "sklearn_hgb": peer(frame, target).predict}
    predictions(frame, ways, name)


def main() -> None:
    """Print all figures."""
    (package, _), (classes, _) = ((cpu, wall) for wall, cpu in fresh(IMPORT))
    print(f"import_package_cpu {1e3 * package:.1f} ms")
    print(f"import_automl_cpu {1e3 * classes:.0f} ms")
    print(f"import_sklearn_pandas_cpu {1e3 * fresh(PEER)[0][1]:.0f} ms")
    ((wall, cpu),) = fresh(FIRST_ROW)
    print(f"first_row {wall:.2f} s")
    print(f"first_row_cpu {cpu:.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["JUPYTER_DATA_DIR"] = folder
        searched(*made(), "made")
        telco = Path(os.environ.get("LUMINA_BENCH_TABLES", "")) / "telco_churn.csv.gz"
        if telco.exists():
            table = pd.read_csv(telco)
            searched(table.drop(columns="churn"), table["churn"], "telco_churn")
        else:
            print("# LUMINA_BENCH_TABLES names no folder with telco_churn.csv.gz: it was not predicted.")


if __name__ == "__main__":
    main()
