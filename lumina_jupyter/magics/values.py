"""How a variable is shown to a model: what it is, how large, and a little of what is in it.

Strings go in as they are; everything else is described within a few kilobytes, whatever its size.
pandas, polars and numpy are never imported here: a value of theirs means that they already are.
"""

from __future__ import annotations

import inspect
import types
from typing import Any

from .short_repr import SHORT, short_repr, type_name

LONGEST_STRING = 1_000_000
"""Characters of a string that go into a prompt at most."""
LONGEST = 8_000
"""Characters of any other value's description at most."""


def describe(value: object) -> str:
    """The value as a model shall see it.

    Never raises for a value whose own `repr` does: the description says so instead.
    """
    if isinstance(value, str):
        return shorten(str(value), LONGEST_STRING)
    return shorten(_described(value), LONGEST)


def describe_named(name: str, value: object) -> str:
    """The value as one item of a list of variables, for a model to read."""
    described = describe(value)
    if isinstance(value, str):
        return f"`{name}` is a string of {len(value):,} characters:\n{described}"
    separator = "\n" if "\n" in described else " "
    return f"`{name}`:{separator}{described}"


def shorten(text: str, limit: int) -> str:
    """The text, cut at `limit` characters with a note of how much was left out."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n… ({len(text) - limit:,} more characters left out)"


def _described(value: object) -> str:
    try:
        package = type(value).__module__.partition(".")[0]
        if package in {"pandas", "polars", "numpy", "geopandas"}:
            from .frames import describe_table

            described = describe_table(value)
            if described is not None:
                return described
        return _plain(value)
    except Exception as error:  # noqa: BLE001 - so may any attribute of a strange object
        return f"a {type_name(value)} that cannot be shown ({type(error).__name__})"


def _plain(value: object) -> str:
    match value:
        case None | bool() | int() | float() | complex():
            return SHORT.repr(value)
        case bytes() | bytearray() | memoryview():
            return f"{type(value).__name__} of {len(value):,} bytes: {bytes(value[:64]).hex(' ')}{' …' if len(value) > 64 else ''}"
        case dict() | list() | tuple() | set() | frozenset():
            return _container(value)
        case types.ModuleType():
            return f"module {value.__name__}: {_first_line(value.__doc__)}"
        case type() | types.FunctionType() | types.MethodType():
            return _source(value)
    return _object(value)


def _container(value: dict[Any, Any] | list[Any] | tuple[Any, ...] | set[Any] | frozenset[Any]) -> str:
    shown = SHORT.repr(value)
    if len(value) <= 10 and len(shown) <= 1_000:
        return shown
    return f"{type_name(value)} of {len(value):,} items: {shown}"


def _source(value: Any) -> str:
    try:
        return inspect.getsource(value).rstrip()
    except (OSError, TypeError):
        try:
            signature = str(inspect.signature(value))
        except (TypeError, ValueError):
            signature = "(…)"
        return f"{type(value).__name__} {value.__qualname__}{signature}: {_first_line(value.__doc__)}"


def _first_line(text: object) -> str:
    return text.strip().partition("\n")[0] if isinstance(text, str) and text.strip() else "no documentation"


def _object(value: object) -> str:
    shown = SHORT.repr_instance(value, 0)
    if type(value).__repr__ is not object.__repr__:
        return shown if type(value).__name__ in shown else f"{type_name(value)}: {shown}"
    attributes = [
        f"  {name} = {short_repr(item, 120)}"
        for name, item in list(getattr(value, "__dict__", {}).items())[:30]
        if not name.startswith("_")
    ]
    return "\n".join([f"an object of class {type_name(value)}", *attributes])
