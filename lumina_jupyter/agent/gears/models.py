"""Which model a gear means, and what may be asked of it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ...gateway import ModelInfo
from ...settings import Lumina
from .gear import Gear

SMALL_BILLIONS = 8.0
"""Billions of parameters up to which a model is led by recipes."""

_BILLIONS = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s*b(?![a-z0-9])", re.IGNORECASE)
_MILLIONS = re.compile(r"(?<![\w.])\d+(?:\.\d+)?\s*m(?![a-z0-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """What a model can be asked for.

    `small` ones write code and words, and a recipe says in which steps. `context` is in tokens, None where unknown.
    """

    small: bool
    reasons: bool = False
    embedded: bool = False
    context: int | None = None


def ability_of(model: str, info: ModelInfo | None) -> Ability:
    """What a model of that id can be asked for, by what the catalog knows of it."""
    embedded = model.partition("/")[0] == "embedded"
    if info is None:
        return Ability(small=embedded or _is_small_by_name(model), embedded=embedded)
    return Ability(
        small=embedded or info.tools is False or _is_small_by_name(model),
        reasons=bool(info.reasoning),
        embedded=embedded,
        context=info.context,
    )


def _is_small_by_name(model: str) -> bool:
    """Whether the name gives a size (`llama3.1:8b`, `qwen2.5-0.5b`, `smollm2-135m`), and it is a small one."""
    name = re.sub(r"[-_:/@]", " ", model)
    sizes = [float(found) for found in _BILLIONS.findall(name)]
    if sizes:
        return max(sizes) <= SMALL_BILLIONS
    return _MILLIONS.search(name) is not None


class GearModels:
    """Chooses the model for a gear.

    Args:
        settings: `agent_reasoning_model` and `agent_small_model`.
        default: The id of the model that answers where none is named.
    """

    def __init__(self, settings: Lumina, default: Callable[[], Awaitable[str]]) -> None:
        self._settings = settings
        self._default = default

    async def choose(self, gear: Gear, asked: str = "") -> str:
        """The model's id: the one that a person named, whatever the gear is; else the gear's; else the notebook's.

        Raises:
            NoModelAvailable: when none is named and there is none.
        """
        if asked:
            return asked
        if gear.model == "reasoning" and self._settings.agent_reasoning_model:
            return self._settings.agent_reasoning_model
        if gear.model == "small" and self._settings.agent_small_model:
            return self._settings.agent_small_model
        return await self._default()
