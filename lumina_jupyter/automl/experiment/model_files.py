"""Fitted pipelines in files: pickles that may name what AutoML's own models are made of, and nothing else.

Workers write them, also on machines of a cluster, and the user's process reads them. Whoever sends another file, or puts one
in the place of ours, can have nothing run there: a pickle does what the functions do that it names, and it is refused when it
names one that is not known to be harmless.
"""

from __future__ import annotations

import copyreg
import functools
import importlib
import io
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_array

from lumina_jupyter.errors import ModelUntrusted

from . import array_pickles
from .array_pickles import number, number_type, numbers, objects
from .trusted_classes import BOOSTING, own_class

PROTOCOL = 5
PLAIN = __package__.rpartition(".")[0] + ".plain."
NAMES = frozenset(
    {
        *(tuple(name.rsplit(".", 1)) for name in BOOSTING),
        *(("builtins", name) for name in ("bytearray", "complex", "frozenset", "range", "set", "slice")),
        *(("numpy", name) for name in array_pickles.CLASSES),
        *(("numpy.random._pickle", f"__{made}_ctor") for made in ("bit_generator", "generator", "randomstate")),
        ("numpy.random._mt19937", "MT19937"),
        ("numpy.random._pcg64", "PCG64"),
        ("numpy.random.bit_generator", "SeedSequence"),
        ("numpy.random.bit_generator", "__pyx_unpickle_SeedSequence"),
        ("scipy.sparse._csc", "csc_array"),
        ("scipy.sparse._csc", "csc_matrix"),
        ("scipy.sparse._csr", "csr_array"),
        ("scipy.sparse._csr", "csr_matrix"),
        # Scikit-learn's classes that are no estimators.
        ("sklearn.calibration", "_CalibratedClassifier"),
        ("sklearn.ensemble._hist_gradient_boosting.predictor", "TreePredictor"),
        ("sklearn.metrics._dist_metrics", "newObj"),
        ("sklearn.neighbors._ball_tree", "newObj"),
        ("sklearn.neighbors._kd_tree", "newObj"),
        ("sklearn.neural_network._stochastic_optimizers", "AdamOptimizer"),
        ("sklearn.neural_network._stochastic_optimizers", "SGDOptimizer"),
        ("sklearn.tree._tree", "Tree"),
    }
)
"""What a model may name, by module and name, beside classes of `PLAIN` and scikit-learn's estimators."""
SMALL_PARTS = (
    "sklearn._loss.",
    "sklearn.metrics._dist_metrics",
    "sklearn.neighbors._ball_tree",
    "sklearn.neighbors._kd_tree",
)
"""Modules of scikit-learn whose classes are parts of estimators: losses, distances, indexes of neighbours."""


def write_model(path: Path, pipeline: Any) -> None:
    """Write a fitted pipeline.

    Args:
        path: The file.
        pipeline: What AutoML has trained.

    Raises:
        PicklingError: when something in it can't be written.
        OSError: when there is no room.
    """
    with path.open("wb") as file:
        pickler = pickle.Pickler(file, PROTOCOL)
        pickler.dispatch_table = _REDUCERS
        pickler.dump(pipeline)


def read_model(path: Path) -> Any:
    """Read what `write_model` has written.

    Args:
        path: The file.

    Raises:
        ModelUntrusted: when it is something else: nothing of what it wants to run has run then.
        OSError: when it can't be read.
    """
    with path.open("rb") as file:
        return _read(file, path.name)


def check_model(data: bytes) -> None:
    """Nothing when the bytes are a model's file.

    Raises:
        ModelUntrusted: when they are something else.
    """
    _read(io.BytesIO(data), "What was sent")


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        return _find(module, name)


@functools.cache
def _find(module: str, name: str) -> Any:
    """What a pickle may name.

    Raises:
        ModelUntrusted: when it is nothing that models are made of.
    """
    if (module, name) in _OURS:
        return _OURS[module, name]
    if (module, name) == ("joblib.numpy_pickle", "NumpyArrayWrapper"):
        raise pickle.UnpicklingError("it has the form of earlier versions")
    if not _is_known(module, name):
        raise ModelUntrusted(f"It names {module}.{name}, which no model of AutoML is made of.")
    return getattr(importlib.import_module(module), name)


def _is_known(module: str, name: str) -> bool:
    if (module, name) in NAMES:
        return True
    if module.startswith(PLAIN):
        return own_class(module, name) is not None
    if module.startswith(SMALL_PARTS):
        return name.startswith("__pyx_unpickle_") or own_class(module, name) is not None
    found = own_class(module, name) if module.startswith("sklearn.") else None
    return found is not None and issubclass(found, BaseEstimator)


def _read(file: IO[bytes], name: str) -> Any:
    try:
        return _Unpickler(file).load()
    except ModelUntrusted as error:
        raise ModelUntrusted(
            f"{name} is no model that AutoML has written: {error.message}",
            hint="Nothing of it has run. Who can write there, or send models from there? Train it anew.",
        ) from None
    except (OSError, MemoryError):
        raise
    except Exception as error:
        raise ModelUntrusted(
            f"{name} can't be read as a model: {error}.",
            hint="It is broken, or was written by another version of Lumina. Train it anew.",
        ) from error


def checking(settings: Mapping[str, Any]) -> functools.partial[Any]:
    """Scikit-learn's check of arrays with settings of its own, by which its gradient boosting looks at numbers before it predicts."""
    return functools.partial(check_array, **settings)


def _reduce_partial(value: functools.partial[Any]) -> Any:
    if value.func is not check_array or value.args:
        raise pickle.PicklingError(f"A call of {value.func} can't be kept.")
    return checking, (dict(value.keywords),)


_OURS = {
    (function.__module__, function.__name__): function for function in (checking, number, number_type, numbers, objects)
}
_REDUCERS = {**copyreg.dispatch_table, **array_pickles.REDUCERS, functools.partial: _reduce_partial}
