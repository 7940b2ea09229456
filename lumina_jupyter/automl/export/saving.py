"""Models in files that run nothing when they are read (skops), and what may be in them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lumina_jupyter.automl.experiment.trusted_classes import BOOSTING, own_class
from lumina_jupyter.automl.export.source import PLAIN
from lumina_jupyter.errors import MissingExtra, ModelNotExportable, ModelUntrusted
from lumina_jupyter.storage.folders import write_atomically

VERSION = 1
TRUSTED_FROM = (f"{PLAIN}.", "sklearn.")
"""Whose own classes are trusted. Neither their functions nor what they import from elsewhere: a file says what its types are
called with when it is read, and scikit-learn's tools for tests have `subprocess.check_output` among their names."""
TRUSTED = BOOSTING | {
    "functools.partial",  # of functions that are looked at themselves
    "numpy.dtype",
    # Scikit-learn's gradient boosting checks numbers with it before it predicts.
    "sklearn.utils.validation.check_array",
}
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
    module, _, own = name.rpartition(".")
    return name in TRUSTED or (name.startswith(TRUSTED_FROM) and own_class(module, own) is not None)


def _skops() -> Any:
    try:
        import skops.io
        import skops.io.exceptions
    except ImportError as missing:
        raise MissingExtra("Saving models", extra="automl") from missing
    return skops.io
