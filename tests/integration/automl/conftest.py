"""Experiments of tests lie in folders of their own."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True, scope="module")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> object:
    """Where Jupyter's data lie while a module is tested."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_DATA_DIR", str(folder))
        yield folder
