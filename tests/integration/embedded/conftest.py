"""What the tests of embedded models share."""

from __future__ import annotations

from pathlib import Path

import pytest

from lumina_jupyter.settings import Lumina


@pytest.fixture
def settings(models_dir: Path) -> Lumina:
    """Small contexts load faster."""
    return Lumina(models_dir=str(models_dir), embedded_context=2048)
