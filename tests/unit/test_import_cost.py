"""Nothing waits on us: loading the magics or the server extension brings in no heavy package."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {
    "aiohttp",
    "alembic",
    "anywidget",
    "boto3",
    "click",
    "cryptography",
    "filelock",
    "google",
    "httpx",
    "httpx2",
    "huggingface_hub",
    "ipywidgets",
    "keyring",
    "litellm",
    "matplotlib",
    "mcp",
    "nbformat",
    "numpy",
    "openai",
    "pandas",
    "pip",
    "psutil",
    "pycrdt",
    "pydantic",
    "rich",
    "sqlalchemy",
    "tiktoken",
    "tokenizers",
    "xllamacpp",
}

BARE_IPYTHON = "from IPython.core.interactiveshell import InteractiveShell; shell = InteractiveShell.instance()"
BARE_SERVER = "import jupyter_server.serverapp, jupyter_server.extension.application"


def newly_imported(before: str, action: str) -> set[str]:
    """The modules that an action imports, in a fresh Python where `before` has run already."""
    code = (
        f"import json, sys\n{before}\nknown = set(sys.modules)\n{action}\n"
        "print(json.dumps(sorted(set(sys.modules) - known)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert result.returncode == 0, result.stderr
    return set(json.loads(result.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("before", "action", "brings"),
    [
        pytest.param("", "import lumina_jupyter", "lumina_jupyter", id="package"),
        pytest.param(
            BARE_IPYTHON, "shell.run_line_magic('load_ext', 'lumina_jupyter')", "lumina_jupyter.magics", id="magics"
        ),
        pytest.param(
            BARE_SERVER,
            "import lumina_jupyter; lumina_jupyter._jupyter_server_extension_points()",
            "lumina_jupyter.server.extension",
            id="server extension",
        ),
    ],
)
def test_loading_brings_in_nothing_heavy(before: str, action: str, brings: str) -> None:
    imported = newly_imported(before, action)
    assert brings in imported
    assert {name.partition(".")[0] for name in imported} & HEAVY == set()


def test_importing_the_package_needs_the_standard_library_alone() -> None:
    imported = {name.partition(".")[0] for name in newly_imported("", "import lumina_jupyter")}
    assert imported - set(sys.stdlib_module_names) == {"lumina_jupyter"}


def test_a_command_that_reads_notebooks_compiles_no_grammars() -> None:
    """They check IRIs, which is nothing that notebooks or commands have, and take over a second."""
    imported = newly_imported("", "from lumina_jupyter.cli import main; main(['--version']); import nbformat")
    assert "nbformat" in imported
    assert "lark" not in imported
