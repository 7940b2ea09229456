"""A thousand calls of tools of MCP servers that others wrote, through the toolbox: how many succeed, and what is left behind.

The servers come from npm and PyPI, the Python ones each in an environment of its own; they are installed on first use.
"""

from __future__ import annotations

import asyncio
import collections
import functools
import http.server
import itertools
import json
import statistics
import subprocess
import threading
import time
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from lumina_jupyter.settings import Lumina
from lumina_jupyter.storage import Database
from lumina_jupyter.tools import Actor, ToolCall, ToolContext, toolbox
from lumina_jupyter.tools.mcp import Mcp
from lumina_jupyter.tools.mcp.client.environment import MARK

from .mcp_packages import install_npm, install_pypi, node

CALLS = 1000
AT_ONCE = 4
NPM = [f"@modelcontextprotocol/server-{name}" for name in ("everything", "filesystem", "memory", "sequential-thinking")]
THOUGHT = {"thought": "Think.", "nextThoughtNeeded": False, "thoughtNumber": 1, "totalThoughts": 1}


def main() -> None:
    """Install the servers, call their tools, print the figures."""
    with TemporaryDirectory() as folder:
        asyncio.run(soak(Path(folder).resolve()))


async def soak(folder: Path) -> None:
    """Make the calls and count."""
    page = _serve_page(folder)
    (folder / "mcp.json").write_text(json.dumps({"mcpServers": _servers(folder)}))
    settings = Lumina(data_dir=str(folder), mcp_start_timeout=120.0)
    database = Database("", folder)
    tools = toolbox(settings, database, _no_notebook)
    mcp = Mcp(settings, tools, {}, _no_changes)
    began = time.monotonic()
    await mcp.servers.ready(120)
    started = time.monotonic() - began
    offered = {tool.name for tool in tools.registry.list()}
    calls = [(name, arguments) for name, arguments in _calls(folder, page) if name in offered]
    missing = sorted({name for name, _arguments in _calls(folder, page)} - offered)
    failures: collections.Counter[str] = collections.Counter()
    seconds: list[float] = []
    limit = asyncio.Semaphore(AT_ONCE)

    async def call(number: int, name: str, arguments: dict[str, Any]) -> None:
        async with limit:
            began = time.monotonic()
            context = ToolContext(actor=Actor("user", "bench"))
            outcome = await tools.call(ToolCall(f"call_{number}", name, arguments), context)
            seconds.append(time.monotonic() - began)
            if outcome.is_error:
                failures[f"{name}: {outcome.text[:200]}"] += 1

    for name, arguments in calls:
        await call(0, name, arguments)  # each once, alone and in order: later ones need what earlier ones made
    cycle = itertools.islice(itertools.cycle(calls), CALLS - len(calls))
    await asyncio.gather(*(call(number, name, arguments) for number, (name, arguments) in enumerate(cycle)))
    await mcp.close()
    await tools.close()
    await database.close()
    left = sum(1 for _process in _marked())
    failed = sum(failures.values())
    for what, times in failures.most_common(10):
        print(f"  failed {times} times: {what}")
    if missing:
        print(f"  not offered: {', '.join(missing)}")
    print(f"mcp_servers {len({name.split('__')[1] for name, _arguments in calls})} count")
    print(f"mcp_tools_called {len({name for name, _arguments in calls})} count")
    print(f"mcp_calls {CALLS} count")
    print(f"mcp_success {100 * (CALLS - failed) / CALLS:.2f} %")
    print(f"mcp_call_p50 {1000 * statistics.median(seconds):.1f} ms")
    print(f"mcp_start_all {started:.1f} s")
    print(f"mcp_leaked_processes {left} count")


