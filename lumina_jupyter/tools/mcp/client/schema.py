"""Checks values against a JSON schema that somebody else wrote, which may be wrong, huge or hostile.

A schema can be made to keep a checker busy for ever: a pattern that goes back and forth, references that double at
every step. So this one knows no patterns, follows references within the schema alone, and counts its steps: what it
cannot decide within them passes, and the server decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MOST_STEPS = 20_000
MOST_DEPTH = 64

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
    "integer": (int, float),
    "number": (int, float),
}


class _Undecided(Exception):
    """The steps ran out."""


def mismatch(schema: Any, value: Any) -> str:
    """What is wrong with a value, as one sentence; empty when nothing is, or when it cannot be told."""
    try:
        return _Checker(schema).check(schema, value, "", 0)
    except _Undecided:
        return ""


class _Checker:
    def __init__(self, root: Any) -> None:
        self._root = root
        self._steps = 0

    def check(self, schema: Any, value: Any, place: str, depth: int) -> str:
        self._steps += 1
        if self._steps > MOST_STEPS or depth > MOST_DEPTH:
            raise _Undecided
        if schema is False:
            return f"{_at(place)} is not allowed."
        if not isinstance(schema, Mapping):
            return ""
        reference = schema.get("$ref")
        if isinstance(reference, str):
            wrong = self.check(self._find(reference), value, place, depth + 1)
            if wrong:
                return wrong
        return (
            _wrong_type(schema, value, place)
            or _wrong_value(schema, value, place)
            or self._wrong_object(schema, value, place, depth)
            or self._wrong_array(schema, value, place, depth)
            or self._wrong_choice(schema, value, place, depth)
        )

    def _find(self, reference: str) -> Any:
        if not reference.startswith("#"):
            return True
        found = self._root
        for part in reference[1:].split("/")[1:]:
            if not isinstance(found, Mapping):
                return True
            found = found.get(part.replace("~1", "/").replace("~0", "~"), True)
        return found

    def _wrong_object(self, schema: Mapping[str, Any], value: Any, place: str, depth: int) -> str:
        if not isinstance(value, dict):
            return ""
        required = schema.get("required")
        if isinstance(required, list):
            for name in required:
                if isinstance(name, str) and name not in value:
                    return f"{_at(_inside(place, name))} is missing."
        properties = schema.get("properties")
        properties = properties if isinstance(properties, Mapping) else {}
        others = schema.get("additionalProperties", True)
        for name, each in value.items():
            if name in properties:
                wrong = self.check(properties[name], each, _inside(place, name), depth + 1)
            elif "patternProperties" in schema:
                continue
            elif others is False:
                wrong = f"There is no {_at(_inside(place, name))}."
            else:
                wrong = self.check(others, each, _inside(place, name), depth + 1)
            if wrong:
                return wrong
        return ""

    def _wrong_array(self, schema: Mapping[str, Any], value: Any, place: str, depth: int) -> str:
        if not isinstance(value, list):
            return ""
        first = schema.get("prefixItems")
        first = first if isinstance(first, list) else []
        for index, each in enumerate(value):
            wanted = first[index] if index < len(first) else schema.get("items", True)
            wrong = self.check(wanted, each, f"{place}[{index}]", depth + 1)
            if wrong:
                return wrong
        return ""

    def _wrong_choice(self, schema: Mapping[str, Any], value: Any, place: str, depth: int) -> str:
        for each in _list(schema, "allOf"):
            wrong = self.check(each, value, place, depth + 1)
            if wrong:
                return wrong
        for key in ("anyOf", "oneOf"):
            choices = _list(schema, key)
            wrongs = [self.check(each, value, place, depth + 1) for each in choices]
            if wrongs and all(wrongs):
                return wrongs[0] if len(wrongs) == 1 else f"{_at(place)} is none of what it may be: {wrongs[0]}"
        return ""


def _wrong_type(schema: Mapping[str, Any], value: Any, place: str) -> str:
    wanted = schema.get("type")
    names = [wanted] if isinstance(wanted, str) else wanted if isinstance(wanted, list) else []
    known = [name for name in names if isinstance(name, str) and name in _TYPES]
    if not known or len(known) < len(names) or any(_is(name, value) for name in known):
        return ""
    return f"{_at(place)} is no {' or '.join(known)}."


def _is(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[name])


def _wrong_value(schema: Mapping[str, Any], value: Any, place: str) -> str:
    allowed = schema.get("enum")
    if isinstance(allowed, list) and len(allowed) <= 1000 and not any(_same(each, value) for each in allowed):
        return f"{_at(place)} is none of {', '.join(repr(each)[:40] for each in allowed[:10])}."
    if "const" in schema and not _same(schema["const"], value):
        return f"{_at(place)} is not {schema['const']!r}."[:200]
    if isinstance(value, str | list):
        return _out_of_bounds(
            schema,
            len(value),
            ("minLength", "maxLength") if isinstance(value, str) else ("minItems", "maxItems"),
            f"the length of {_at(place)}",
        )
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _out_of_bounds(schema, value, ("minimum", "maximum"), _at(place))
    return ""


def _out_of_bounds(schema: Mapping[str, Any], value: float, names: tuple[str, str], what: str) -> str:
    least, most = schema.get(names[0]), schema.get(names[1])
    if isinstance(least, int | float) and value < least:
        return f"{what} is less than {least}."
    if isinstance(most, int | float) and value > most:
        return f"{what} is more than {most}."
    return ""


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _list(schema: Mapping[str, Any], key: str) -> list[Any]:
    found = schema.get(key)
    return found if isinstance(found, list) else []


def _inside(place: str, name: str) -> str:
    return f"{place}.{name[:80]}" if place else name[:80]


def _at(place: str) -> str:
    return f"`{place}`" if place else "the value"
