"""Python source for estimators that are not fitted, and for the values that are their parameters."""

from __future__ import annotations

import functools
import importlib
import inspect
import math
import types
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from lumina_jupyter.errors import ModelNotExportable

PLAIN = __package__.rpartition(".")[0] + ".plain"
"""The package whose classes are written out rather than imported."""
WIDTH = 110
INDENT = "    "
LONG = 60
"""From so many letters on it is worth a name what is there twice."""
MANY = 40
"""From this many numbers on an array that rises in even steps is written as a range."""


@dataclass
class Source:
    """Writes expressions, and keeps in mind what they need.

    Attributes:
        imports: Import statements.
        plain: Names of modules of `PLAIN` whose definitions have to be there.
        seen: How often each long container was written, by its `repr`.
        names: Names that stand for containers, by their `repr`.
    """

    imports: set[str] = field(default_factory=set)
    plain: set[str] = field(default_factory=set)
    seen: Counter[str] = field(default_factory=Counter)
    names: dict[str, str] = field(default_factory=dict)

    def expression(self, value: Any, indent: str = "") -> str:
        """Source that evaluates to an equal value.

        Args:
            value: An estimator that is not fitted, or anything that estimators have as parameters.
            indent: The indentation of the line on which the expression begins.

        Raises:
            ModelNotExportable: when there is no source for a value.
        """
        if value is None or type(value) in (bool, int, bytes):
            return repr(value)
        if type(value) is str:
            return _quoted(value)
        if isinstance(value, np.generic):
            return self._scalar(value, indent)
        if isinstance(value, float):
            return repr(value) if math.isfinite(value) else f'float("{value}")'
        if isinstance(value, type | types.FunctionType | types.BuiltinFunctionType | np.ufunc):
            return self.name_of(value)
        if hasattr(value, "get_params"):
            return self._estimator(value, indent)
        if isinstance(value, list | tuple | set | frozenset | Mapping):
            return self._container(value, indent)
        return self._other(value, indent)

    def name_of(self, thing: Any) -> str:
        """The name by which a class or function is reached, with the import that it takes noted."""
        if isinstance(thing, np.ufunc):
            self.imports.add("import numpy as np")
            return f"np.{thing.__name__}"
        module, name = thing.__module__, thing.__qualname__
        if module == "builtins":
            return str(name)
        if module == PLAIN or module.startswith(PLAIN + "."):
            self.plain.add(module.removeprefix(PLAIN + "."))
            return str(name)
        if "<" in name or "." in name or module == "__main__":
            raise ModelNotExportable(f"{module}.{name} can't be reached by an import.")
        if module.split(".")[0] == "numpy":
            self.imports.add("import numpy as np")
            return f"np.{name}"
        self.imports.add(f"from {_public(thing)} import {name}")
        return str(name)

    def _scalar(self, value: np.generic, indent: str) -> str:
        if isinstance(value, np.datetime64 | np.timedelta64):
            self.imports.add("import numpy as np")
            return f"np.{type(value).__name__}({str(value)!r}, {np.datetime_data(value.dtype)[0]!r})"
        return self.expression(value.item(), indent)

    def _estimator(self, value: Any, indent: str) -> str:
        return self.call(self.name_of(type(value)), (), _changed(value), indent)

    def _other(self, value: Any, indent: str) -> str:
        if isinstance(value, np.ndarray):
            return self._array(value, indent)
        if isinstance(value, pd.Timestamp | pd.Timedelta):
            self.imports.add("import pandas as pd")
            return f"pd.{type(value).__name__}({str(value)!r})"
        if isinstance(value, functools.partial):
            self.imports.add("from functools import partial")
            return self.call("partial", (value.func, *value.args), value.keywords, indent)
        if isinstance(value, slice):
            return f"slice({value.start!r}, {value.stop!r}, {value.step!r})"
        if callable(value) and hasattr(value, "__qualname__"):
            return self.name_of(value)
        raise ModelNotExportable(f"There is no source for a {type(value).__qualname__}.")

    def _array(self, value: np.ndarray[Any, Any], indent: str) -> str:
        self.imports.add("import numpy as np")
        if value.dtype == np.int64 and value.ndim == 1 and len(value) > MANY:
            steps = np.diff(value)
            if steps[0] and (steps == steps[0]).all():
                return f"np.arange({value[0]}, {value[-1] + np.sign(steps[0])}, {steps[0]})"
        kind = "object" if value.dtype.kind == "O" else repr(value.dtype.name)
        return self.call(
            "np.array", (value.tolist(),), {} if value.dtype.kind in "US" else {"dtype": Raw(kind)}, indent
        )

    def _container(self, value: Any, indent: str) -> str:
        if isinstance(value, dict | list) and all(isinstance(each, str) for each in value):
            written = repr(value)
            self.seen[written] += len(written) >= LONG
            if written in self.names:
                return self.names[written]
        if isinstance(value, Mapping):
            items = [(f"{self.expression(key)}: ", part) for key, part in value.items()]
            return self._enclosed("{", items, "}", indent)
        if isinstance(value, set | frozenset):
            inner = self._enclosed("[", [("", part) for part in sorted(value, key=repr)], "]", indent)
            return f"{type(value).__name__}({inner})"
        opened, closed = "[]" if isinstance(value, list) else "()"
        return self._enclosed(opened, [("", part) for part in value], closed, indent, comma=isinstance(value, tuple))

    def call(self, name: str, positional: Iterable[Any], named: Mapping[str, Any], indent: str = "") -> str:
        """Source for a call."""
        items = [("", part) for part in positional]
        items += [(f"{key}=", part) for key, part in named.items() if key.isidentifier()]
        others = {key: part for key, part in named.items() if not key.isidentifier()}
        if others:
            items.append(("**", others))
        return self._enclosed(f"{name}(", items, ")", indent)

    def _enclosed(
        self, opened: str, items: list[tuple[str, Any]], closed: str, indent: str, *, comma: bool = False
    ) -> str:
        flat = [label + self._part(part, indent) for label, part in items]
        lone = "," if comma and len(items) == 1 else ""
        line = opened + ", ".join(flat) + lone + closed
        if "\n" not in line and len(indent) + len(line) <= WIDTH:
            return line
        inner = indent + INDENT
        if all(isinstance(part, int | float) for _, part in items) and len(items) > 1:
            return opened + "\n" + "".join(_wrapped(flat, inner)) + indent + closed
        parts = [f"{inner}{label}{self._part(part, inner)},\n" for label, part in items]
        return f"{opened}\n{''.join(parts)}{indent}{closed}"

    def _part(self, part: Any, indent: str) -> str:
        return str(part) if isinstance(part, Raw) else self.expression(part, indent)


