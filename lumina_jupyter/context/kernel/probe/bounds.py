"""What an object is, found out without running any code of its own, and how much may be told of it."""

from __future__ import annotations

import re
import types
from typing import Any

CELL = 60
"""Characters of a table's cell, or of an item in a list, at most."""
NAME = 120
"""Characters of a type's or a column's name at most."""

_SECRET = re.compile(
    r"(?:^|[_\W\d])(?:api[_-]?keys?|access[_-]?keys?|secret[_-]?keys?|private[_-]?keys?|auth[_-]?keys?|keys?|tokens?|"
    r"secrets?|passwords?|passwd|passphrases?|pwd|credentials?|creds?|bearer|authorization|cookies?|jwt|dsn)(?:$|[_\W\d])"
)
_HUMP = re.compile(r"([a-z\d])([A-Z])")
_HARMLESS = re.compile(
    r"^(?:(?:primary|foreign|sort|sorting|group|index|partition|join|merge|dict|row|column|feature|cache|unique|"
    r"num|n|max|min|total|special|stop|pad|eos|bos)_)*(?:key|keys|token|tokens)(?:_(?:count|counts|limit|ids?|index|"
    r"fn|func|name|names|column|columns|list|map|type|types))*$"
)
_PLAIN_WORDS = frozenset({"key", "keys", "token", "tokens"})

_MRO = type.__dict__["__mro__"]
_DICT = type.__dict__["__dict__"]
_NAME = type.__dict__["__qualname__"]
_MODULE = type.__dict__["__module__"]


def looks_secret(name: str) -> bool:
    """Whether a name is one that people give to keys, tokens and passwords; `sort_key` and `max_tokens` are not."""
    words = _HUMP.sub(r"\1_\2", name[:200]).lower()
    if words not in _PLAIN_WORDS and _HARMLESS.match(words):
        return False
    return _SECRET.search(words) is not None


def bases(cls: type) -> tuple[type, ...]:
    """The classes that a class is of, itself first; a metaclass has no say in it."""
    return _MRO.__get__(cls)  # type: ignore[no-any-return]  # a descriptor of C


def own(cls: type, name: str) -> Any:
    """What a class or the first of its bases defines under a name, as it stands there; None for nothing."""
    for base in bases(cls):
        namespace = _DICT.__get__(base)
        if name in namespace:
            return namespace[name]
    return None


def type_name(value: object) -> str:
    """The name of a value's real class, with its package where that says something."""
    return class_name(type(value))


def class_name(cls: type) -> str:
    """A class's name, with its package where that says something."""
    name = cut(str.__str__(_NAME.__get__(cls)), NAME)
    package = package_of(cls)
    return name if package in ("", "builtins", "__main__") else f"{package}.{name}"


def package_of(cls: type) -> str:
    """The outermost package that a class says it is from."""
    module = _MODULE.__get__(cls)
    return cut(module.partition(".")[0], NAME) if type(module) is str else ""


def attributes(value: object) -> dict[str, Any] | None:
    """A value's own attributes, copied; None when it has none that can be had without its help."""
    for base in bases(type(value)):
        slot = _DICT.__get__(base).get("__dict__")
        if type(slot) is types.GetSetDescriptorType:
            try:
                held = slot.__get__(value)
            except Exception:  # noqa: BLE001 - an object that was made without its class's constructor
                return None
            return dict.copy(held) if isinstance(held, dict) else None
    return None


def cut(text: str, limit: int) -> str:
    """The text on at most `limit` characters."""
    return text if len(text) <= limit else text[: max(0, limit - 1)] + "…"


def cut_bytes(text: str, limit: int) -> str:
    """The text in at most `limit` bytes of UTF-8; surrogates that stand alone become question marks."""
    coded = text[:limit].encode("utf-8", "replace")
    if len(coded) <= limit and len(text) <= limit:
        return coded.decode("utf-8")
    return coded[: max(0, limit - 3)].decode("utf-8", "ignore") + "…"


def counted(number: int, what: str) -> str:
    """`1 row`, `2 rows`."""
    return "{:,} {}{}".format(number, what, "" if number == 1 else "s")
