"""Code that `to_code` has written, run where no Lumina can be imported."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

CODE = "model.py"
_PROGRAM = """
import importlib.abc, os, sys
class Nothing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "lumina_jupyter":
            raise ImportError("It is to do without.")
sys.meta_path.insert(0, Nothing())
import numpy as np
import pandas as pd
for folder in {folders!r}:
    os.chdir(folder)
    names = {{}}
    exec(compile(open("{code}").read(), "{code}", "exec"), names)
    model, rows = names["model"], pd.read_pickle("rows.pkl")
    np.save("predicted.npy", {predicts})
    os.chdir("..")
"""


def predicted_alone(folder: Path, rows: Mapping[str, pd.DataFrame], predicts: str) -> dict[str, NDArray[Any]]:
    """What models predict that their code trains, one after the other in a process of their own.

    Args:
        folder: In it a folder for each model, by its name, with its code in `CODE`.
        rows: By the models' names: what is predicted for.
        predicts: How, as an expression of `model` and `rows`.
    """
    for name, frame in rows.items():
        frame.to_pickle(folder / name / "rows.pkl")
    program = _PROGRAM.format(folders=list(rows), code=CODE, predicts=predicts)
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=environment, capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, done.stderr
    return {name: np.load(folder / name / "predicted.npy") for name in rows}