def _quoted(text: str) -> str:
    written = repr(text)
    return f'"{written[1:-1]}"' if written[0] == "'" and '"' not in text and "\\'" not in written else written


class Raw(str):
    """Source that is written as it is."""

    __slots__ = ()


def _wrapped(parts: list[str], indent: str) -> Iterator[str]:
    line = indent
    for part in parts:
        if len(line) + len(part) + 2 > WIDTH and line.strip():
            yield line.rstrip() + "\n"
            line = indent
        line += part + ", "
    yield line.rstrip() + "\n"


def _changed(estimator: Any) -> dict[str, Any]:
    """The parameters whose values are not the defaults of their class."""
    defaults: dict[str, Any] = {}
    for each in reversed(type(estimator).__mro__):
        if "__init__" in vars(each):
            defaults |= {
                name: known.default for name, known in inspect.signature(vars(each)["__init__"]).parameters.items()
            }
    params = estimator.get_params(deep=False)
    order = list(inspect.signature(type(estimator).__init__).parameters)
    names = sorted(params, key=lambda name: (order.index(name) if name in order else len(order), name))
    return {name: params[name] for name in names if not _same(params[name], defaults.get(name))}


def _same(value: Any, default: Any) -> bool:
    if value is default:
        return True
    if isinstance(value, np.ndarray) or hasattr(value, "get_params") or type(value) is not type(default):
        return False
    try:
        return bool(value == default) or (isinstance(value, float) and math.isnan(value) and math.isnan(default))
    except (TypeError, ValueError):
        return False


def _public(thing: Any) -> str:
    """The shortest module without an underscore in its name that the thing can be imported from."""
    parts = thing.__module__.split(".")
    for length in range(1, len(parts) + 1):
        if any(part.startswith("_") for part in parts[:length]):
            break
        name = ".".join(parts[:length])
        if getattr(importlib.import_module(name), thing.__qualname__, None) is thing:
            return name
    return str(thing.__module__)


def differences(base: Any, other: Any) -> dict[str, Any] | None:
    """What `set_params` has to be given so that a copy of `base` becomes equal to `other`; None when that can't do it."""
    mine, theirs = base.get_params(deep=True), other.get_params(deep=True)
    if mine.keys() != theirs.keys():
        return None
    found = {}
    for name, value in theirs.items():
        simple = value is None or isinstance(value, bool | int | float | str | np.generic)
        if simple and not (type(mine[name]) is type(value) and _same(value, mine[name])):
            found[name] = value
    changed = clone(base).set_params(**found)
    return found if Source().expression(changed) == Source().expression(other) else None
