"""A model as code that needs nothing of Lumina: it trains the same model and gives the same predictions."""

from __future__ import annotations

import ast
import contextlib
import importlib
import importlib.metadata
import json
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from sklearn.base import clone

from lumina_jupyter.automl.experiment.problem import Problem
from lumina_jupyter.automl.export.data import TableFile, keep, reading, reading_series
from lumina_jupyter.automl.export.folds import folds_source
from lumina_jupyter.automl.export.inline import inlined, joined
from lumina_jupyter.automl.export.source import Raw, Source, differences
from lumina_jupyter.automl.forecasting.history import history_of
from lumina_jupyter.automl.plain.blend import Blend
from lumina_jupyter.automl.plain.fold_average import FoldAverage
from lumina_jupyter.automl.plain.lag_forecaster import LagForecaster
from lumina_jupyter.automl.plain.lag_table import LagTable
from lumina_jupyter.automl.plain.step_errors import StepErrors
from lumina_jupyter.errors import ModelNotExportable
from lumina_jupyter.storage.folders import write_atomically

LIBRARIES = {"sklearn": "scikit-learn", "lightgbm": "lightgbm", "xgboost": "xgboost", "catboost": "catboost"}
IMPORTED_LATE = {"deep_network": "jax"}
"""Modules of `plain` that import a library when they train, and which."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of the code, or what is to be said about it."""

    kind: Literal["markdown", "code"]
    text: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """A model that is not fitted, and what its code has to know beside it.

    Args:
        model: The blend.
        names: A name for each of its models, as it may stand in code.
        title: What is predicted, for people.
        frame: The table that the model was fitted on.
        target: The target that it was fitted on.
        target_name: The target's name.
        by: The column by which the validation groups rows, where it does.
        weights: The weights of the rows, where they have any.
        query: For rankings, whose `target` is relevance and query: the name of the column of queries; empty when it had none.
        series: For forecasts: what makes rows of series, as it was fitted; `frame` holds these rows then.
        errors: For forecasts: how sure they are.
    """

    model: Blend
    names: Sequence[str]
    title: str
    frame: pd.DataFrame
    target: Any
    target_name: str = "target"
    by: str = ""
    weights: Any = None
    query: str = ""
    series: LagTable | None = None
    errors: StepErrors | None = None

    def of_series(self, problem: Problem, errors: StepErrors) -> Recipe:
        """The same for a model that forecasts."""
        return replace(self, series=problem.series, errors=errors)

    @property
    def queries(self) -> pd.Series | None:
        """For rankings: the number of each row's query."""
        return (
            pd.Series(self.target[:, 1].astype(int), name=self.query or "query") if np.ndim(self.target) == 2 else None
        )


@dataclass(frozen=True, slots=True, repr=False)
class Code:
    """The code of a model. `str()` gives the text of a script."""

    cells: tuple[Cell, ...]

    def __repr__(self) -> str:
        lines = str(self).count("\n")
        return f"Code of {lines:,} lines: `print(code)` shows it as a script, `code.save(path)` writes a script or a notebook."

    def __str__(self) -> str:
        parts = []
        for cell in self.cells:
            commented = "\n".join(f"# {line}".rstrip() for line in cell.text.splitlines())
            parts.append(commented if cell.kind == "markdown" else cell.text)
        return "\n\n".join(parts) + "\n"

    def notebook(self) -> dict[str, Any]:
        """The code as a notebook, in the format of nbformat 4.5."""
        cells: list[dict[str, Any]] = []
        for number, cell in enumerate(self.cells):
            made: dict[str, Any] = {"cell_type": cell.kind, "id": f"part-{number}", "metadata": {}, "source": cell.text}
            cells.append(made if cell.kind == "markdown" else {**made, "execution_count": None, "outputs": []})
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}

    def save(self, path: str | Path) -> Path:
        """Write a notebook (`.ipynb`) or a script (any other suffix)."""
        path = Path(path)
        text = json.dumps(self.notebook(), indent=1) if path.suffix == ".ipynb" else str(self)
        write_atomically(path, text.encode(), mode=0o644)
        return path


