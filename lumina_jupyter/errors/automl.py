"""Errors of AutoML: data and settings that can't be used, experiments that are not there.

They are `ValueError`s as well, because that is what users of scikit-learn catch.
"""

from __future__ import annotations

from typing import ClassVar

from lumina_jupyter.errors.base import LuminaError


class DataUnusable(LuminaError, ValueError):
    """A table or a target that nothing can be learned from as it is."""

    code: ClassVar[str] = "data_unusable"
    http_status: ClassVar[int] = 422
    default_hint: ClassVar[str] = "Run `profile(df, target)` to see what is in the table."


class SettingUnusable(LuminaError, ValueError):
    """A parameter, metric or task that does not fit the data or does not exist."""

    code: ClassVar[str] = "setting_unusable"
    http_status: ClassVar[int] = 422
    default_hint: ClassVar[str] = "The documentation of `AutoML` lists what each parameter takes."


class NothingTrained(LuminaError, ValueError):
    """A search that ended before the first model was trained."""

    code: ClassVar[str] = "nothing_trained"
    default_hint: ClassVar[str] = "Give it more time (time_budget) or memory (memory_budget)."


class ExperimentMissing(LuminaError, LookupError):
    """An experiment of this name is not there, or can't be read."""

    code: ClassVar[str] = "experiment_missing"
    http_status: ClassVar[int] = 404
    default_hint: ClassVar[str] = "`lumina automl list` shows the experiments that are kept."


class ModelNotExportable(LuminaError, ValueError):
    """A model that can't be written in the form that was asked for."""

    code: ClassVar[str] = "model_not_exportable"
    http_status: ClassVar[int] = 422
    default_hint: ClassVar[str] = "`save()` can keep any model that AutoML has trained."


class ModelUntrusted(LuminaError, ValueError):
    """A file with a model that would run code of its own when it is loaded."""

    code: ClassVar[str] = "model_untrusted"
    http_status: ClassVar[int] = 422
    default_hint: ClassVar[str] = (
        "Load it only when you know who wrote it, and name the types that you trust: `trusted=[…]`."
    )
