"""Deep networks: trained by JAX where it is there, and good without it ever after."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lumina_jupyter.automl.candidate import Candidate
from lumina_jupyter.automl.export.code import Recipe, to_code
from lumina_jupyter.automl.export.onnx.writing import to_onnx
from lumina_jupyter.automl.export.saving import load, save
from lumina_jupyter.automl.families.family import Shape
from lumina_jupyter.automl.families.registry import FAMILIES, families_for
from lumina_jupyter.automl.pipeline.pipeline import build_pipeline, fit_pipeline, kept_iterations, shape_of
from lumina_jupyter.automl.plain.blend import Blend
from lumina_jupyter.automl.plain.fold_average import FoldAverage
from lumina_jupyter.automl.tables.schema import infer_schema
from lumina_jupyter.automl.task import Task

from .tables import SCHEMA, learned, table

FAMILY = FAMILIES["deep_network"]
WORDLESS = dataclasses.replace(SCHEMA, columns=tuple(each for each in SCHEMA.columns if each.kind != "text"))
SMALL = Candidate(family="deep_network", params={"width": 128, "layers": 2, "pieces": 4, "learning_rate": 0.01})
TRAIN = np.arange(180)
FRESH = """
import os, sys
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # of several cores, one
sys.modules["lumina_jupyter"] = None
names = {}
exec(compile(open("model.py").read(), "model.py", "exec"), names)
import numpy as np
np.save("got.npy", names["model"].predict_proba(names["X"]))
"""
needs_jax = pytest.mark.skipif(bool(FAMILY.missing()), reason=FAMILY.missing())


@needs_jax
def test_code_trains_it_again_and_files_of_it_need_no_jax(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame, number = table()
    frame = frame.drop(columns="note")
    task, target = learned("binary", number)
    shape = shape_of(WORDLESS, task, len(TRAIN))
    pipeline = build_pipeline(SMALL, task, WORDLESS, shape, seed=5)
    held_out = frame.drop(index=TRAIN), np.delete(target, TRAIN)
    fit_pipeline(pipeline, SMALL, frame.iloc[TRAIN], target[TRAIN], held_out=held_out, seconds=1.0)
    blend = Blend.of_fitted([FoldAverage.of_fitted([pipeline], 2)], [1.0], list(task.classes))

    # Code, where Lumina can't be imported.
    kept = kept_iterations(pipeline, SMALL)
    again = build_pipeline(SMALL, task, WORDLESS, shape, seed=5, iterations=kept)
    recipe = Recipe(
        model=Blend([FoldAverage([again], [TRAIN], 2)], [1.0], list(task.classes)),
        names=["deep"],
        title="Houses",
        frame=frame,
        target=np.asarray(task.classes)[target],
    )
    assert "jax " in to_code(recipe, tmp_path / "model.py").cells[0].text
    command, one_thread = [sys.executable, "-c", FRESH], {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=one_thread, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr
    np.testing.assert_allclose(np.load(tmp_path / "got.npy"), blend.predict_proba(frame), rtol=0, atol=1e-9)

    # Files, where JAX can't be.
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(ImportError, match="jax"):
        again.fit(frame, target)
    loaded = load(save({"model": blend}, tmp_path / "model.skops"))["model"]
    assert np.array_equal(loaded.predict_proba(frame), blend.predict_proba(frame))
    np.testing.assert_allclose(loaded.predict_proba(frame[7:8]), blend.predict_proba(frame)[7:8], rtol=1e-9)
    to_onnx(blend, task, WORDLESS, tmp_path / "model.onnx", frame)  # which compares


@needs_jax
def test_weights_of_rows_count_and_time_ends_the_training(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(400, 3)), columns=["a", "b", "c"])
    is_first = random.random(400) < 0.5
    target = np.where(is_first, frame["a"], -frame["a"])
    schema, task = infer_schema(frame), Task(kind="regression", target="d")
    shape = shape_of(schema, task, 400)
    for sign, counted in ((1.0, is_first), (-1.0, ~is_first)):
        pipeline = build_pipeline(SMALL, task, schema, shape, iterations=12)
        pipeline.fit(frame, target, model__sample_weight=counted + 1e-3)
        assert np.corrcoef(pipeline.predict(frame), sign * frame["a"])[0, 1] > 0.8
    assert kept_iterations(pipeline, SMALL) == 12
    blend = Blend.of_fitted([FoldAverage.of_fitted([pipeline])], [1.0])
    to_onnx(blend, task, schema, tmp_path / "model.onnx", frame)
    hasty = build_pipeline(SMALL, task, schema, shape)
    fit_pipeline(hasty, SMALL, frame, target, seconds=1e-6)
    assert kept_iterations(hasty, SMALL) == 1


def test_it_takes_part_where_jax_is_and_comes_last(monkeypatch: pytest.MonkeyPatch) -> None:
    def names(rows: int) -> list[str]:
        return [family.name for family in families_for("binary", Shape(rows=rows, features=10, classes=2))]

    monkeypatch.setattr("lumina_jupyter.automl.families.deep_network.find_spec", lambda name: object())
    assert names(5000)[-1] == "deep_network"
    assert "deep_network" not in names(100)
    monkeypatch.setattr("lumina_jupyter.automl.families.deep_network.find_spec", lambda name: None)
    assert "deep_network" not in names(5000)
    assert "lumina-jupyter[deep]" in FAMILY.missing()