def to_code(recipe: Recipe, path: str | Path | None = None, *, data: str | None = None) -> Code:
    """The code that trains a model.

    Args:
        recipe: The model.
        path: Where to write it: a notebook (`.ipynb`) or a script. None writes nothing.
        data: The file that the code reads the table from, with the target in it. When there is none, a copy of the table is
            written beside the code; when there is no path either, the code takes `X` and `y` as they are around it.

    Raises:
        ModelNotExportable: when a part of the model, or the table, can't be written.
    """
    source = Source()
    table = _table(source, recipe, path, data)
    model = _model(source, recipe)
    fit, predict = _use(recipe)
    imports, classes = inlined(source.plain)
    cells = [
        Cell("markdown", _heading(recipe, source)),
        Cell("code", f"from __future__ import annotations\n\n{joined(imports | source.imports)}"),
        Cell("markdown", "## What scikit-learn lacks"),
        Cell("code", classes),
        Cell("markdown", "## The table"),
        Cell("code", table),
        Cell("markdown", "## The model"),
        *(Cell("code", part) for part in model),
        Cell("code", fit),
        *predict,
    ]
    code = Code(tuple(cells))
    if path is not None:
        code.save(path)
    return code


def _table(source: Source, recipe: Recipe, path: str | Path | None, data: str | None) -> str:
    """Statements that read the table."""
    name, series = recipe.target_name, recipe.series
    queries = recipe.queries
    if data is not None and queries is not None and not recipe.query:
        raise ModelNotExportable(
            "The queries of this ranking have no column that the code could find in the file.",
            hint='Leave `data` out, or train with the name of the column: groups="query_id".',
        )
    file = TableFile(data, name, queries=recipe.query) if data is not None else None
    if file is None and path is not None:
        if series is not None:
            history = history_of(series)
            file = keep(history.drop(columns=name), history[name], name, Path(path))
        else:
            target = recipe.target if queries is None else recipe.target[:, 0].astype(int)
            file = keep(recipe.frame, target, name, Path(path), recipe.weights, queries)
    if series is not None:
        known = "# `table` is the data frame of the series that the model was made for."
        return reading_series(source, file, series) if file else known
    known = "# `X` is the data frame and `y` the target that the model was made for"
    known += "." if recipe.weights is None else ", `weights` are the weights of the rows."
    known += "" if queries is None else " `queries` are the queries of the rows."
    return reading(source, file) if file else known


def _use(recipe: Recipe) -> tuple[str, list[Cell]]:
    """Statements that fit the model, and what is said and done about predictions."""
    series = recipe.series
    if series is None:
        fit = "model.fit(X, y)" if recipe.weights is None else "model.fit(X, y, sample_weight=weights)"
        fit = fit if recipe.queries is None else "model.fit(X, ranked(y, queries))"
        text = "## Predictions\n\nFor other rows with the same columns: `model.predict(rows)`."
        return fit, [Cell("markdown", text), Cell("code", "predictions = model.predict(X)")]
    text = f"## Forecasts\n\nFor up to {series.horizon} steps ahead: `model.predict(moments)`"
    if series.known:
        text += f", with columns for {', '.join((series.time, *series.series, *series.known))}"
        text += ". Moments that are in the table already are foretold from the one before."
        moments = "moments = table"
    else:
        text += "."
        moments = "moments = model.table_.next_moments()"
    statements = f"{moments}\npredictions = model.predict(moments)"
    if recipe.errors is not None:
        text += " The quantiles are learned from what the backtest of the search has missed."
        statements += "\nquantiles = model.predict_quantiles(moments, (0.1, 0.9))"
    return "model.fit(table)", [Cell("markdown", text), Cell("code", statements)]


def _heading(recipe: Recipe, source: Source) -> str:
    used = {each.split()[1].split(".")[0] for each in source.imports}
    versions = [
        f"{name} {importlib.import_module(module).__version__}" for module, name in LIBRARIES.items() if module in used
    ]
    for module, name in IMPORTED_LATE.items():
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions += [f"{name} {importlib.metadata.version(name)}"] * (module in source.plain)
    made = ", ".join([f"Python {platform.python_version()}", *versions, f"pandas {pd.__version__}"])
    return (
        f"# {recipe.title}\n\nTrains the model that AutoML has found, with nothing of AutoML. Made with {made}; "
        "with other versions the predictions can differ a little."
    )


