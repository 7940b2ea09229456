"""What servers' tools are called here, and which of ours outside agents may use."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.tools import declared
from lumina_jupyter.tools.mcp.client.names import tool_name
from lumina_jupyter.tools.mcp.server import scope_of, within_scope
from lumina_jupyter.tools.tool import NAME

SCOPES = {"*": ["read"], "run_*": ["read", "execute"], "run_cell": [], "edit_?": ["read", "write", "unheard-of"]}


def test_a_name_is_never_that_of_another_servers_tool() -> None:
    names = [tool_name("a", "b__c"), tool_name("a__b", "c"), tool_name("a_", "b"), tool_name("a", "_b")]
    assert len(set(names)) == len(names)


def test_plain_names_stay_plain() -> None:
    assert tool_name("files", "read_file") == "mcp__files__read_file"


@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1), st.text(min_size=1))
def test_every_name_is_one_that_providers_take_and_no_others(a: str, b: str, c: str, d: str) -> None:
    assert NAME.fullmatch(tool_name(a, b))
    if (a, b) != (c, d):
        assert tool_name(a, b) != tool_name(c, d)


@pytest.mark.parametrize(
    ("name", "effects"),
    [
        ("look", {"read"}),
        ("run_all", {"read", "execute"}),
        ("run_cell", set()),
        ("edit_x", {"read", "write"}),
        ("edit_xy", {"read"}),
    ],
)
def test_the_longest_pattern_counts(name: str, effects: set[str]) -> None:
    assert scope_of(name, SCOPES) == effects


def test_without_a_pattern_there_is_nothing() -> None:
    assert scope_of("look", {}) == frozenset()
    assert scope_of("look", {"run_*": ["read"]}) == frozenset()


def test_a_tool_needs_all_of_its_effects_and_not_to_be_anothers() -> None:
    def look() -> str:
        return "seen"

    tool = declared(look, effects=["read"])
    assert within_scope(tool, SCOPES)
    assert not within_scope(replace(tool, effects=frozenset({"read", "write"})), SCOPES)
    assert not within_scope(replace(tool, effects=frozenset()), SCOPES)
    assert not within_scope(replace(tool, source="mcp:other"), SCOPES)
