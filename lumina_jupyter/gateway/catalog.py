"""The catalog: every model with its capabilities and its price.

Filled, in order of weight, from litellm's bundled map, from what discovery finds, and from the
user's settings. Nothing is read before the first question; `load` does it in a thread.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from ..errors import InvalidSetting
from ..events import Usage
from ..settings import Lumina
from .model_info import MODES, ModelInfo, Price
from .price_map import MapEntry, read_price_map

__all__ = ["Catalog", "ModelInfo", "Price"]

FREE_PROVIDERS = frozenset({"embedded", "ollama"})
"""Providers on the user's own machine: their tokens cost nothing."""

_COUNTS = frozenset({"context", "max_output"})
_FLAGS = frozenset({"tools", "vision", "reasoning", "json_schema", "fim"})
_PRICES = frozenset({"input_price", "output_price", "cached_input_price", "cache_write_price"})

# What providers append to the name that a model was asked by: a date, a build, a version.
_VERSION = re.compile(r"(-\d{4}-\d{2}-\d{2}|[-@]\d{8}|-\d{4}|-\d{3}|-latest|@latest|-v\d+(:\d+)?|:\d+)$")
_BEDROCK_REGION = re.compile(r"^(us|eu|apac|ap|au|jp|ca|sa|global|us-gov)\.")


class Catalog:
    """Answers what a model can do and what a call of it costs.

    Args:
        settings: `models` adds to and overrides what is found elsewhere.

    Raises:
        InvalidSetting: when an entry of `models` cannot be used.
    """

    def __init__(self, settings: Lumina) -> None:
        self._overrides = {model: _checked(model, entry) for model, entry in settings.models.items()}
        self._bundled: dict[str, MapEntry] | None = None
        self._found: dict[str, ModelInfo] = {}
        self._lock = threading.Lock()

    def load(self) -> None:
        """Read the bundled map unless that has been done; blocks for some 50 ms, so call it in a thread."""
        with self._lock:
            if self._bundled is None:
                self._bundled = read_price_map()

    def refresh(self) -> None:
        """Forget what was read and found; the next question reads anew."""
        with self._lock:
            self._bundled = None
            self._found = {}

    def add(self, infos: Iterable[ModelInfo]) -> None:
        """Take in what discovery found; fields that it does not know keep what the bundled map says."""
        found = {info.id: info for info in infos}
        with self._lock:
            self._found = {**self._found, **found}

    def models(self, provider: str | None = None) -> list[ModelInfo]:
        """Every model that its provider still offers, or one provider's, sorted by id."""
        today = time.strftime("%Y-%m-%d", time.gmtime())
        offered = (model_id for model_id, entry in self._map().items() if not "" < entry.retired_on < today)
        ids = {*offered, *self._found, *self._overrides}
        if provider is not None:
            ids = {model_id for model_id in ids if model_id.partition("/")[0] == provider}
        known = (self._known(model_id) for model_id in sorted(ids))
        return [info for info in known if info is not None]

    def get(self, model_id: str) -> ModelInfo | None:
        """The model of that id, also when the name carries a date or version that the catalog leaves out."""
        info = self._nearest(model_id)
        if info is None or info.id == model_id:
            return info
        return replace(info, id=model_id, name=model_id.partition("/")[2])

    def cost(self, model_id: str, usage: Usage) -> float | None:
        """What a call cost in US dollars; None when the model's price is unknown, 0.0 for local models."""
        provider = model_id.partition("/")[0]
        if provider in FREE_PROVIDERS and not self._has_price(model_id):
            return 0.0
        info = self._nearest(model_id)
        if info is None:
            return None
        for price in self._long_prices(info):
            if usage.input_tokens > price.above_input_tokens:
                return price.of(usage)
        return info.price.of(usage)

    def _long_prices(self, info: ModelInfo) -> tuple[Price, ...]:
        """The map's prices of long calls, unless somebody who knows better has set another price."""
        entry = self._map().get(info.id)
        return entry.long_prices if entry is not None and entry.info.price == info.price else ()

    def _nearest(self, model_id: str) -> ModelInfo | None:
        """The known model of that id, or of the id that it is a version of."""
        provider, _, name = model_id.partition("/")
        for candidate in _spellings(provider, name):
            info = self._known(f"{provider}/{candidate}")
            if info is not None:
                return info
        return None

    def _has_price(self, model_id: str) -> bool:
        return bool(_PRICES & self._overrides.get(model_id, {}).keys())

    def _map(self) -> dict[str, MapEntry]:
        self.load()
        return self._bundled or {}

    def _known(self, model_id: str) -> ModelInfo | None:
        """What all sources together say of exactly this id."""
        entry, found = self._map().get(model_id), self._found.get(model_id)
        bundled = entry.info if entry is not None else None
        info = _merged(bundled, found) if bundled and found else found or bundled
        override = self._overrides.get(model_id)
        if override is None:
            return info
        if info is None:
            provider, _, name = model_id.partition("/")
            info = ModelInfo(id=model_id, provider=provider, name=name)
        return replace(info, source="settings", **override)