def _servers(folder: Path) -> dict[str, Any]:
    programs = install_npm(NPM) / "node_modules" / ".bin"

    def npm(name: str, *arguments: str, **others: Any) -> dict[str, Any]:
        return {"command": node(), "args": [str(programs / f"mcp-server-{name}"), *arguments], **others}

    repository = folder / "repository"
    for command in (
        ["init", "-q"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "one"],
    ):
        repository.mkdir(exist_ok=True)
        subprocess.run(["git", *command], cwd=repository, check=True)
    (folder / "files").mkdir()
    return {
        "everything": npm("everything"),
        "files": npm("filesystem", str(folder / "files")),
        "memory": npm("memory", env={"MEMORY_FILE_PATH": str(folder / "memory.json")}),
        "think": npm("sequential-thinking"),
        "git": {
            "command": str(install_pypi("mcp-server-git") / "mcp-server-git"),
            "args": ["--repository", str(repository)],
        },
        "time": {
            "command": str(install_pypi("mcp-server-time") / "mcp-server-time"),
            "args": ["--local-timezone", "UTC"],
        },
        "fetch": {
            "command": str(install_pypi("mcp-server-fetch") / "mcp-server-fetch"),
            "args": ["--ignore-robots-txt", "--allow-private-ips"],
        },
        "sqlite": {
            "command": str(install_pypi("mcp-server-sqlite", "mcp<2") / "mcp-server-sqlite"),
            "args": ["--db-path", str(folder / "data.db")],
        },
    }


def _calls(folder: Path, page: str) -> list[tuple[str, dict[str, Any]]]:
    file, repository = str(folder / "files" / "a.txt"), {"repo_path": str(folder / "repository")}
    entity = {"name": "Ada", "entityType": "person", "observations": ["counts"]}
    once: dict[str, list[tuple[str, dict[str, Any]]]] = {
        "everything": [
            ("echo", {"message": "hello"}),
            ("get-sum", {"a": 2, "b": 3}),
            ("get-tiny-image", {}),
            ("get-structured-content", {"location": "Chicago"}),
            ("get-annotated-message", {"messageType": "error", "includeImage": True}),
            ("get-resource-links", {"count": 3}),
            ("get-resource-reference", {"resourceType": "Text", "resourceId": 1}),
            ("get-env", {}),
            ("list_resources", {}),
            ("read_resource", {"uri": "demo://resource/static/document/architecture.md"}),
            ("list_prompts", {}),
            ("get_prompt", {"name": "args-prompt", "arguments": {"city": "Bonn"}}),
        ],
        "files": [
            ("write_file", {"path": file, "content": "one\ntwo\n"}),
            ("read_text_file", {"path": file}),
            ("read_multiple_files", {"paths": [file]}),
            ("create_directory", {"path": str(folder / "files" / "b")}),
            ("list_directory", {"path": str(folder / "files")}),
            ("list_directory_with_sizes", {"path": str(folder / "files")}),
            ("directory_tree", {"path": str(folder / "files")}),
            ("search_files", {"path": str(folder / "files"), "pattern": "*.txt"}),
            ("get_file_info", {"path": file}),
            ("list_allowed_directories", {}),
        ],
        "memory": [
            ("create_entities", {"entities": [entity]}),
            ("add_observations", {"observations": [{"entityName": "Ada", "contents": ["writes"]}]}),
            ("read_graph", {}),
            ("search_nodes", {"query": "Ada"}),
            ("open_nodes", {"names": ["Ada"]}),
        ],
        "think": [("sequentialthinking", THOUGHT)],
        "git": [
            ("git_status", repository),
            ("git_log", repository),
            ("git_diff_unstaged", repository),
            ("git_branch", {**repository, "branch_type": "local"}),
        ],
        "time": [
            ("get_current_time", {"timezone": "Europe/Berlin"}),
            ("convert_time", {"source_timezone": "UTC", "time": "12:00", "target_timezone": "Asia/Tokyo"}),
        ],
        "fetch": [("fetch", {"url": page})],
        "sqlite": [
            ("create_table", {"query": "CREATE TABLE IF NOT EXISTS t (a INTEGER)"}),
            ("write_query", {"query": "INSERT INTO t VALUES (1)"}),
            ("read_query", {"query": "SELECT count(*) FROM t"}),
            ("list_tables", {}),
            ("describe_table", {"table_name": "t"}),
        ],
    }
    return [(f"mcp__{server}__{tool}", arguments) for server, calls in once.items() for tool, arguments in calls]


def _serve_page(folder: Path) -> str:
    site = folder / "site"
    site.mkdir()
    (site / "page.html").write_text("<html><body><h1>Hello</h1><p>A page.</p></body></html>")
    handler = functools.partial(_Quiet, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}/page.html"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        return


def _marked() -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) and process.status() != psutil.STATUS_ZOMBIE:
                yield process
        except (psutil.Error, OSError):
            continue


async def _no_notebook(_path: str) -> None:
    return None


async def _no_changes(_path: str) -> AsyncGenerator[None, None]:
    nothing: tuple[None, ...] = ()
    for change in nothing:
        yield change


if __name__ == "__main__":
    main()
