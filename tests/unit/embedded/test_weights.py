"""Which embedded models are there, and which one answers when none is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from lumina_jupyter.errors import InvalidSetting, ModelNotFound, NoModelAvailable
from lumina_jupyter.gateway.embedded import KNOWN, Weights
from lumina_jupyter.gateway.embedded import weights as module
from lumina_jupyter.settings import Lumina

_GB = 1024**3


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lumina:
    monkeypatch.setattr(module, "total_memory", lambda: 24 * _GB)
    (tmp_path / "models").mkdir()
    return Lumina(models_dir=str(tmp_path / "models"))


def _put(settings: Lumina, *names: str) -> None:
    """Files of the right names and sizes; sparse, so they take no room."""
    for name in names:
        with (settings.models_path / KNOWN[name].file).open("wb") as file:
            file.truncate(KNOWN[name].bytes)


def test_nothing_there(settings: Lumina) -> None:
    weights = Weights(settings)
    assert weights.installed() == []
    assert weights.default() is None
    with pytest.raises(NoModelAvailable) as caught:
        weights.require_default()
    assert "lumina pull qwen2.5-coder-0.5b" in caught.value.hint


@pytest.mark.parametrize(
    ("memory", "expected"),
    [(24, "qwen2.5-coder-1.5b"), (4, "qwen2.5-coder-0.5b"), (1, "smollm2-135m"), (0.5, "smollm2-135m")],
)
def test_the_default_is_the_largest_that_fits_comfortably(
    settings: Lumina, monkeypatch: pytest.MonkeyPatch, memory: float, expected: str
) -> None:
    _put(settings, *KNOWN)
    monkeypatch.setattr(module, "total_memory", lambda: int(memory * _GB))
    found = Weights(settings).default()
    assert found is not None
    assert found.name == expected


def test_a_file_that_is_not_whole_does_not_count(settings: Lumina) -> None:
    _put(settings, "smollm2-135m")
    with (settings.models_path / KNOWN["smollm2-135m"].file).open("r+b") as file:
        file.truncate(1000)
    assert Weights(settings).installed() == []
    with pytest.raises(ModelNotFound) as caught:
        Weights(settings).require("smollm2-135m")
    assert "lumina pull smollm2-135m" in caught.value.hint


def test_files_of_ones_own(settings: Lumina, tmp_path: Path) -> None:
    mine = tmp_path / "mine.gguf"
    mine.write_bytes(b"GGUF")
    settings.embedded_models = {"mine": str(mine), "gone": str(tmp_path / "gone.gguf")}
    weights = Weights(settings)
    assert [weight.name for weight in weights.installed()] == ["mine"]
    assert weights.require("mine").path == weights.require(str(mine)).path == mine
    with pytest.raises(ModelNotFound) as caught:
        weights.require("gone")
    assert "gone.gguf" in caught.value.hint


def test_the_settings_may_name_the_default(settings: Lumina, tmp_path: Path) -> None:
    _put(settings, "smollm2-135m", "qwen2.5-coder-0.5b")
    settings.embedded_model = "smollm2-135m"
    assert Weights(settings).require_default().name == "smollm2-135m"
    path = tmp_path / "other.gguf"
    path.write_bytes(b"GGUF")
    settings.embedded_model = str(path)
    assert Weights(settings).require_default().path == path
    assert "other" in [weight.name for weight in Weights(settings).installed()]
    settings.embedded_model = "qwen2.5-coder-1.5b"
    with pytest.raises(NoModelAvailable) as caught:
        Weights(settings).require_default()
    assert "lumina pull qwen2.5-coder-1.5b" in caught.value.hint
    settings.embedded_model = "nonsense"
    with pytest.raises(InvalidSetting, match="nonsense"):
        Weights(settings).default()


def test_the_table_is_sound() -> None:
    for name, model in KNOWN.items():
        assert model.name == name
        assert len(model.sha256) == 64
        parts = -(-model.bytes // model.packages.part_bytes)
        assert parts == {"smollm2-135m": 1, "qwen2.5-coder-0.5b": 6, "qwen2.5-coder-1.5b": 22}[name]
