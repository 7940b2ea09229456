"""Plain Python values in few words, with no code run but the interpreter's own."""

from __future__ import annotations

import datetime
import decimal
import fractions
import pathlib
import sys
import types
import uuid
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

from .bounds import CELL, attributes, bases, class_name, cut, looks_secret, own, type_name

ITEMS = 8
"""Items of a container that are shown."""
DEPTH = 3
LONG_INTEGER = 256
"""Bits from which on an integer's digits are not written out."""

_WORDS = (datetime.datetime, datetime.date, datetime.time, datetime.timedelta, datetime.timezone, uuid.UUID, range,
          decimal.Decimal, fractions.Fraction, slice, complex,
          pathlib.PurePosixPath, pathlib.PosixPath, pathlib.PureWindowsPath, pathlib.WindowsPath)  # fmt: skip
_WRITTEN: dict[type, Callable[[Any], str]] = dict.fromkeys(_WORDS, repr)
_LENGTHS: tuple[tuple[type, Callable[[Any], int]], ...] = (
    (str, str.__len__), (bytes, bytes.__len__), (bytearray, bytearray.__len__), (dict, dict.__len__),
    (list, list.__len__), (tuple, tuple.__len__), (set, set.__len__), (frozenset, frozenset.__len__),
    (deque, deque.__len__),
)  # fmt: skip
_BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"), tuple: ("(", ")"), set: ("{", "}"), frozenset: ("frozenset({", "})"), deque: ("deque([", "])"),
}  # fmt: skip
_PANDAS_SCALARS = frozenset({"Timestamp", "Timedelta", "Period", "Interval"})
_PLAIN_NAME = type.__dict__["__name__"]
_DICTS = (dict, OrderedDict, defaultdict, Counter)


def length(value: object) -> int | None:
    """The number of items of a built-in container or of a class made from one; None for anything else."""
    for base in bases(type(value)):
        for known, count in _LENGTHS:
            if base is known:
                return count(value)
    return None


def short(value: object, width: int = CELL, depth: int = DEPTH) -> str:
    """The value on one line of about `width` characters; objects of unknown classes by their class alone."""
    cls = type(value)
    if value is None or cls is bool or value is Ellipsis:
        return str(value)
    if cls is str:
        return repr(cut(str(value), width))
    if cls is int:
        bits = value.bit_length()  # type: ignore[attr-defined]  # an int
        return str(value) if bits <= LONG_INTEGER else f"an integer of {bits:,} bits"
    if cls is float:
        return f"{float(value):.6g}"  # type: ignore[arg-type]  # a float
    if cls in (bytes, bytearray):
        return cut(repr(bytes(value[:width])), width)  # type: ignore[index]  # bytes
    if cls in _WRITTEN:
        return cut(_WRITTEN[cls](value), width)
    if cls in _DICTS:
        return _mapping(value, width, depth)
    if cls in _BRACKETS:
        return _sequence(value, width, depth)
    return _other(value, width)


def _other(value: Any, width: int) -> str:
    cls = type(value)
    if is_from("numpy", cls):
        item = value.item()
        return short(item, width, 0) if type(item) is not cls else f"<{class_name(cls)}>"
    if is_from("pandas", cls) and cls.__name__ in _PANDAS_SCALARS:
        return cut(str(value), width)
    if type in bases(cls):
        return "class " + class_name(value)
    if cls in (types.FunctionType, types.BuiltinFunctionType):
        return "function " + cut(str(value.__qualname__), width)
    return f"<{class_name(cls)}>"


def is_from(package: str, cls: type) -> bool:
    """Whether a class is one of a loaded package's public ones (for numpy: one of its scalars), and not made to look so."""
    module = sys.modules.get(package)
    namespace = getattr(module, "__dict__", {})
    if namespace.get(_PLAIN_NAME.__get__(cls)) is not cls:
        return False
    return package != "numpy" or namespace.get("generic") in bases(cls)


def _mapping(value: Any, width: int, depth: int) -> str:
    count = dict.__len__(value)
    if depth <= 0:
        return "{…}" if count else "{}"
    shown = []
    for key, item in _first(dict.items(value)):
        told = "<hidden>" if type(key) is str and looks_secret(key) else short(item, width, depth - 1)
        shown.append(f"{short(key, width, 0)}: {told}")
    return "{" + ", ".join(shown) + (", …" if count > len(shown) else "") + "}"


def _sequence(value: Any, width: int, depth: int) -> str:
    cls = type(value)
    opened, closed = _BRACKETS[cls]
    count = length(value) or 0
    if depth <= 0:
        return opened + ("…" if count else "") + closed
    shown = [short(item, width, depth - 1) for item in _first(value)]
    comma = "," if cls is tuple and count == 1 else ""
    return opened + ", ".join(shown) + comma + (", …" if count > len(shown) else "") + closed


def _first(items: Any) -> list[Any]:
    """The first items; none of a container that is being changed just now."""
    found = []
    try:
        for item in items:
            found.append(item)
            if len(found) == ITEMS:
                break
    except RuntimeError:
        return found
    return found


def signature(value: Any, with_values: bool, bound: bool = False) -> str:
    """A Python function's head, from its code object; defaults are values. The first parameter of a bound one is given."""
    code = value.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    names = list(code.co_varnames[:count])
    defaults = value.__defaults__ or ()
    for place, default in zip(range(code.co_argcount - len(defaults), code.co_argcount), defaults):
        names[place] += "=" + _default(names[place], default, with_values)
    for place in range(code.co_argcount, count):
        if names[place] in (value.__kwdefaults__ or {}):
            names[place] += "=" + _default(names[place], value.__kwdefaults__[names[place]], with_values)
    rest = code.co_varnames[count:]
    if code.co_flags & 0x04:
        names.insert(code.co_argcount, "*" + rest[0])
    elif code.co_kwonlyargcount:
        names.insert(code.co_argcount, "*")
    if code.co_flags & 0x08:
        names.append("**" + rest[1 if code.co_flags & 0x04 else 0])
    if bound and code.co_argcount:
        del names[0]
    return "{}({})".format(cut(str(value.__name__), 80), cut(", ".join(names), 400))


def _default(name: str, value: object, with_values: bool) -> str:
    return short(value, 30, 1) if with_values and not looks_secret(name) else "…"


def fields(value: object, lines: int = 20) -> list[str]:
    """An object's own attributes, one a line."""
    held = attributes(value) or {}
    public = [(name, item) for name, item in held.items() if type(name) is str and not name.startswith("_")]
    shown = [
        "  {} = {}".format(cut(name, 60), "<hidden>" if looks_secret(name) else short(item, 100, 2))
        for name, item in public[:lines]
    ]
    return shown + ([f"  … and {len(public) - lines} more"] if len(public) > lines else [])


def has_own_repr(value: object) -> bool:
    """Whether a value's class says how it is shown, rather than `object` or a built-in container for it."""
    return own(type(value), "__repr__") is not object.__dict__["__repr__"]


def headline(value: object) -> str:
    """What a value is, in a word or two and with no value in it."""
    count = length(value)
    name = type_name(value)
    if count is None:
        return name
    made_of = bases(type(value))
    unit = "character" if str in made_of else "byte" if bytes in made_of or bytearray in made_of else "item"
    return "{} of {:,} {}{}".format(name, count, unit, "" if count == 1 else "s")
