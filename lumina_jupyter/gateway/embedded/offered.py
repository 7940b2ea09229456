"""The embedded models as a person chooses among them: what is on disk, what could be fetched, what fits."""

from __future__ import annotations

from dataclasses import dataclass

from .download import partial_bytes
from .weights import KNOWN, Weight, Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedModel:
    """A model that is on this machine or that can be fetched; sizes are bytes.

    `arrived` is how much of an unfinished download is there, `memory` what it takes when loaded, and
    `comfortable` whether that leaves this machine room.
    """

    name: str
    title: str
    bytes: int
    licence: str
    installed: bool
    arrived: int
    memory: int
    comfortable: bool
    default: bool


def offered(weights: Weights) -> list[EmbeddedModel]:
    """The models that Lumina can fetch from small to large, then a person's own; blocks, but not for long.

    Raises:
        InvalidSetting: when the settings name an embedded model that does not exist.
    """
    installed = {weight.name: weight for weight in weights.installed()}
    default = weights.default()
    listed = [
        installed.get(model.name) or Weight(model.name, weights.folder / model.file, model.bytes, model)
        for model in KNOWN.values()
    ]
    own = [weight for weight in installed.values() if weight.name not in KNOWN]
    return [
        EmbeddedModel(
            name=weight.name,
            title=weight.known.title if weight.known else weight.path.name,
            bytes=weight.bytes,
            licence=weight.known.licence if weight.known else "",
            installed=weight.name in installed,
            arrived=partial_bytes(weight.known, weights.folder) if weight.known else 0,
            memory=weights.memory_needed(weight),
            comfortable=weights.memory_needed(weight) <= weights.memory_budget(),
            default=default is not None and weight.name == default.name,
        )
        for weight in listed + own
    ]
