"""Reads the model map that litellm's package carries, without importing litellm (which takes seconds)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from ..errors import LuminaError
from .model_info import MODES, Mode, ModelInfo, Price
from .providers.specs import PROVIDERS

_FILE = "model_prices_and_context_window_backup.json"
_LONG = re.compile(r"input_cost_per_token_above_(\d+)k_tokens")
# Bought capacity, prices of one region, image sizes: no names that a call can be made with.
_NOT_A_NAME = re.compile(
    r"(^|/)(\*|\d+-x-\d+|\d+-month-commitment|[a-z]+(-gov)?-[a-z]+-\d|eu|us|us-gov|global|global-standard)/"
)
_FURTHER_CATALOG_NAMES = {"bedrock_converse": "bedrock", "cohere": "cohere"}
_PREFIXES = {"cohere": ("cohere/", "cohere_chat/"), "bedrock": ("bedrock/converse/", "bedrock/")}


@dataclass(frozen=True, slots=True)
class MapEntry:
    """What the map says of one model.

    `long_prices` are those of calls with a long input, by falling threshold; `retired_on` is the day
    (`YYYY-MM-DD`) on which its provider takes it away, empty while none is known.
    """

    info: ModelInfo
    long_prices: tuple[Price, ...] = ()
    retired_on: str = ""


def read_price_map(path: Path | None = None) -> dict[str, MapEntry]:
    """Every model of the providers that Lumina knows, by `provider/name`.

    Raises:
        LuminaError: when the map is missing or cannot be read.
    """
    path = path or _bundled_path()
    try:
        entries: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise LuminaError(
            f"The list of models at {path} cannot be read: {error}", hint="Reinstall it with: pip install -U litellm"
        ) from error
    found: dict[str, MapEntry] = {}
    for provider, name, entry in _usable(entries):
        info = _model_info(provider, name, entry)
        known = found.get(info.id)
        # Some models stand there twice, with and without their provider's prefix: keep what says more.
        if known is None or (known.info.input_price is None and info.input_price is not None):
            found[info.id] = MapEntry(info, _long_prices(entry), str(entry.get("deprecation_date") or ""))
    return found


def _bundled_path() -> Path:
    spec = find_spec("litellm")
    if spec is None or spec.origin is None:
        raise LuminaError(
            "litellm is not installed, so there is no list of models.",
            hint="Reinstall with: pip install --force-reinstall lumina-jupyter",
        )
    return Path(spec.origin).parent / _FILE


def _usable(entries: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Provider, name and entry of each model that a chat or an embedding can be asked of."""
    by_catalog_name = {spec.catalog_name: spec.name for spec in PROVIDERS.values() if spec.catalog_name}
    by_catalog_name.update(_FURTHER_CATALOG_NAMES)
    for key, entry in entries.items():
        if not isinstance(entry, dict) or entry.get("mode") not in MODES:
            continue
        catalog_name = str(entry.get("litellm_provider", ""))
        # Vertex's are split by family: vertex_ai-language-models, vertex_ai-anthropic_models, …
        provider = by_catalog_name.get(catalog_name) or by_catalog_name.get(catalog_name.partition("-")[0])
        if provider is None:
            continue
        name = _without_prefix(provider, catalog_name.partition("-")[0], key)
        if name and not _NOT_A_NAME.search(name):
            yield provider, name, entry


def _without_prefix(provider: str, catalog_name: str, key: str) -> str:
    for prefix in _PREFIXES.get(provider, (f"{catalog_name}/",)):
        if key.startswith(prefix):
            return key.removeprefix(prefix)
    return key


def _model_info(provider: str, name: str, entry: Mapping[str, Any]) -> ModelInfo:
    price = _price(entry)
    return ModelInfo(
        id=f"{provider}/{name}",
        provider=provider,
        name=name,
        mode=cast(Mode, entry["mode"]),
        context=_tokens(entry.get("max_input_tokens")) or _tokens(entry.get("max_tokens")),
        max_output=_tokens(entry.get("max_output_tokens")) or _tokens(entry.get("max_tokens")),
        tools=_flag(entry, "supports_function_calling"),
        vision=_flag(entry, "supports_vision"),
        reasoning=_flag(entry, "supports_reasoning"),
        json_schema=_flag(entry, "supports_response_schema"),
        input_price=price.input,
        output_price=price.output,
        cached_input_price=price.cached_input,
        cache_write_price=price.cache_write,
        source="catalog",
    )


def _price(entry: Mapping[str, Any], above: int = 0) -> Price:
    suffix = f"_above_{above}k_tokens" if above else ""
    price = Price(
        input=_dollars(entry.get(f"input_cost_per_token{suffix}")),
        output=_dollars(entry.get(f"output_cost_per_token{suffix}")),
        cached_input=_dollars(entry.get(f"cache_read_input_token_cost{suffix}")),
        cache_write=_dollars(entry.get(f"cache_creation_input_token_cost{suffix}")),
        above_input_tokens=above * 1000,
    )
    # The map writes zeros where it does not know: a hosted model without any price is unknown, not free.
    return Price(above_input_tokens=price.above_input_tokens) if not (price.input or price.output) else price


def _long_prices(entry: Mapping[str, Any]) -> tuple[Price, ...]:
    thresholds = {int(match[1]) for key in entry if (match := _LONG.fullmatch(key))}
    return tuple(_price(entry, above) for above in sorted(thresholds, reverse=True))


def _flag(entry: Mapping[str, Any], name: str) -> bool | None:
    value = entry.get(name)
    return value if isinstance(value, bool) else None


def _tokens(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and value > 0 else None


def _dollars(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 else None