def _merged(bundled: ModelInfo, found: ModelInfo) -> ModelInfo:
    """What discovery found, completed with what the bundled map knows."""
    gaps = {field.name: getattr(bundled, field.name) for field in fields(found) if getattr(found, field.name) is None}
    if found.mode == "chat" and bundled.mode != "chat":
        # A provider's listing does not say how a model is called; the map does.
        gaps["mode"] = bundled.mode
    return replace(found, **gaps)


def _spellings(provider: str, name: str) -> Iterator[str]:
    """The name, then the names that it may be a version of, the likeliest first."""
    yield name
    if not name or provider == "openrouter":
        # OpenRouter's suffixes (`:free`) are models of their own with prices of their own.
        return
    lowered = name.lower()
    if lowered != name:
        yield lowered
    if lowered.startswith("ft:"):
        # ft:BASE:ORGANISATION:NAME:ID is priced as ft:BASE.
        lowered = ":".join(lowered.split(":")[:2])
        yield lowered
    stripped = lowered.removeprefix("models/")
    if provider == "bedrock":
        yield stripped
        stripped = _BEDROCK_REGION.sub("", stripped)
    while True:
        yield stripped
        shorter = _VERSION.sub("", stripped)
        if shorter == stripped or not shorter:
            return
        stripped = shorter


def _checked(model: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of the `models` setting, once every field is found usable."""
    where = f"c.Lumina.models[{model!r}]"
    provider, slash, name = model.partition("/")
    if not (provider and slash and name):
        raise InvalidSetting(f"{where}: a model is named `provider/name`.")
    allowed = _COUNTS | _FLAGS | _PRICES | {"mode"}
    unknown = sorted(set(entry) - allowed)
    if unknown:
        raise InvalidSetting(
            f"{where} has unknown entries: {', '.join(unknown)}; known are {', '.join(sorted(allowed))}."
        )
    for field, value in entry.items():
        problem = _problem(field, value)
        if problem:
            raise InvalidSetting(f"{where}[{field!r}] must be {problem}, not {value!r}.")
    return dict(entry)


def _problem(field: str, value: object) -> str:
    """What the field's value should have been; empty when it is right."""
    if field == "mode":
        return "" if value in MODES else f"one of {', '.join(sorted(MODES))}"
    if field in _FLAGS:
        return "" if isinstance(value, bool) else "True or False"
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if field in _COUNTS:
        return "" if number and isinstance(value, int) and value > 0 else "a whole number of tokens above 0"
    # `not value >= 0` would let NaN through the other way round.
    return "" if number and 0 <= float(value) < 1 else "US dollars per token (not per million), from 0 to 1"  # type: ignore[arg-type]  # a number, as the line above found
