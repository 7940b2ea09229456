"""NumPy's arrays and numbers in pickles: their bytes, beside the name of their type.

NumPy's own way takes functions by whose means bytes can be passed off as objects, which is as good as running a program.
"""

from __future__ import annotations

import functools
import pickle
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Kind = str | tuple[Any, ...]
"""A type of numbers as NumPy writes it ("<f8"), or the names, types and offsets of a record's fields, and its length in bytes."""
BUILT_IN = "biufcO"
"""Kinds of types of which NumPy has each only once, and nothing can change it."""
CLASSES = frozenset(
    {
        *("bool", "bool_", "bytes_", "str_", "complex64", "complex128", "datetime64", "timedelta64"),
        *("float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    }
)
"""Names of NumPy's classes of numbers that may stand in a pickle."""


def numbers(data: bytes | bytearray, kind: Kind, shape: tuple[int, ...], order: str) -> NDArray[Any]:
    """An array of numbers.

    Args:
        data: Its bytes.
        kind: The type of its elements.
        shape: Its shape.
        order: "C" for rows one after the other, "F" for columns.
    """
    if type(data) not in (bytes, bytearray):  # an array of objects has bytes, too, which are where these lie
        raise pickle.UnpicklingError("Numbers are made of bytes.")
    dtype = _dtype_of(kind)
    if not data and (0 in shape or not dtype.itemsize):
        return np.zeros(shape, dtype)
    return np.frombuffer(data, dtype).reshape(shape, order="F" if order == "F" else "C")


def objects(values: list[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """An array of objects, such as texts, row by row."""
    array = np.empty(len(values), dtype=object)
    for position, value in enumerate(values):
        array[position] = value
    return array.reshape(shape)


def number(data: bytes, kind: str) -> Any:
    """A single number of NumPy's."""
    return numbers(data, kind, (1,), "C")[0]


def number_type(name: str) -> np.dtype[Any]:
    """A type of numbers.

    Raises:
        UnpicklingError: when it is one that could be changed by whoever holds it.
    """
    dtype = np.dtype(name)
    if dtype.kind not in BUILT_IN:
        raise pickle.UnpicklingError(f"{name} is no type of single numbers.")
    return dtype


@functools.lru_cache(maxsize=256)
def _dtype_of(kind: Kind) -> np.dtype[Any]:
    if isinstance(kind, str):
        dtype: np.dtype[Any] = np.dtype(kind)
    else:
        names, formats, offsets, length, aligned = kind
        # NumPy's own description of it; MyPy knows the parts only as literals.
        parts: Any = {"names": names, "formats": formats, "offsets": offsets, "itemsize": length}
        dtype = np.dtype(parts, align=aligned)
    if dtype.hasobject:
        raise pickle.UnpicklingError("Objects are not made of bytes.")
    return dtype


@functools.lru_cache(maxsize=256)
def _kind_of(dtype: np.dtype[Any]) -> Kind:
    if dtype.fields is None:
        return dtype.str
    names = tuple(dtype.names or ())
    fields = [dtype.fields[name] for name in names]
    if dtype.hasobject or any(each[0].fields or each[0].subdtype for each in fields):
        raise pickle.PicklingError(f"Arrays of {dtype} can't be kept.")
    offsets = tuple(each[1] for each in fields)
    return names, tuple(each[0].str for each in fields), offsets, dtype.itemsize, dtype.isalignedstruct


def _reduce_array(array: NDArray[Any]) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    dtype = array.dtype
    if dtype.kind == "O":
        return objects, (array.ravel().tolist(), array.shape)
    flags = array.flags
    if not (flags.c_contiguous or flags.f_contiguous):
        return _reduce_array(np.ascontiguousarray(array))
    data: Any = b""
    if array.nbytes:
        exported: Any = array.view(np.int64) if dtype.kind in "mM" else array
        data = pickle.PickleBuffer(exported)
    return numbers, (data, _kind_of(dtype), array.shape, "C" if flags.c_contiguous else "F")


def _reduce_number(value: np.generic) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    return number, (value.tobytes(), value.dtype.str)


def _reduce_text(value: np.str_ | np.bytes_) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    return type(value), (value.item(),)


def _reduce_type(dtype: np.dtype[Any]) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    if dtype.kind not in BUILT_IN:
        raise pickle.PicklingError(f"The type {dtype} can't be kept.")
    return number_type, (dtype.str,)


_TYPES = [np.dtype(code) for code in "?bhilqBHILQefdgFDGmM"]
REDUCERS: Mapping[type, Callable[[Any], Any]] = MappingProxyType(
    {
        **dict.fromkeys(
            (type(dtype) for dtype in [*_TYPES, np.dtype("O"), np.dtype("S"), np.dtype("U")]), _reduce_type
        ),
        **dict.fromkeys((dtype.type for dtype in _TYPES), _reduce_number),
        np.str_: _reduce_text,
        np.bytes_: _reduce_text,
        np.ndarray: _reduce_array,
        np.memmap: _reduce_array,
    }
)
"""By the class of what is written: how. For a pickler's `dispatch_table`."""
