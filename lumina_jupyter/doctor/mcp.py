"""Whether `mcp.json` can be understood, and the programs that it names are there; none is started."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

from ..errors import McpConfigInvalid
from ..settings import Lumina
from .finding import Finding, ok, problem, warning


def check_mcp(settings: Lumina) -> Iterator[Finding]:
    """One finding for the file, and one for each entry that cannot work; none without a file."""
    from ..tools.mcp.client import ConfigFile

    file = ConfigFile(settings.mcp_path)
    if file.stamp() is None:
        return
    try:
        found = file.read(os.environ)
    except McpConfigInvalid as error:
        yield problem("mcp", f"{file.path}: {error.message}", "Correct the file.")
        return
    for name, why in found.troubles:
        yield problem("mcp", f"the server {name}: {why}", f"Correct its entry in {file.path}.")
    for config in found.servers:
        if config.enabled and config.command and shutil.which(config.command) is None:
            yield problem(
                "mcp",
                f"the server {config.name}: there is no program {config.command}",
                "Install it, or give its whole path.",
            )
    trusted = [config.name for config in found.servers if config.trusted]
    if trusted:
        yield warning("mcp", f"what these servers say of their tools' effects is believed: {', '.join(trusted)}")
    yield ok("mcp", f"{len(found.servers)} servers in {file.path}; `lumina mcp test` tries them out")
