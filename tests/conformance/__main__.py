"""Runs the suite's scenarios, and compares what fails with what is known to.

    python -m tests.conformance [client|server] [--revision 2026-07-28] [--scenario NAME] [--write]

The suite is npm's @modelcontextprotocol/conformance; it is installed into the cache folder of the benches when it is not
there. What is known to fail, and why, stands in expected_failures.json; `--write` notes new failures there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.bench.mcp_packages import install_npm, node

SUITE = "@modelcontextprotocol/conformance@0.2.0-alpha.12"
HERE = Path(__file__).parent
KNOWN = HERE / "expected_failures.json"
REVISIONS = ("2025-11-25", "2026-07-28")
SECONDS = 120


def main() -> None:
    """Run what is asked for; the exit code is 1 when something fails that is not known to, or passes that is."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance")
    parser.add_argument("leg", nargs="?", choices=["client", "server"])
    parser.add_argument("--revision", choices=REVISIONS)
    parser.add_argument("--scenario")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    legs = [asked.leg] if asked.leg else ["client", "server"]
    revisions = [asked.revision] if asked.revision else list(REVISIONS)
    sys.exit(asyncio.run(run(legs, revisions, asked.scenario, write=asked.write)))


async def run(legs: list[str], revisions: list[str], only: str | None, *, write: bool) -> int:
    """Run legs of revisions, and print what became of each."""
    suite = install_npm([SUITE]) / "node_modules" / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
    known: dict[str, dict[str, str]] = json.loads(KNOWN.read_text())
    wrong = 0
    for leg in legs:
        for revision in revisions:
            name = f"{leg} {revision}"
            scenarios = [each for each in await required(suite, leg, revision) if only in (None, each)]
            failed = await (client_leg if leg == "client" else server_leg)(suite, revision, scenarios)
            expected = known.get(name, {})
            new = sorted(set(failed) - set(expected))
            mended = sorted((set(expected) & set(scenarios)) - set(failed))
            for scenario in new:
                print(f"  new failure: {scenario}: {failed[scenario]}")
            for scenario in mended:
                print(f"  passes now, take it out of {KNOWN.name}: {scenario}")
            passed = len(scenarios) - len(failed)
            print(f"mcp_conformance_{leg}_{revision} {passed} of {len(scenarios)} ({len(failed) - len(new)} known)")
            wrong += len(new) + len(mended)
            if write:
                known[name] = {each: expected.get(each, failed[each]) for each in sorted(failed)}
    if write:
        KNOWN.write_text(json.dumps(known, indent=2) + "\n")
    return 1 if wrong else 0


async def required(suite: Path, leg: str, revision: str) -> list[str]:
    """The scenarios that a revision requires of a leg."""
    _code, text = await output(node(), str(suite), "list", "--requirements", revision)
    found: list[str] = []
    inside = False
    for line in text.splitlines():
        if line.endswith(":") or "scenarios (" in line:
            inside = line.lower().startswith(f"{leg} scenarios")
        elif inside and (match := re.fullmatch(r"\s+- (\S+).*", line)):
            found.append(match[1])
    return found


async def client_leg(suite: Path, revision: str, scenarios: list[str]) -> dict[str, str]:
    """The client scenarios that fail, and how."""
    command = f"{sys.executable} -m tests.conformance.client"
    limit = asyncio.Semaphore(2)
    failed: dict[str, str] = {}

    async def one(scenario: str) -> None:
        async with limit:
            arguments = ["client", "--command", command, "--scenario", scenario, "--timeout", str(SECONDS * 1000)]
            why = await checked(suite, [*arguments, "--spec-version", revision], scenario)
        if why:
            failed[scenario] = why

    await asyncio.gather(*(one(scenario) for scenario in scenarios))
    return failed


async def server_leg(suite: Path, revision: str, scenarios: list[str]) -> dict[str, str]:
    """The server scenarios that fail, and how; all against one Jupyter server."""
    failed: dict[str, str] = {}
    async with jupyter_server() as url:
        for scenario in scenarios:
            arguments = ["server", "--url", url, "--scenario", scenario, "--spec-version", revision]
            why = await checked(suite, arguments, scenario)
            if why:
                failed[scenario] = why
    return failed


async def checked(suite: Path, arguments: list[str], scenario: str) -> str:
    """What is wrong in a scenario; empty when nothing is."""
    with tempfile.TemporaryDirectory() as folder:
        code, text = await output(node(), str(suite), *arguments, "-o", folder)
        checks = reported(Path(folder))
    if not checks:
        return f"no report (exit code {code}): {text[-300:].strip()}"
    wrong = [each for each in checks if each["status"] in ("FAILURE", "WARNING")]
    return "; ".join(f"{each['id']}: {each.get('errorMessage') or each['status']}" for each in wrong)[:400]


def reported(folder: Path) -> list[dict[str, Any]]:
    """The checks that a scenario made."""
    return [each for report in folder.rglob("checks.json") for each in json.loads(report.read_text())]


@asynccontextmanager
async def jupyter_server() -> AsyncIterator[str]:
    """A Jupyter server with Lumina and the suite's tools, open to whoever is on this machine, for the suite has no token."""
    folder = Path(tempfile.mkdtemp())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    extensions = {"lumina_jupyter": True, "tests.conformance.server_tools": True}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "jupyter", "server", "--allow-root", "--no-browser", f"--ServerApp.port={port}"),
        *("--ServerApp.ip=127.0.0.1", "--IdentityProvider.token=", "--ServerApp.password="),
        *("--ServerApp.disable_check_xsrf=True", f"--ServerApp.jpserver_extensions={extensions!r}"),
        *(f"--ServerApp.root_dir={folder}", f"--Lumina.data_dir={folder / 'lumina'}", "--Lumina.ollama_url="),
        env={**os.environ, "JUPYTER_CONFIG_DIR": str(folder), "PYTHONPATH": str(HERE.parent.parent)},
        stderr=(folder / "log").open("wb"),
    )
    try:
        await until_open(port)
        yield f"http://127.0.0.1:{port}/lumina/mcp"
    finally:
        process.terminate()
        await process.wait()
        shutil.rmtree(folder, ignore_errors=True)


async def until_open(port: int) -> None:
    """Return when something listens at a port of this machine."""
    async with asyncio.timeout(SECONDS):
        while True:
            try:
                _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                return


async def output(*command: str) -> tuple[int, str]:
    """A command's exit code and all that it prints."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=HERE.parent.parent
    )
    text, _none = await process.communicate()
    return process.returncode or 0, text.decode(errors="replace")


if __name__ == "__main__":
    main()
