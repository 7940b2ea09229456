"""`lumina mcp` as a process, and what the doctor says of `mcp.json`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from .running import Home

HOSTILE = Path(__file__).parents[1] / "mcp" / "servers" / "hostile.py"


def test_servers_are_added_tried_out_listed_and_removed(home: Home) -> None:
    assert "There are no servers" in home.run("mcp", "list").stdout
    added = home.run("mcp", "add", "good", "--env", "A=${B:-c}", "--", sys.executable, str(HOSTILE), "good")
    assert added.returncode == 0, added.stderr
    assert (
        home.run("mcp", "add", "wiki", "--url", "https://u:secret@wiki.example/mcp?key=hidden", "--trusted").returncode
        == 0
    )
    tried = home.run("mcp", "test", "good")
    assert tried.returncode == 0, tried.stderr
    assert "good: works (hostile good, protocol 2025-11-25); 1 tools: tool" in tried.stdout
    listed = home.run("mcp", "list").stdout
    assert "wiki.example/mcp" in listed
    assert "on, trusted" in listed
    assert "secret" not in listed
    assert "hidden" not in listed
    assert [each["name"] for each in json.loads(home.run("mcp", "list", "--json").stdout)] == ["good", "wiki"]
    doctor = home.run("doctor", "--offline").stdout
    assert "2 servers in" in doctor
    assert "is believed: wiki" in doctor
    assert home.run("mcp", "remove", "wiki").returncode == 0
    again = home.run("mcp", "remove", "wiki")
    assert (again.returncode, "no server 'wiki'" in again.stderr) == (1, True)


def test_a_server_that_does_not_work_is_told_with_what_it_printed(home: Home) -> None:
    home.run("mcp", "add", "bad", "--", sys.executable, str(HOSTILE), "crash")
    tried = home.run("mcp", "test", "bad")
    assert tried.returncode == 1
    assert "cannot find my configuration, key sk-***" in tried.stderr
    assert "Traceback" not in tried.stderr
    home.run("mcp", "add", "bad", "--", "no-such-program")
    assert "there is no program no-such-program" in home.run("doctor", "--offline").stdout


def test_what_cannot_be_is_refused(home: Home) -> None:
    for arguments in (
        ("add", "x"),
        ("add", "x", "--url", "http://h", "--", "y"),
        ("add", "x", "--env", "A", "--", "y"),
    ):
        assert home.run("mcp", *arguments).returncode == 2
    assert home.run("mcp", "add", "x", "--url", "ftp://h").returncode == 1
    assert home.run("mcp", "test", "x").returncode == 1
    assert home.run("mcp", "login", "x").returncode == 1
