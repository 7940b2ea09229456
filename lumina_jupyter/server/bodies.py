"""Request bodies: bytes become typed requests, or an error that names the field.

Nothing here knows of HTTP or of Jupyter. pydantic comes in on first use.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import InvalidBody

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError
    from pydantic_core import ErrorDetails

T = TypeVar("T")

_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
_MAYBE_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_MAYBE_CONSTANT = re.compile(rb"NaN|Infinity")
_WORDS = {
    "missing": "is required",
    "unexpected_keyword_argument": "is not a known field",
    "extra_forbidden": "is not a known field",
}


_adapters: dict[Any, TypeAdapter[Any]] = {}


def adapter_of(cls: Any) -> TypeAdapter[Any]:
    """The checker of a type; made once, and slow enough the first time to belong into a thread."""
    from pydantic import TypeAdapter

    if cls not in _adapters:
        _adapters[cls] = TypeAdapter(cls)
    return _adapters[cls]


def is_ready(cls: Any) -> bool:
    """Whether the checker of a type is made already."""
    return cls in _adapters


def parse_body(body: bytes, cls: type[T]) -> T:
    """Read JSON into a dataclass, strictly: no unknown fields, no numbers in quotes, no NaN.

    Lone surrogates, which no text may hold, become U+FFFD.

    Raises:
        InvalidBody: names the field that is wrong.
    """
    from pydantic import ValidationError

    if _MAYBE_SURROGATE.search(body) or _MAYBE_CONSTANT.search(body):
        body = _cleaned(body)
    try:
        value: T = adapter_of(cls).validate_json(body, strict=True)
    except ValidationError as error:
        raise _invalid(error, body) from None
    _refuse_infinite(value)
    return value


def _cleaned(body: bytes) -> bytes:
    try:
        text = json.dumps(json.loads(body, parse_constant=_refuse_constant), ensure_ascii=False)
    except (ValueError, RecursionError):
        raise InvalidBody("The body is not valid JSON.") from None
    return _LONE_SURROGATES.sub("\ufffd", text).encode()


def _refuse_constant(name: str) -> None:
    raise InvalidBody(f"{name} is not JSON.")


def _refuse_infinite(value: Any) -> None:
    if not is_dataclass(value):
        return
    for each in fields(value):
        number = getattr(value, each.name)
        if isinstance(number, float) and not math.isfinite(number):
            raise InvalidBody(f"{each.name} must be a finite number.", field=each.name)


def _invalid(error: ValidationError, body: bytes) -> InvalidBody:
    details = error.errors(include_url=False, include_input=False, include_context=False)
    if details[0]["type"] == "json_invalid":
        return InvalidBody(f"The body is not valid JSON ({_reason(details[0]['msg'])}).")
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    place, detail = max(
        ((_place(each, data), each) for each in _of_the_right_branch(details)), key=lambda pair: len(pair[0])
    )
    field = _dotted(place)
    words = _WORDS.get(detail["type"], detail["msg"][:1].lower() + detail["msg"][1:])
    return InvalidBody(f"{field or 'The body'}: {words}.", field=field)


def _reason(message: str) -> str:
    return message.removeprefix("Invalid JSON: ")


def _of_the_right_branch(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Of a union's complaints, those of the member whose `type` the data names."""
    others = [each["loc"][:-1] for each in details if each["type"] == "literal_error" and each["loc"][-1:] == ("type",)]
    kept = [each for each in details if not any(each["loc"][: len(other)] == other for other in others)]
    return kept or details


def _place(detail: ErrorDetails, data: Any) -> list[str | int]:
    """Where in the data it is: pydantic's location less the names of union members."""
    place: list[str | int] = []
    here = data
    for step, part in enumerate(detail["loc"]):
        last = step == len(detail["loc"]) - 1
        if isinstance(here, dict) and isinstance(part, str):
            if part in here:
                here = here[part]
            elif not (last and detail["type"] == "missing"):
                continue
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
        else:
            continue
        place.append(part)
    return place


def _dotted(place: list[str | int]) -> str:
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
