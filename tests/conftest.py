"""What every test can use: pytest-jupyter's event loop and real Jupyter server, and real embedded models."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from jupyter_core.paths import jupyter_data_dir

from tests import forked_kernels

pytest_plugins = ["pytest_jupyter.jupyter_server"]

# How long an example takes is for no test to judge: machines differ, and do other things beside.
settings.register_profile("exploring", deadline=None)
# Where a run judges a change, the same change gets the same answer; what is new is found where people work.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable" if os.environ.get("CI") else "exploring")

# What a shell has begun in the background hears no Ctrl-C, and neither do the programs that it begins.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Two threads of OpenMP that wait for each other spin, which beside other processes takes minutes: let them sleep. The
# libraries read it when they are loaded, in this process and in those that it starts.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# Kernels that are started from this process are there at once.
forked_kernels.install()

# Before any test looks elsewhere for Jupyter's folders.
_MODELS = Path(os.environ.get("LUMINA_TEST_MODELS") or Path(jupyter_data_dir()) / "lumina" / "models")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Several workers share files, as `--dist loadfile` says, some of which belong together."""
    if config.getvalue("dist") != "loadfile":
        return None
    from tests.schedule import FilesTogether

    return FilesTogether(config, log)


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """The folder with the files of the embedded models that the tests run."""
    from lumina_jupyter.gateway.embedded import Weights
    from lumina_jupyter.settings import Lumina

    here = {weight.name for weight in Weights(Lumina(models_dir=str(_MODELS))).installed()}
    for name in ("smollm2-135m", "qwen2.5-coder-0.5b"):
        if name not in here:
            pytest.fail(f"The embedded model {name} is not in {_MODELS}. Fetch it with: lumina pull {name}")
    return _MODELS
