"""What can stand in a `mcp.json`, and what becomes of what cannot."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.errors import McpConfigInvalid, NotFound
from lumina_jupyter.telemetry.redaction import redact
from lumina_jupyter.tools.mcp.client import ConfigFile, ServerConfig, parse_config
from lumina_jupyter.tools.mcp.client.environment import child_environment

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)
KEYS = st.sampled_from(["command", "args", "env", "url", "headers", "timeout", "trusted", "disabled", "oauth", "cwd"])


def one(entry: Any, **environment: str) -> ServerConfig:
    configured = parse_config(json.dumps({"mcpServers": {"s": entry}}), environment)
    assert configured.troubles == ()
    return configured.servers[0]


def trouble(entry: Any, **environment: str) -> str:
    configured = parse_config(json.dumps({"mcpServers": {"s": entry, "good": {"command": "x"}}}), environment)
    assert [server.name for server in configured.servers] == ["good"]
    [(_name, why)] = configured.troubles
    return why


def test_programs_and_addresses() -> None:
    program = one({"command": "npx", "args": ["-y", "a"], "env": {"A": "1", "N": 2}, "cwd": "/x", "timeout": 5})
    assert (program.command, program.args, dict(program.env)) == ("npx", ("-y", "a"), {"A": "1", "N": "2"})
    assert (program.cwd, program.timeout, program.trusted, program.enabled) == ("/x", 5.0, False, True)
    address = one({"type": "http", "url": "https://u:p@h.example/mcp?key=1", "headers": {"X-A": "b"}, "trusted": True})
    assert (address.url, dict(address.headers), address.trusted) == (
        "https://u:p@h.example/mcp?key=1",
        {"X-A": "b"},
        True,
    )
    assert address.place == "h.example/mcp"


def test_what_other_clients_keep_there_has_no_effect() -> None:
    entry = {"command": "x", "autoApprove": ["*"], "alwaysAllow": ["delete"], "icon": 3}
    assert one(entry) == one({"command": "x"})
    assert one({"command": "x", "disabled": True}).enabled is False
    vscode = parse_config(json.dumps({"servers": {"s": {"command": "x"}}, "inputs": []}), {})
    assert [server.name for server in vscode.servers] == ["s"]


def test_variables_are_put_in() -> None:
    entry = {"command": "${HOME}/run", "args": ["${env:WHO}", "${NOBODY:-else}", "$PLAIN", "${}"]}
    found = one(entry, HOME="/home/ada", WHO="ada")
    assert (found.command, found.args) == ("/home/ada/run", ("ada", "else", "$PLAIN", "${}"))
    assert "NOBODY" in trouble({"command": "${NOBODY}"})


def test_secrets_are_masked_once_they_are_known() -> None:
    one(
        {"command": "x", "env": {"API_TOKEN": "${GIVEN}"}, "args": ["${MY_SECRET_KEY}"]},
        GIVEN="plainvalue1",
        MY_SECRET_KEY="plainvalue2",
    )
    one({"url": "http://h/mcp", "headers": {"Authorization": "Bearer plainvalue3"}})
    assert redact("a plainvalue1 b plainvalue2 c plainvalue3 d") == "a *** b *** c *** d"
    assert "plainvalue" not in repr(one({"command": "x", "env": {"API_TOKEN": "plainvalue1"}}))


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ("npx", "no object"),
        ({}, "either"),
        ({"command": "x", "url": "http://h"}, "either"),
        ({"command": 3}, "no text"),
        ({"command": "x\0"}, "no text"),
        ({"command": "x", "args": "a"}, "list of texts"),
        ({"command": "x", "env": ["A"]}, "object of texts"),
        ({"command": "x", "env": {"A=B": "1"}}, "cannot be one"),
        ({"url": "ftp://h"}, "http"),
        ({"url": "file:///etc/passwd"}, "http"),
        ({"url": "http://h", "type": "sse"}, "2024"),
        ({"url": "http://h", "headers": {"A": "b\r\nC: d"}}, "no header"),
        ({"command": "x", "timeout": -1}, "seconds"),
        ({"command": "x", "timeout": True}, "seconds"),
        ({"command": "x", "trusted": "yes"}, "neither true nor false"),
    ],
)
def test_a_wrong_entry_costs_only_itself(entry: Any, why: str) -> None:
    assert why in trouble(entry)


@pytest.mark.parametrize("text", ["{", "[]", "3", '{"mcpServers": []}', "[" * 100_000, "x" * 2_000_000])
def test_a_file_that_is_none_is_told(text: str) -> None:
    with pytest.raises(McpConfigInvalid):
        parse_config(text, {})


def test_an_empty_file_names_no_servers() -> None:
    assert parse_config(" \n", {}).servers == ()
    assert parse_config("{}", {}).servers == ()


@given(st.dictionaries(st.text(max_size=10), st.dictionaries(KEYS, JSON, max_size=5) | JSON, max_size=4))
def test_anything_at_all_is_understood_or_told(entries: dict[str, Any]) -> None:
    configured = parse_config(json.dumps({"mcpServers": entries}), {})
    assert len(configured.servers) + len(configured.troubles) == len(entries)


def test_the_file_is_changed_and_keeps_the_rest(tmp_path: Path) -> None:
    file = ConfigFile(tmp_path / "new" / "mcp.json")
    assert file.entries() == {}
    assert file.put("a", {"command": "x", "env": {"K": "${NOT_SET_HERE}"}}) is False
    whole = json.loads(file.path.read_text())
    file.path.write_text(json.dumps({**whole, "inputs": [1]}))
    assert file.put("a", {"url": "https://h/mcp"}) is True
    assert file.put("b", {"command": "y"}) is False
    assert json.loads(file.path.read_text()) == {
        "mcpServers": {"a": {"url": "https://h/mcp"}, "b": {"command": "y"}},
        "inputs": [1],
    }
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    file.remove("a")
    assert list(file.entries()) == ["b"]
    with pytest.raises(NotFound):
        file.remove("a")
    with pytest.raises(McpConfigInvalid):
        file.put("c", {"command": 3})
    assert list(file.entries()) == ["b"]


def test_a_file_that_is_broken_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "mcp.json"
    path.write_text('{"mcpServers": {')
    with pytest.raises(McpConfigInvalid):
        ConfigFile(path).put("a", {"command": "x"})
    assert path.read_text() == '{"mcpServers": {'


def test_a_servers_environment_is_what_programs_need() -> None:
    around = {
        "PATH": "/bin",
        "HOME": "/home/ada",
        "LANG": "C.UTF-8",
        "ANTHROPIC_API_KEY": "k",
        "LUMINA_TOKEN": "k",
        "JPY_SESSION_NAME": "n",
        "JUPYTERHUB_API_TOKEN": "k",
        "PYTHONPATH": "/x",
        "HTTPS_PROXY": "http://proxy:1",
        "HTTP_PROXY": "http://u:p@proxy:1",
        "SHELL": "() { evil; }",
    }
    found = child_environment((("MINE", "1"), ("PATH", "/own")), "mark", around)
    assert found == {
        "PATH": "/own",
        "HOME": "/home/ada",
        "LANG": "C.UTF-8",
        "HTTPS_PROXY": "http://proxy:1",
        "MINE": "1",
        "LUMINA_MCP_PROCESS": "mark",
    }