def _model(source: Source, recipe: Recipe) -> list[str]:
    """The folds, one part for each model, and the blend of them."""
    parts = []
    shared = _shared_folds(recipe.model.models)
    if shared is not None:
        frame, target, split = recipe.frame, recipe.target, recipe.series is None
        parts.append(folds_source(source, shared, frame, target, by=recipe.by, split=split))
    parts += _common(source, recipe.model.models)
    names = []
    for name, model in zip(_distinct(recipe.names), recipe.model.models, strict=True):
        is_shared = shared is not None and isinstance(model, FoldAverage) and _same_rows(model.rows, shared)
        parts.append(_member(source, name, model, "folds" if is_shared else ""))
        names.append(Raw(name))
    arguments: dict[str, Any] = {"models": names, "weights": list(recipe.model.weights)}
    if len(recipe.model.classes):
        arguments["classes"] = list(recipe.model.classes)
    blend = source.call(source.name_of(Blend), (), arguments)
    if recipe.series is None:
        return [*parts, f"model = {blend}"]
    given = {"table": clone(recipe.series), "model": Raw("blend")}
    if recipe.errors is not None:
        given["errors"] = recipe.errors
    return [*parts, f"blend = {blend}", "model = " + source.call(source.name_of(LagForecaster), (), given)]


def _member(source: Source, name: str, model: Any, folds: str) -> str:
    if not isinstance(model, FoldAverage):
        return f"{name} = {source.expression(model)}"
    first, *others = model.models
    changes = [differences(first, other) for other in others]
    if any(each is None for each in changes):
        versions = [source.expression(each) for each in model.models]
        text, listed = "", versions
    else:
        text = f"one = {source.expression(first)}\n"
        listed = ["one"]
        for change in changes:
            if change:
                source.imports.add("from sklearn.base import clone")
            listed.append(source.call("clone(one).set_params", (), change, "        ") if change else "one")
    models = "[\n" + "".join(f"        {each},\n" for each in listed) + "    ]"
    if set(listed) == {"one"}:
        models = f"[one] * {len(listed)}" if others else "[one]"
    rows = folds or source.expression(list(model.rows), "    ")
    classes = f"    classes={model.classes},\n" if model.classes else ""
    average = source.name_of(FoldAverage)
    return f"{text}{name} = {average}(\n    models={models},\n    rows={rows},\n{classes})"


def _common(source: Source, models: Iterable[Any]) -> list[str]:
    """Names for what the models' parameters have in common: the columns, mostly."""
    looked = Source()
    for model in models:
        looked.expression(model.models[0] if isinstance(model, FoldAverage) else model)
    texts = [text for text, times in looked.seen.items() if times > 1]
    lines = []
    for number, text in enumerate(texts):
        value = ast.literal_eval(text)
        name = "columns" if isinstance(value, dict) and not number else f"names_{number}"
        lines.append(f"{name} = {source.expression(value)}")
        source.names[text] = name
    return ["\n".join(lines)] if lines else []


def _shared_folds(models: Iterable[Any]) -> Any:
    return next((each.rows for each in models if isinstance(each, FoldAverage) and each.rows[0] is not None), None)


def _same_rows(rows: Any, others: Any) -> bool:
    return len(rows) == len(others) and all(
        (mine is None) == (theirs is None) and (mine is None or list(mine) == list(theirs))
        for mine, theirs in zip(rows, others, strict=True)
    )


def _distinct(names: Iterable[str]) -> list[str]:
    """Names that can stand in code, each once."""
    taken = {
        "model",
        "columns",
        "weights",
        "folds",
        "one",
        "table",
        "predictions",
        "X",
        "y",
        "queries",
        "held_out",
        "unpacked",
        "pd",
        "np",
        "clone",
        "blend",
        "moments",
        "quantiles",
    }
    given = []
    for name in names:
        base = "".join(letter if letter.isalnum() else "_" for letter in name).strip("_") or "member"
        base = f"model_{base}" if base[0].isdigit() else base
        number, tried = 2, base
        while tried in taken:
            number, tried = number + 1, f"{base}_{number}"
        taken.add(tried)
        given.append(tried)
    return given
