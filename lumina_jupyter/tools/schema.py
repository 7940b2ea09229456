"""Checks arguments against a JSON schema, for tools that come with one and not from a Python function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import InvalidArguments, InvalidSetting
from .tool import Check


def check_by_schema(name: str, schema: Mapping[str, Any]) -> Check:
    """A tool's `check` by a JSON schema.

    Raises:
        InvalidSetting: when the schema is none for an object, or refers to another place.
    """
    from jsonschema import Draft202012Validator, SchemaError

    kept = dict(schema)
    if kept.get("type", "object") != "object":
        raise InvalidSetting(f"The schema of the tool {name} is not one of an object.", hint="Mend the tool's schema.")
    if _refers_elsewhere(kept):
        raise InvalidSetting(f"The schema of the tool {name} refers to another place.", hint="Mend the tool's schema.")
    try:
        Draft202012Validator.check_schema(kept)
    except SchemaError as error:
        raise InvalidSetting(
            f"The schema of the tool {name} is no JSON schema.", hint="Mend the tool's schema."
        ) from error
    validator = Draft202012Validator(kept)

    def check(arguments: Mapping[str, Any]) -> dict[str, Any]:
        given = dict(arguments)
        wrong = []
        for error in validator.iter_errors(given):
            place = ".".join(str(part) for part in error.absolute_path)
            wrong.append(f"`{place}`: {error.message[:200]}" if place else error.message[:200])
            if len(wrong) == 5:
                break
        if wrong:
            raise InvalidArguments(f"Wrong arguments for {name}: {'; '.join(wrong)}.")
        return given

    return check


def _refers_elsewhere(schema: Any) -> bool:
    pending = [schema]
    while pending:
        each = pending.pop()
        if isinstance(each, dict):
            reference = each.get("$ref", each.get("$dynamicRef", "#"))
            if not isinstance(reference, str) or not reference.startswith("#"):
                return True
            pending.extend(each.values())
        elif isinstance(each, list):
            pending.extend(each)
    return False
