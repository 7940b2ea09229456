"""What a cluster's library unpickles here: values and errors. A pickle that names anything else is refused.

Dask pickles what its processes send each other, and a pickle runs what it names. Python tells each name to the hooks of audits
before it looks it up, wherever that happens, and a hook that raises an error ends the reading.
"""

from __future__ import annotations

import contextlib
import functools
import pickle
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

VALUES = frozenset(
    {
        *(
            ("builtins", name)
            for name in ("bool", "bytearray", "bytes", "complex", "dict", "float", "frozenset", "int")
        ),
        *(("builtins", name) for name in ("list", "object", "range", "set", "slice", "str", "tuple")),
        ("collections", "OrderedDict"),
        ("collections", "defaultdict"),
        ("collections", "deque"),
        # What Dask says of a worker that has died.
        ("distributed.core", "Status"),
        ("distributed.scheduler", "WorkerState"),
        # How it pickles errors, with where they were raised.
        *(
            ("tblib.pickling_support", f"unpickle_{what}")
            for what in ("exception", "exception_with_attrs", "traceback")
        ),
        *(("tblib", name) for name in ("Code", "Frame", "Traceback")),
    }
)
"""What may be named, by module and name, beside errors of Python and of Dask."""

_on: ContextVar[bool] = ContextVar("lumina_automl_values_only", default=False)


class NameRefused(pickle.UnpicklingError, AttributeError):
    """A pickle names what it may not; for who reads it that is as if it was not there."""


@contextlib.contextmanager
def values_only() -> Iterator[None]:
    """Let nothing else be unpickled meanwhile in this thread, and in whatever it begins that keeps its context.

    asyncio keeps it: for tasks and callbacks that are begun so, and for all that these begin, it holds ever after.
    """
    _install()
    before = _on.set(True)
    try:
        yield
    finally:
        _on.reset(before)


@functools.cache
def _install() -> None:
    # Once, because no hook can be taken back. It costs other code the comparison of two texts.
    sys.addaudithook(_audit)


def _audit(event: str, args: tuple[Any, ...]) -> None:
    if event == "pickle.find_class" and _on.get() and not _is_value(*args):
        raise NameRefused(f"A message names {args[0]}.{args[1]}, which is no value. It was not read.")


def _is_value(module: str, name: str) -> bool:
    if (module, name) in VALUES:
        return True
    if module != "builtins" and not module.startswith("distributed."):
        return False
    found = getattr(sys.modules.get(module), name, None)
    return isinstance(found, type) and issubclass(found, Exception) and found.__module__ == module
