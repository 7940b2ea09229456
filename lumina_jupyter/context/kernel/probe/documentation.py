"""What code says of itself, its head and its docstring, with none of it run.

Docstrings and heads are code; the values of defaults are not. No attribute is asked for: what stands in a
class, a module or an object is read as it stands there, so neither a property nor a `__getattr__` gets to answer.
"""

from __future__ import annotations

import builtins
import functools
import inspect
import re
import sys
import types
from typing import Any

from .bounds import attributes, bases, class_name, cut, own
from .plain import signature

ASKED = "doc:"
"""Before a dotted name: not the value is asked for, but its documentation."""
LENGTH = 1_500
"""Characters of a docstring at most."""
NOTHING = object()
"""What a name stands for that is nowhere."""

_READ = 8_000
"""Characters of a docstring that are looked at; indentation is taken off them."""
_STEPS = 20
_WRAPPERS = 8
_NAMESPACE: Any = vars(types.ModuleType)["__dict__"]
_CLASS_NAMESPACE = type.__dict__["__dict__"]
_CLASS_SIGNATURE = type.__dict__["__text_signature__"]
_GETSET = types.GetSetDescriptorType
_IN_C = (types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType, types.MethodWrapperType,
         types.ClassMethodDescriptorType, types.GetSetDescriptorType, types.MemberDescriptorType)  # fmt: skip
_HEAD = re.compile(r"\w+\(")
_LINE_BREAK = re.compile(r"\s*\n\s*")
_FIRST_PARAMETER = re.compile(r"\$\w+(?:, /)?(?:, )?")


def resolve(namespace: dict[str, Any], dotted: str) -> Any:
    """What a dotted name stands for; nothing is imported, no property runs.

    It begins with a variable, an imported module or a built-in, and goes on with what stands there under each name.

    Returns:
        `NOTHING` when there is no such thing.
    """
    first, *steps = dotted.split(".")
    if len(steps) > _STEPS:
        return NOTHING
    value = namespace.get(first, NOTHING)
    if value is NOTHING:
        value = _module(first)
    if value is NOTHING:
        value = builtins.__dict__.get(first, NOTHING)
    for step in steps:
        if value is not NOTHING:
            value = _step(value, step)
    return value


def _step(value: Any, name: str) -> Any:
    try:
        return inspect.getattr_static(value, name)
    except Exception:  # noqa: BLE001 - it is not there, or its object is too strange to tell
        if types.ModuleType in bases(type(value)):
            return _module("{}.{}".format(_NAMESPACE.__get__(value).get("__name__"), name))
        return NOTHING


def _module(name: str) -> Any:
    module = sys.modules.get(name)
    return module if module is not None and types.ModuleType in bases(type(module)) else NOTHING


def documentation(value: Any, with_values: bool) -> str:
    """The head and the docstring of any object; of one that is no code those of what it wraps, or of its class."""
    told = code_documentation(value, with_values)
    if told is not None:
        return told
    inner = (attributes(value) or {}).get("func" if type(value) is functools.cached_property else "__wrapped__")
    if type(inner) is types.FunctionType:
        return _of_function(inner, with_values)
    docstring, name = _slot(value, "__doc__"), _slot(value, "__name__")
    if docstring and name:
        return _together(f"{class_name(type(value))} {cut(name, 80)}", docstring)
    return f"an object of {_of_class(type(value), with_values)}"


def code_documentation(value: Any, with_values: bool) -> str | None:
    """The head and the docstring of a function, method, class, module or descriptor; None for what is none of them.

    Args:
        value: What it is.
        with_values: Whether the values of defaults may be told.
    """
    cls = type(value)
    if cls is types.FunctionType:
        return _of_function(value, with_values)
    if cls in (types.MethodType, classmethod):
        inner = value.__func__
        if type(inner) is types.FunctionType:
            return _of_function(inner, with_values, bound=True)
        return code_documentation(inner, with_values) if type(inner) in _IN_C else None
    if cls is staticmethod:
        return documentation(value.__func__, with_values)
    if cls is property:
        return _together("property", value.__doc__)
    if cls in _IN_C:
        name, head = cut(str(value.__name__), 80), getattr(value, "__text_signature__", None)
        return _together(f"function {name}" if head is None else name + _in_c(head, with_values), value.__doc__)
    if type in bases(cls):
        return _of_class(value, with_values)
    if types.ModuleType in bases(cls):
        held = _NAMESPACE.__get__(value)
        name = held.get("__name__")
        return _together("module " + (cut(name, 100) if type(name) is str else "without a name"), held.get("__doc__"))
    return None


def _of_function(value: Any, with_values: bool, bound: bool = False) -> str:
    """A function with the head of what it wraps: decorators take `*args` and `**kwargs`."""
    inner, docstring = value, value.__doc__
    for _ in range(_WRAPPERS):
        found = (attributes(inner) or {}).get("__wrapped__")
        if type(found) is not types.FunctionType:
            break
        inner = found
    return _together(signature(inner, with_values, bound), docstring if type(docstring) is str else inner.__doc__)


def _of_class(cls: type, with_values: bool) -> str:
    docstring = next((each for each in map(_docstring, bases(cls)[:-1]) if each), _docstring(cls))
    return _together(f"class {class_name(cls)}{_constructor(cls, with_values)}", docstring)


def _docstring(cls: type) -> str:
    """A class's own; not the one that `dataclass` makes, which holds the values of all defaults."""
    held = _CLASS_NAMESPACE.__get__(cls)
    docstring = held.get("__doc__")
    if type(docstring) is not str:
        return ""
    return "" if "__dataclass_fields__" in held and _HEAD.match(docstring) else docstring


def _constructor(cls: type, with_values: bool) -> str:
    for name in ("__init__", "__new__"):
        maker = own(cls, name)
        maker = maker.__func__ if type(maker) is staticmethod else maker
        if type(maker) is types.FunctionType:
            head = signature(maker, with_values, True)
            return head[head.index("(") :]
    head = _CLASS_SIGNATURE.__get__(cls)
    return _in_c(head, with_values) if type(head) is str else ""


def _in_c(head: str, with_values: bool) -> str:
    """A head as extensions write it, `($self, /, x=1)`; it is not taken apart to leave values out."""
    head = cut(_LINE_BREAK.sub(" ", _FIRST_PARAMETER.sub("", head, 1)), 400)
    return head if with_values or "=" not in head else "(…)"


def _slot(value: Any, name: str) -> str | None:
    """What a class that is written in C keeps under a name; None where Python code, or anybody, may have put it."""
    slot = own(type(value), name)
    if type(slot) is not _GETSET:
        return None
    try:
        found = slot.__get__(value)
    except Exception:  # noqa: BLE001 - extensions raise what they like
        return None
    return found if type(found) is str else None


def _together(head: str, docstring: Any) -> str:
    if type(docstring) is not str:
        return head
    text = cut(inspect.cleandoc(docstring[:_READ]).strip(), LENGTH)
    if not text:
        return head
    return head + ("\n" if "\n" in text else ": ") + text
