"""The team: a coordinator gives parts of its task to personas, each of which works on a run of its own."""

from .colleagues import DELEGATE
from .delegate import delegate_tool
from .team import Team

__all__ = ["DELEGATE", "Team", "delegate_tool"]
