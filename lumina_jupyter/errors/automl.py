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


class ClusterUnavailable(LuminaError, ConnectionError):
    """A cluster that can't be reached, was lost, or has no workers that can do the work."""

    code: ClassVar[str] = "cluster_unavailable"
    http_status: ClassVar[int] = 503
    default_hint: ClassVar[str] = "See whether its scheduler runs at this address, and has workers."


class NothingTrained(LuminaError, ValueError):
    """A search that ended before the first model was trained."""

    code: ClassVar[str] = "nothing_trained"
    default_hint: ClassVar[str] = "Give it more time (time_budget) or memory (memory_budget)."


class ExperimentMissing(LuminaError, LookupError):
    """An experiment of this name is not there, or can't be read."""

    code: ClassVar[str] = "experiment_missing"
    http_status: ClassVar[int] = 404
    default_hint: ClassVar[str] = "`lumina automl list` shows the experiments that are kept."


class JobFailed(LuminaError):
    """Work on a model that the server did in a process of its own, which went wrong there."""

    code: ClassVar[str] = "job_failed"
    http_status: ClassVar[int] = 422
    default_hint: ClassVar[str] = "Try again, or do the same in a notebook, where more is told."


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
