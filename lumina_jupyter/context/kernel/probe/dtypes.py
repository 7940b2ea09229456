"""A column's type in words that hold no value, whichever library it is from."""

from __future__ import annotations

import sys
from typing import Any

from .bounds import CELL, bases, class_name, cut, package_of

_PACKAGES = frozenset({"pandas", "numpy", "polars", "pyarrow", "torch"})


def dtype_name(dtype: Any) -> str:
    """The type's name; those that carry values (an enumeration's members, a sparse column's filling) go without them."""
    cls = type(dtype)
    package = package_of(cls)
    if package == "polars" or package_of(dtype if type in bases(cls) else cls) == "polars":
        return cut(_polars(dtype), CELL)
    name = cls.__name__
    if package == "pandas" and name == "SparseDtype":
        return f"Sparse[{dtype_name(dtype.subtype)}]"
    if package == "pandas" and name == "CategoricalDtype":
        return "category"
    extension = getattr(sys.modules.get("pyarrow"), "BaseExtensionType", None)
    if extension is not None and extension in bases(cls):
        return f"extension<{dtype_name(dtype.storage_type)}>"
    return cut(str(dtype), CELL) if package in _PACKAGES else class_name(cls)


def _polars(dtype: Any) -> str:
    if type in bases(type(dtype)):
        return str(dtype.__name__)
    name = type(dtype).__name__
    if name in ("Enum", "Categorical", "Object", "Extension"):
        return name
    if name in ("List", "Array"):
        return f"{name}({_polars(dtype.inner)})"
    if name == "Struct":
        return "Struct({})".format(", ".join(f"{each.name}: {_polars(each.dtype)}" for each in dtype.fields[:5]))
    return str(dtype)
