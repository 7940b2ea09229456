"""What is looked for in a table, one kind of finding a file; each yields what it finds in a `view.View`."""

from collections.abc import Callable, Iterator

from lumina_jupyter.automl.profiling.detectors.columns import find_column_kinds, find_left_out
from lumina_jupyter.automl.profiling.detectors.drift import find_drift
from lumina_jupyter.automl.profiling.detectors.duplicates import find_duplicate_columns, find_duplicate_rows
from lumina_jupyter.automl.profiling.detectors.imbalance import find_imbalance
from lumina_jupyter.automl.profiling.detectors.label_noise import find_label_noise
from lumina_jupyter.automl.profiling.detectors.leaks import find_leaks
from lumina_jupyter.automl.profiling.detectors.missing import find_missing
from lumina_jupyter.automl.profiling.detectors.order import find_dependent_rows
from lumina_jupyter.automl.profiling.detectors.outliers import find_outliers
from lumina_jupyter.automl.profiling.detectors.overlap import find_overlap
from lumina_jupyter.automl.profiling.detectors.size import find_size
from lumina_jupyter.automl.profiling.detectors.stand_ins import find_stand_ins
from lumina_jupyter.automl.profiling.finding import Finding
from lumina_jupyter.automl.profiling.view import View

DETECTORS: tuple[Callable[[View], Iterator[Finding]], ...] = (
    find_leaks,
    find_overlap,
    find_dependent_rows,
    find_size,
    find_imbalance,
    find_label_noise,
    find_drift,
    find_duplicate_rows,
    find_missing,
    find_stand_ins,
    find_outliers,
    find_column_kinds,
    find_left_out,
    find_duplicate_columns,
)

__all__ = ["DETECTORS"]
