"""The `lumina` command as a real process, in a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from tests.forking import KEEP, ForkServer

MODULE = "lumina_jupyter.cli"
COMMAND = (sys.executable, "-m", MODULE)
"""Starts it by hand, as users do."""
COMMANDS = ForkServer(
    "import sys; sys.modules['rfc3987_syntax'] = None  # as the command does at its beginning\n"
    "import lumina_jupyter.client, alembic.command, nbformat, rich.table, sqlalchemy.dialects.sqlite"
)


@dataclass
class Home:
    """A user's home with nothing in it but what a test puts there."""

    path: Path
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.path / "data" / "lumina"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in KEEP if name in os.environ}
        return {
            **kept,
            "HOME": str(self.path),
            "JUPYTER_DATA_DIR": str(self.path / "data"),
            "JUPYTER_CONFIG_DIR": str(self.path / "config"),
            "JUPYTER_RUNTIME_DIR": str(self.path / "runtime"),
            "PYTHONPATH": str(Path(__file__).parents[3]),
            # What listens on Ollama's port of this machine is none of a test's business.
            "OLLAMA_HOST": "127.0.0.1:1",
            **self.extra,
        }

    def configure(self, **settings: Any) -> None:
        """Write the settings where Jupyter looks for them."""
        folder = self.path / "config"
        folder.mkdir(exist_ok=True)
        (folder / "jupyter_lumina_config.json").write_text(json.dumps({"Lumina": settings}))

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        with TemporaryFile("w+") as given, TemporaryFile("w+") as output, TemporaryFile("w+") as errors:
            given.write(stdin)
            given.seek(0)
            streams = [stream.fileno() for stream in (given, output, errors)]
            process = COMMANDS.start(MODULE, arguments, environment=self.environment, folder=self.path, streams=streams)
            try:
                code = process.wait(120.0)
            finally:
                process.kill()
            output.seek(0)
            errors.seek(0)
            return subprocess.CompletedProcess(arguments, code, output.read(), errors.read())

    def json(self, *arguments: str, code: int = 0, stdin: str = "") -> Any:
        """Run a command that prints JSON."""
        ended = self.run(*arguments, "--json", stdin=stdin)
        assert ended.returncode == code, ended.stderr + ended.stdout
        return json.loads(ended.stdout)
