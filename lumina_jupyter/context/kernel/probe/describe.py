"""One value described by who knows its kind, as a dictionary ready for JSON."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import arrays, models, tables
from .bounds import bases, cut, cut_bytes, looks_secret, package_of, type_name
from .documentation import ASKED, code_documentation, documentation
from .plain import fields, has_own_repr, headline, length, short, signature

if TYPE_CHECKING:
    Told = dict[str, Any]
    Describer = Callable[[Any, bool, bool], Told]


# In this order: what derives from an earlier one may derive from a later one too.
_KINDS: tuple[tuple[str, str, Describer], ...] = (
    ("pandas", "DataFrame", tables.pandas_frame),
    ("pandas", "Series", tables.pandas_series),
    ("pandas", "Index", tables.pandas_series),
    ("polars", "DataFrame", tables.polars_frame),
    ("polars", "LazyFrame", tables.polars_lazy),
    ("polars", "Series", tables.polars_series),
    ("pyarrow", "Table", tables.arrow_table),
    ("pyarrow", "RecordBatch", tables.arrow_table),
    ("pyarrow", "ChunkedArray", tables.arrow_array),
    ("pyarrow", "Array", tables.arrow_array),
    ("numpy", "ndarray", arrays.numpy_array),
    ("torch", "Tensor", arrays.torch_tensor),
    ("torch.nn.modules.module", "Module", arrays.torch_module),
    ("sklearn.base", "BaseEstimator", models.estimator),
    ("matplotlib.figure", "Figure", models.matplotlib_figure),
    ("matplotlib.axes._base", "_AxesBase", models.matplotlib_axes),
    ("plotly.basedatatypes", "BaseFigure", models.plotly_figure),
)

_COMPUTES = frozenset(
    {"dask", "pyspark", "ibis", "duckdb", "django", "sqlalchemy", "vaex", "modin", "daft", "snowflake", "bigframes",
     "narwhals", "tensorflow", "jax", "cudf", "cupy", "peewee", "pymongo", "redis"}
)  # fmt: skip
"""Packages in which showing an object may run a query, or wait for a device or a server."""

_OWN_WORDS = (types.FunctionType, types.MethodType, types.BuiltinFunctionType, types.ModuleType)
_MODULE = types.ModuleType


class Overdue(SystemExit):
    """Raised in a thread whose time is over; of all exceptions this one ends a thread without a word."""


def bare(name: str, value: object, why: str = "") -> Told:
    """What can be told of any value without asking it: its class, and why there is no more."""
    told: Told = {"name": name, "type": type_name(value), "id": id(value)}
    if why:
        told["text"] = "{} ({})".format(told["type"], why)
    return told


def describe(name: str, value: object, detail: bool, values: bool, limit: int) -> Told:
    """A variable: its type, shape, columns and a text of `limit` bytes at most; or, when its name says so, documentation.

    Args:
        name: What it is called.
        value: What it is.
        detail: Whether the text may be long and take time; else it is a line, and no code of the value's own runs.
        values: Whether values may be told, or names, types and shapes only.
        limit: Bytes of text.
    """
    told = bare(name, value)
    asked = name.startswith(ASKED)
    if looks_secret(name) and not asked and not _is_code(value):
        told.update(hidden=True, text="{}, not shown: its name looks like that of a secret".format(told["type"]))
        return told
    try:
        told.update({"text": documentation(value, values)} if asked else _described(value, detail, values))
    except Overdue:
        raise
    except BaseException as error:  # noqa: BLE001 - a strange object may raise anything, and none of it may reach the kernel
        told["text"] = "{} that cannot be shown ({})".format(told["type"], cut(type_name(error), 80))
    told["text"] = cut_bytes(told.get("text", ""), limit)
    return told


def _is_code(value: object) -> bool:
    return type(value) in _OWN_WORDS or type in bases(type(value))


def _described(value: Any, detail: bool, values: bool) -> Told:
    cls = type(value)
    describer = _describer(cls)
    if describer is not None:
        return describer(value, detail, values)
    code = code_documentation(value, values) if detail else None
    if code is not None:
        return {"text": code}
    count = length(value)
    told: Told = {} if count is None else {"shape": [count]}
    if cls is types.FunctionType:
        told["text"] = signature(value, values)
    elif type in bases(cls):
        told["text"] = f"class {short(value)[6:]}"
    elif cls is _MODULE:
        told["text"] = f"module {cut(str(value.__name__), 100)}"
    elif values:
        told["text"] = _valued(value, cls, detail, count)
    else:
        told["text"] = headline(value)
    return told


def _describer(cls: type) -> Describer | None:
    known = bases(cls)
    for module, name, describer in _KINDS:
        namespace = getattr(sys.modules.get(module), "__dict__", {})
        if namespace.get(name) in known:
            return describer
    return None


def _valued(value: Any, cls: type, detail: bool, count: int | None) -> str:
    text = short(value, 2_000 if detail else 80)
    if not text.startswith("<"):  # a plain value, or a container of them
        many = count is not None and count > (200 if cls is str else 8)
        return f"{headline(value)}: {text}" if many else text
    if not detail or package_of(cls) in _COMPUTES:
        return headline(value)
    if has_own_repr(value):
        return _by_itself(value, cls)
    lines: list[str] = [f"an object of class {headline(value)}"]
    return "\n".join(lines + fields(value))


def _by_itself(value: Any, cls: type) -> str:
    """What the value's own `repr` says: whoever calls this ends it when it takes too long."""
    text = repr(value)
    text = cut(str(text[:100_000]), 4_000)
    return text if cls.__name__ in text[:200] else f"{headline(value)}: {text}"
