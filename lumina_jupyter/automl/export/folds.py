"""Source for the rows that the models of the folds are trained on."""

from __future__ import annotations

import base64
import warnings
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lumina_jupyter.automl.export.source import INDENT, Source

Rows = NDArray[np.intp]
WIDTH = 100
SEEDS = (0, 42)
"""What splitters that are given to `fit` are seeded with most often; the search's own folds are none of scikit-learn's."""
UNPACK = '''def unpacked(text):
    """The fold that each row is held out from (-1: none of them)."""
    return np.frombuffer(zlib.decompress(base64.b85decode(text)), dtype=np.int16)
'''


RARE = "The least populated class"
"""How scikit-learn begins to tell that a class has fewer rows than there are folds."""


class Split(NamedTuple):
    """What a splitter of scikit-learn's makes of the table: its name, the call, the rows to train on, and `RARE`."""

    name: str
    expression: str
    trained: list[Rows]
    rare: bool


def folds_source(
    source: Source,
    folds: Sequence[Rows],
    frame: pd.DataFrame,
    target: Any,
    *,
    by: str = "",
    split: bool = True,
) -> str:
    """Statements that bind `folds`, a list of positions a fold, to what `folds` is here.

    Where one of scikit-learn's splitters gives the same rows, it is that splitter; where they are ranges, those; else the
    folds are written down.

    Args:
        source: Is told what the statements need.
        folds: The positions of the rows that each model is trained on.
        frame: The table, called `X` in the statements.
        target: The target, called `y`.
        by: The column by which rows are grouped, where they are.
        split: Whether the statements have `X` and `y`, which a splitter could split.
    """
    tried = _splitters(len(folds), frame, np.asarray(target), by) if split else ()
    for found in tried:
        if len(found.trained) == len(folds) and all(map(np.array_equal, found.trained, folds)):
            source.imports.add(f"from sklearn.model_selection import {found.name}")
            return _split(source, found)
    source.imports.add("import numpy as np")
    if all(len(rows) and np.array_equal(rows, np.arange(rows[0], rows[-1] + 1)) for rows in folds):
        return f"folds = [{', '.join(f'np.arange({rows[0]}, {rows[-1] + 1})' for rows in folds)}]"
    return _written(source, folds, len(frame))


def _split(source: Source, found: Split) -> str:
    statement = f"folds = [train for train, _ in {found.expression}]"
    if not found.rare:
        return statement
    source.imports.add("import warnings")
    return (
        "with warnings.catch_warnings():\n"
        f"{INDENT}# Known: some classes are in fewer folds than there are.\n"
        f'{INDENT}warnings.filterwarnings("ignore", "{RARE}", UserWarning)\n'
        f"{INDENT}{statement}"
    )


def _splitters(count: int, frame: pd.DataFrame, target: Any, by: str) -> Iterator[Split]:
    from sklearn import model_selection

    def tried(name: str, arguments: dict[str, Any], grouped: bool = False) -> Iterator[Split]:
        groups = frame[by] if grouped else None
        # Whoever asks for code is not to hear what splitters say that come to nothing.
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            try:
                split = getattr(model_selection, name)(count, **arguments).split(frame, target, groups)
                trained = [np.asarray(train) for train, _ in split]
            except (ValueError, TypeError):
                return  # The table does not suit this splitter.
        written = "".join(f", {key}={value!r}" for key, value in arguments.items())
        yield Split(
            name,
            f"{name}({count}{written}).split(X, y{f', X[{by!r}]' if grouped else ''})",
            trained,
            any(str(each.message).startswith(RARE) for each in told),
        )

    if count < 2:
        return
    if by in frame:
        yield from tried("GroupKFold", {}, grouped=True)
        for seed in SEEDS:
            for name in ("GroupKFold", "StratifiedGroupKFold"):
                yield from tried(name, {"shuffle": True, "random_state": seed}, grouped=True)
    for seed in SEEDS:
        for name in ("StratifiedKFold", "KFold"):
            yield from tried(name, {"shuffle": True, "random_state": seed})
    for name in ("KFold", "StratifiedKFold", "TimeSeriesSplit"):
        yield from tried(name, {})


def _written(source: Source, folds: Sequence[Rows], rows: int) -> str:
    """The folds as text: one number a row where no row is held out twice, else one such text a fold."""
    source.imports |= {"import base64", "import zlib"}
    held_out = np.full(rows, -1, dtype=np.int16)
    twice = False
    for number, trained in enumerate(folds):
        rest = np.setdiff1d(np.arange(rows), trained)
        twice = twice or bool((held_out[rest] >= 0).any())
        held_out[rest] = number
    in_order = all(bool((np.diff(trained) > 0).all()) for trained in folds)
    if in_order and not twice:
        return f"{UNPACK}\n\nheld_out = unpacked({_packed(held_out)})\n" + (
            f"folds = [np.flatnonzero(held_out != fold) for fold in range({len(folds)})]"
        )
    texts = "".join(
        f"{INDENT}unpacked({_packed(np.asarray(trained, dtype=np.int32).view(np.int16))}),\n" for trained in folds
    )
    return f"{UNPACK}\n\nfolds = [rows.view(np.int32) for rows in [\n{texts}]]"


def _packed(numbers: NDArray[np.int16]) -> str:
    text = base64.b85encode(zlib.compress(np.ascontiguousarray(numbers).tobytes(), 9)).decode()
    lines = [text[at : at + WIDTH] for at in range(0, len(text), WIDTH)]
    return "(\n" + "".join(f'{INDENT}"{line}"\n' for line in lines) + ")" if len(lines) > 1 else f'"{text}"'
