"""A look at a table before anything is trained on it: what is wrong with it, and what AutoML does about that."""

from lumina_jupyter.automl.profiling.finding import Finding, Severity
from lumina_jupyter.automl.profiling.profile import find_leaks, profile
from lumina_jupyter.automl.profiling.report import Profile

__all__ = ["Finding", "Profile", "Severity", "find_leaks", "profile"]
