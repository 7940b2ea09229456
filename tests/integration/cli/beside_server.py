"""The `lumina` command as a process beside a server whose user's it is."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from urllib.parse import urlsplit

from tests.integration.server.conftest import Face

from .running import COMMAND, Home


class Commands:
    """The command, run in a home where the server is written down as Jupyter does it."""

    def __init__(self, face: Face, folder: Path) -> None:
        self.home = Home(folder)
        runtime = folder / "runtime"
        runtime.mkdir(parents=True)
        address = urlsplit(face.url)
        written = {
            "pid": os.getpid(),
            "hostname": address.hostname,
            "port": address.port,
            "base_url": address.path,
            "secure": False,
            "sock": "",
            "token": face.token,
            "root_dir": str(face.app.root_dir),
        }
        (runtime / "jpserver-1.json").write_text(json.dumps(written))

    async def begin(self, *arguments: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *COMMAND,
            *arguments,
            env=self.home.environment,
            cwd=self.home.path,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def run(self, *arguments: str, code: int = 0) -> str:
        """What a command prints, all of it."""
        ended = await asyncio.to_thread(self.home.run, *arguments)
        text = ended.stdout + ended.stderr
        assert ended.returncode == code, text
        assert "Traceback" not in text
        return text
