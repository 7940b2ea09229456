"""A call of a tool, as it comes from a model or a person: nothing of it has been checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidArguments

MOST_CHARACTERS = 2_000_000
"""Characters of a call's arguments at most."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A name and arguments, which are the JSON text of an object, or that object."""

    id: str
    name: str
    arguments: str | Mapping[str, Any] = "{}"

    def read(self) -> dict[str, Any]:
        """The arguments as JSON has them.

        Raises:
            InvalidArguments: when they are no JSON object.
        """
        text = self.arguments if isinstance(self.arguments, str) else _text(self.arguments)
        if len(text) > MOST_CHARACTERS:
            raise InvalidArguments(f"The arguments have {len(text):,} characters; {MOST_CHARACTERS:,} are allowed.")
        try:
            # Lone surrogates and NaN are no JSON; neither must come out as something else than went in.
            value = json.loads(text.encode("utf-8").decode() or "{}", parse_constant=_refuse)
        except UnicodeError:
            raise InvalidArguments("The arguments hold text that is not valid Unicode.") from None
        except RecursionError:
            raise InvalidArguments("The arguments are nested too deeply.") from None
        except ValueError as error:
            raise InvalidArguments(f"The arguments are not valid JSON: {error}.") from None
        if not isinstance(value, dict):
            raise InvalidArguments("The arguments must be a JSON object.")
        return value


def _text(arguments: Mapping[str, Any]) -> str:
    try:
        return json.dumps(dict(arguments), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidArguments(f"The arguments are not JSON: {error}.") from None


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
