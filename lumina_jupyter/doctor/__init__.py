"""The doctor: looks at the installation, the folders, the network and the providers, and says what to mend.

One kind of check a file; each gives findings, and `examine_machine` and `examine_engine` run them all.
"""

from .examination import broken_check, examine_engine, examine_machine
from .finding import Finding, problem

__all__ = ["Finding", "broken_check", "examine_engine", "examine_machine", "problem"]
