"""How a worker's process keeps small: what was loaded stays shared, what a fit has left goes back to the system."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import gc
from collections.abc import Callable


def keep_shared() -> None:
    """Let the collector leave alone what is there now: it would write to all of its pages, which other workers share."""
    give_back()
    gc.freeze()


def give_back() -> None:
    """Return memory that is free to the system; libraries keep it for the next fit, which may be one of another worker."""
    gc.collect()
    _trim()(0)


@functools.cache
def _trim() -> Callable[[int], object]:
    with contextlib.suppress(AttributeError, OSError, TypeError):
        # There with glibc only.
        return ctypes.CDLL(None).malloc_trim
    return lambda pad: None
