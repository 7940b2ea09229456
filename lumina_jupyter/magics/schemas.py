"""`--schema NAME`: the JSON schema of something in the notebook, and the answer read by it."""

from __future__ import annotations

import dataclasses
import sys
import typing
from collections.abc import Mapping
from typing import Any

from ..errors import InvalidOption, UnknownName
from ..gateway import JsonSchema


class AnswerSchema:
    """A schema that an answer must follow.

    Args:
        name: The variable's name.
        namespace: The notebook's variables.

    Raises:
        UnknownName: when there is no such variable.
        InvalidOption: when it is neither a JSON schema (a dict), nor a pydantic model, a dataclass
            or a TypedDict, or has no JSON schema.
    """

    def __init__(self, name: str, namespace: Mapping[str, Any]) -> None:
        if name not in namespace:
            raise UnknownName(
                f"There is no variable {name!r} to take as --schema.",
                hint="Define it first: a dict with a JSON schema, a pydantic model, a dataclass or a TypedDict.",
            )
        self.name = name
        value = namespace[name]
        self._adapter: Any = None
        if isinstance(value, Mapping):
            schema = dict(value)
        elif isinstance(value, type) and (
            dataclasses.is_dataclass(value) or typing.is_typeddict(value) or hasattr(value, "model_json_schema")
        ):
            self._adapter, schema = _adapter_and_schema(name, value)
        else:
            raise InvalidOption(
                f"--schema {name}: {name} is neither a dict, nor a pydantic model, a dataclass or a TypedDict.",
                hint="Give the class itself, or a dict with a JSON schema.",
            )
        self.schema = _closed(schema)

    @property
    def for_request(self) -> JsonSchema:
        """The schema as a request carries it."""
        name = "".join(char if char.isalnum() and char.isascii() else "_" for char in self.name)[:60]
        return JsonSchema(self.schema, name=name, strict=_is_strict(self.schema))

    def read(self, data: Any) -> Any:
        """The data as an instance of the schema's class, or as it is for a plain schema.

        Raises:
            ValueError: when it does not fit; the text says where.
        """
        return data if self._adapter is None else self._adapter.validate_python(data)


def _adapter_and_schema(name: str, cls: Any) -> tuple[Any, dict[str, Any]]:
    from pydantic import TypeAdapter
    from pydantic.errors import PydanticUserError

    try:
        adapter: Any = TypeAdapter(_own_typed_dict(cls) if typing.is_typeddict(cls) else cls)
        return adapter, adapter.json_schema()
    except (PydanticUserError, NameError, TypeError, ValueError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise InvalidOption(
            f"--schema {name}: {name} has no JSON schema ({reason}).", hint="Use simpler types."
        ) from None


def _own_typed_dict(cls: Any) -> Any:
    """Pydantic takes the standard library's TypedDict only from Python 3.12 on."""
    if sys.version_info >= (3, 12):
        return cls
    from typing import NotRequired

    from typing_extensions import TypedDict

    # The extras say what is required, also where annotations are strings and `__required_keys__` cannot know.
    fields: dict[str, Any] = {}
    for key, kind in typing.get_type_hints(cls, include_extras=True).items():
        marker = typing.get_origin(kind)
        inner = typing.get_args(kind)[0] if marker in {typing.NotRequired, typing.Required} else kind
        optional = marker is NotRequired or (marker is not typing.Required and key not in cls.__required_keys__)
        own = _own_typed_dict(inner) if typing.is_typeddict(inner) else inner
        fields[key] = NotRequired[own] if optional else own
    return TypedDict(cls.__name__, fields)  # type: ignore[operator]  # the functional form with names known at run time


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with objects that take no further properties, as strict decoding asks."""
    closed = {key: _closed_part(part) for key, part in schema.items()}
    if isinstance(schema.get("properties"), dict):
        closed["properties"] = {key: _closed_part(part) for key, part in schema["properties"].items()}
        closed.setdefault("additionalProperties", False)
    return closed


def _closed_part(part: Any) -> Any:
    match part:
        case dict():
            return _closed(part)
        case list():
            return [_closed_part(item) for item in part]
    return part


def _is_strict(part: Any) -> bool:
    """Whether every object lists all of its properties as required and takes no others."""
    match part:
        case dict():
            if part.get("type") == "object" or "properties" in part:
                properties = part.get("properties")
                if not isinstance(properties, dict) or part.get("additionalProperties") is not False:
                    return False
                if set(part.get("required", ())) != set(properties):
                    return False
            return all(_is_strict(item) for item in part.values())
        case list():
            return all(_is_strict(item) for item in part)
    return True
