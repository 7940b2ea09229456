"""Models in files that run nothing when they are read (skops), and what may be in them."""

from __future__ import annotations

import importlib
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lumina_jupyter.automl.export.source import PLAIN
from lumina_jupyter.errors import MissingExtra, ModelNotExportable, ModelUntrusted
from lumina_jupyter.storage.folders import write_atomically

VERSION = 1
TRUSTED_FROM = (f"{PLAIN}.", "sklearn.")
"""Whose own classes are trusted. Neither their functions nor what they import from elsewhere: a file says what its types are
called with when it is read, and scikit-learn's tools for tests have `subprocess.check_output` among their names."""
TRUSTED = frozenset(
    {
        "catboost.core.CatBoost",
        "catboost.core.CatBoostClassifier",
        "catboost.core.CatBoostRegressor",
        "catboost._catboost._CatBoost",
        "collections.OrderedDict",
        "collections.defaultdict",
        "functools.partial",  # of functions that are looked at themselves
        "lightgbm.basic.Booster",
        "numpy.dtype",
        # Scikit-learn's gradient boosting checks numbers with it before it predicts.
        "sklearn.utils.validation.check_array",
        "lightgbm.sklearn.LGBMClassifier",
        "lightgbm.sklearn.LGBMRanker",
        "lightgbm.sklearn.LGBMRegressor",
        "xgboost.core.Booster",
        "xgboost.sklearn.XGBClassifier",
        "xgboost.sklearn.XGBRanker",
        "xgboost.sklearn.XGBRegressor",
    }
)
"""What AutoML's own models are made of, beside what skops trusts by itself."""


def save(content: dict[str, Any], path: str | Path) -> Path:
    """Write a model with what belongs to it.

    Args:
        content: "model", and JSON values beside it.
        path: The file; its name usually ends in `.skops`.

    Raises:
        MissingExtra: when skops is not installed.
        ModelNotExportable: when something in the model can't be written in this way.
    """
    io = _skops()
    try:
        data = io.dumps({"version": VERSION, **content}, compression=zipfile.ZIP_DEFLATED, compresslevel=3)
    except (TypeError, AttributeError, ValueError, io.exceptions.UnsupportedTypeException) as error:
        raise ModelNotExportable(
            f"The model can't be saved: {error}.", hint="`to_code()` writes it as code that trains it again."
        ) from error
    path = Path(path)
    write_atomically(path, data)
    return path


def load(path: str | Path, trusted: Iterable[str] = ()) -> dict[str, Any]:
    """Read what `save` has written. Pickles are not read: they run whatever their writer put into them.

    Args:
        path: The file.
        trusted: Names of further types that the file may hold.

    Raises:
        MissingExtra: when skops is not installed.
        ModelUntrusted: when the file is none of ours, or holds types that are not trusted.
        OSError: when it can't be read.
    """
    io = _skops()
    path = Path(path)
    data = path.read_bytes()
    if not zipfile.is_zipfile(path):
        kind = "a pickle" if data[:1] == b"\x80" else "no file that `save()` has written"
        raise ModelUntrusted(
            f"{path.name} is {kind}.",
            hint="Pickles run code when they are read. Have it written again with `save()`, by someone whom you trust.",
        )
    try:
        held = io.get_untrusted_types(data=data)
        strange = sorted({name for name in held if not _is_trusted(name)} - set(trusted))
        if strange:
            raise ModelUntrusted(f"{path.name} holds types that are not trusted: {', '.join(strange)}.")
        found = io.loads(data, trusted=held)
    except ModelUntrusted:
        raise
    except Exception as error:
        raise ModelUntrusted(f"{path.name} can't be read as a model: {error}.") from error
    if not isinstance(found, dict) or found.get("version") != VERSION:
        raise ModelUntrusted(f"{path.name} was not written by this version of AutoML.")
    return found


def _is_trusted(name: str) -> bool:
    return name in TRUSTED or (name.startswith(TRUSTED_FROM) and _is_own_class(name))


def _is_own_class(name: str) -> bool:
    """Whether it is a class of the module that it is named after, which is no module of tests."""
    module, _, own = name.rpartition(".")
    if any(part.startswith(("test", "_test", "conftest")) for part in module.split(".")):
        return False
    try:
        found = getattr(importlib.import_module(module), own)
    except (ImportError, AttributeError):
        return False
    return isinstance(found, type) and found.__module__ == module


def _skops() -> Any:
    try:
        import skops.io
        import skops.io.exceptions
    except ImportError as missing:
        raise MissingExtra("Saving models", extra="automl") from missing
    return skops.io
