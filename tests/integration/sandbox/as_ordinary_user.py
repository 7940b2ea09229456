"""Run by a test as a user without rights: makes every attempt in the sandbox and prints what became of them."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from lumina_jupyter.tools.sandbox import Limits, Sandbox, SandboxResult


async def main(task: dict[str, Any]) -> None:
    """Print, as JSON, the sandbox's status and the results of the programs asked for."""
    sandbox = Sandbox(private=[Path(path) for path in task["private"]])
    status = await sandbox.status()
    told: dict[str, object] = {"available": status.available, "text": f"{status.text} {status.fix}"}
    if status.available:

        async def run(source: str, readable: str = "", **limits: Any) -> SandboxResult:
            folders = [Path(readable)] if readable else []
            return await sandbox.run_python(
                source, limits=Limits(**limits), readable=folders, environment=task["environment"]
            )

        attempts = [await run(source, readable) for readable, source in task["attempts"]]
        told |= {"attempts": [[result.stdout, result.stderr] for result in attempts]}
        bomb = await run(task["bomb"], processes=40, wall_seconds=3.0)
        told |= {"bomb": [bomb.stdout, bomb.limit, bomb.peak_processes]}
        greedy = await run("kept = []\nwhile True: kept.append(bytearray(10**7))", memory_bytes=300_000_000)
        busy = await run("while True: pass", cpu_seconds=1)
        files = await run("open('left', 'w').write('x')")
        told |= {"greedy": greedy.stderr, "busy": busy.limit, "files": [file.name for file in files.files]}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    asyncio.run(main(json.load(sys.stdin)))
