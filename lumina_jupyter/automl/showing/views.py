"""Where a search is seen: as a live view in a notebook, as lines in a terminal.

Views are faces and lie above this package. They come by the entry points `lumina_jupyter.search_views`: functions that take
the controls of a search, display a view of it, and give back its listener.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points

from ..progress import Controls, Listener, StageBegan
from .terminal import TerminalProgress

GROUP = "lumina_jupyter.search_views"

log = logging.getLogger(__name__)


@contextmanager
def watched(controls: Controls, budget: float, *, shown: bool) -> Iterator[list[Listener]]:
    """Those who show a search: a view in a notebook, where one can be had, and else the terminal's.

    Args:
        controls: What a person may do to the search.
        budget: Seconds that it may take.
        shown: Whether anything is to be seen at all.
    """
    viewer = _viewer(controls, budget) if shown else None
    try:
        yield [] if viewer is None else [viewer]
    except BaseException as error:
        if viewer is not None:
            viewer(StageBegan(stage="failed", text=f"The search failed: {error}", seconds=0.0))
        raise
    finally:
        if isinstance(viewer, TerminalProgress):
            viewer.close()


def _viewer(controls: Controls, budget: float) -> Listener:
    if in_notebook():
        for point in entry_points(group=GROUP):
            try:
                view: Listener = point.load()(controls)
            except ImportError:
                log.info("The view %s needs a library that is not installed.", point.name)
            else:
                return view
    return TerminalProgress(budget)


def in_notebook() -> bool:
    """Whether what is displayed reaches a front end of Jupyter."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None
