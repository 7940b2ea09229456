"""From a YAML file to a persona, or to what is wrong with the file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from ...errors import InvalidSetting
from ..gears import GearName
from .persona import NAME, Persona

MOST_BYTES = 64_000
MOST_CHARACTERS = 20_000
"""Characters of a prompt at most."""
FIELDS = {"name", "title", "description", "prompt", "tools", "gear", "model", "hands_over_to"}
_GEARS = [gear for gear in get_args(GearName) if gear != "reverse"]


def read_persona(path: Path, *, source: str = "") -> Persona:
    """The persona in a file; blocks.

    Raises:
        InvalidSetting: when it is none; the message says what to correct.
    """
    import yaml

    try:
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise InvalidSetting(f"{path.name} cannot be read: {error.strerror}.") from error
    if len(data) > MOST_BYTES:
        raise InvalidSetting(f"{path.name} is larger than {MOST_BYTES:,} bytes.")
    try:
        content = yaml.safe_load(data)
    except (yaml.YAMLError, UnicodeError, RecursionError, ValueError) as error:
        where = getattr(error, "problem_mark", None)
        at = "" if where is None else f" (line {where.line + 1})"
        raise InvalidSetting(f"{path.name} is not valid YAML{at}.") from error
    return persona_of(content, path.stem, source=source or str(path))


def persona_of(content: object, name: str, *, source: str) -> Persona:
    """The persona that a file's content describes; its name is the file's where it says none.

    Raises:
        InvalidSetting: when it is none.
    """
    if not isinstance(content, Mapping):
        raise InvalidSetting(f"{name}: a persona is a mapping of {', '.join(sorted(FIELDS))}.")
    unknown = sorted(str(key)[:40] for key in content.keys() - FIELDS)
    if unknown:
        raise InvalidSetting(f"{name}: {unknown[0]!r} is nothing that a persona has.", hint=f"It has {_listed()}.")
    called = _text(content, "name", name)
    if not NAME.fullmatch(called):
        raise InvalidSetting(
            f"{called[:60]!r} is no persona's name.", hint="Small letters, digits, - and _; 40 at most."
        )
    prompt = _text(content, "prompt", called)
    if not prompt.strip() or len(prompt) > MOST_CHARACTERS:
        raise InvalidSetting(f"{called}: the prompt needs 1 to {MOST_CHARACTERS:,} characters.")
    gear = next((each for each in _GEARS if each == str(content.get("gear", "auto"))), None)
    if gear is None:
        raise InvalidSetting(
            f"{called}: gear {str(content.get('gear'))[:20]!r} does not exist.", hint=", ".join(_GEARS)
        )
    return Persona(
        name=called,
        title=_text(content, "title", called) or called.replace("-", " ").capitalize(),
        description=" ".join(_text(content, "description", called).split()),
        prompt=prompt.strip(),
        tools=_names(content, "tools", called, ("*",)),
        gear=gear,
        model=_text(content, "model", called),
        hands_over_to=_names(content, "hands_over_to", called, ()),
        source=source,
    )


def _text(content: Mapping[Any, Any], field: str, name: str) -> str:
    value = content.get(field)
    if value is None:
        return name if field == "name" else ""
    if not isinstance(value, str):
        raise InvalidSetting(f"{name}: {field} has to be text.")
    return value


def _names(content: Mapping[Any, Any], field: str, name: str, otherwise: tuple[str, ...]) -> tuple[str, ...]:
    value = content.get(field)
    if value is None:
        return otherwise
    if not isinstance(value, list) or len(value) > 200 or not all(isinstance(each, str) for each in value):
        raise InvalidSetting(f"{name}: {field} has to be a list of names.")
    return tuple(value)


def _listed() -> str:
    return ", ".join(sorted(FIELDS))
