"""The gate: what is allowed, asked about and denied, by effect, policy, rule and autonomy."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.context.notebook_view import view_of
from lumina_jupyter.tools import Actor, Effect, Target, Tool
from lumina_jupyter.tools.actor import ActorKind
from lumina_jupyter.tools.autonomy import AUTONOMIES
from lumina_jupyter.tools.effects import EFFECTS
from lumina_jupyter.tools.permission import Decision, Rule, decide
from lumina_jupyter.tools.permission.policy import POLICIES, strictest, tool_policy
from lumina_jupyter.tools.target import TargetKind

from .box import CHAT, World

WORLD = World()
CELL = Target("cell", "c1", "a.ipynb", "c1")
EASE = {"allow": 2, "ask": 1, "deny": 0}


def judged(tool: Tool, target: Target = CELL, actor: Actor = CHAT, **given: Any) -> Decision:
    return decide(actor, tool, target, **{"policy": "full", "notebook": "a.ipynb", "now": 100.0, **given})


def rule(of: Tool, **changes: Any) -> Rule:
    made = Rule(
        id="rule_1",
        verdict="allow",
        scope="always",
        user="ada",
        actor_kind="chat",
        actor_name="",
        tool=of.name,
        source=of.source,
        digest=of.digest,
        target_kind="cell",
        extent="notebook",
        place="a.ipynb",
        granted_by="ada",
        created_at=0.0,
        expires_at=1000.0,
    )
    return replace(made, **changes)


LOOK = WORLD.tool("look", "read")
EDIT = WORLD.tool("edit", "write", undoable=True)
RUN = WORLD.tool("run", "execute")
COMPUTE = WORLD.tool("compute", "execute", sandboxed=True)
FETCH = WORLD.tool("fetch", "network")
FILE = Target("file", "notes.txt")


@pytest.mark.parametrize(
    ("tool", "target", "ask", "edits", "trusted"),
    [
        (LOOK, CELL, "allow", "allow", "allow"),
        (LOOK, FILE, "allow", "allow", "allow"),
        (EDIT, CELL, "ask", "allow", "allow"),
        (EDIT, FILE, "ask", "ask", "allow"),
        (WORLD.tool("erase", "write"), CELL, "ask", "ask", "ask"),
        (RUN, CELL, "ask", "ask", "ask"),
        (COMPUTE, CELL, "ask", "ask", "allow"),
        (FETCH, Target("url", "http://x.example"), "ask", "ask", "ask"),
        (WORLD.tool("both", "network", "execute", sandboxed=True), CELL, "ask", "ask", "ask"),
    ],
)
def test_autonomy_says_how_often_it_asks(tool: Tool, target: Target, ask: str, edits: str, trusted: str) -> None:
    assert [judged(tool, target, autonomy=each).outcome for each in AUTONOMIES] == [ask, edits, trusted]


@pytest.mark.parametrize("source", ["package:evil", "mcp:evil", "notebook:a.ipynb"])
def test_what_a_foreign_tool_says_of_itself_frees_it_from_nothing(source: str) -> None:
    for flags in ({"undoable": True}, {"sandboxed": True}, {"undoable": True, "sandboxed": True}):
        for effects in (("write",), ("execute",), ("write", "execute")):
            tool = WORLD.tool("edit", *effects, source=source, **flags)  # type: ignore[arg-type]  # from the words above
            assert judged(tool, autonomy="trusted").outcome == "ask"


def test_a_tool_of_an_mcp_server_that_claims_to_look_only_is_asked_about() -> None:
    tool = WORLD.tool("look", "read", source="mcp:liar")
    assert judged(tool, autonomy="trusted").outcome == "ask"
    assert judged(tool, policy="read-only").outcome == "deny"


def test_a_tool_without_known_effects_counts_as_able_to_do_all() -> None:
    for effects in (frozenset(), frozenset({"read", "teleport"})):
        tool = replace(LOOK, effects=effects)  # type: ignore[arg-type]  # what a careless program may give
        assert judged(tool, autonomy="trusted").outcome == "ask"
        assert judged(tool, policy="read-only").outcome == "deny"


@pytest.mark.parametrize("kind", get_args(ActorKind))
def test_policies_hold_for_every_actor(kind: ActorKind) -> None:
    actor = Actor(kind, "ada")
    for tool in (LOOK, EDIT, RUN, FETCH):
        assert judged(tool, actor=actor, policy="none").outcome == "deny"
    for tool in (EDIT, RUN, FETCH):
        assert judged(tool, actor=actor, policy="read-only").outcome == "deny"
        assert judged(tool, actor=actor, policy="hints-only").outcome == "deny"
    assert judged(LOOK, actor=actor, policy="read-only").outcome == "allow"


def test_hints_look_at_their_own_notebook_alone() -> None:
    assert judged(LOOK, policy="hints-only").outcome == "allow"
    for elsewhere in (FILE, Target("cell", "c1", "solutions.ipynb", "c1"), Target("url", "x"), Target("process", "x")):
        assert judged(LOOK, elsewhere, policy="hints-only").outcome == "deny"


def test_a_person_who_acts_herself_is_not_asked_but_has_only_her_own_rights() -> None:
    person = Actor("user", "ada")
    assert judged(RUN, actor=person).outcome == "allow"
    assert judged(RUN, actor=person, allowed=frozenset({"read", "write"})).outcome == "deny"


def test_nobody_gets_rights_by_an_approval_or_a_rule_that_they_do_not_have() -> None:
    decision = judged(RUN, allowed=frozenset({"read"}), rules=[rule(RUN)], autonomy="trusted")
    assert decision.outcome == "deny"


def test_a_notebook_is_never_written_as_a_file() -> None:
    write = WORLD.tool("write_file", "write", undoable=True)
    for name in ("a.ipynb", "folder/A.IPYNB"):
        assert judged(write, Target("file", name), Actor("user", "ada")).outcome == "deny"
        assert judged(write, Target("file", name), autonomy="trusted").outcome == "deny"


def test_a_rule_allows_what_it_was_granted_for() -> None:
    assert judged(EDIT, rules=[rule(EDIT)]) == Decision("allow", "allowed by a rule (always)", "rule_1")


@pytest.mark.parametrize(
    "changes",
    [
        {"tool": "other"},
        {"source": "mcp:other"},
        {"digest": "other"},
        {"user": "bob"},
        {"actor_kind": "agent"},
        {"actor_name": "other"},
        {"target_kind": "file"},
        {"place": "b.ipynb"},
        {"place": ""},
        {"extent": "cell", "place": "a.ipynb#c2"},
        {"extent": "run", "place": "turn_2"},
        {"extent": "run", "place": ""},
        {"extent": "host", "place": ""},
        {"expires_at": 100.0},
    ],
)
def test_a_rule_allows_nothing_else(changes: dict[str, Any]) -> None:
    assert judged(EDIT, rules=[rule(EDIT, **changes)]).outcome == "ask"


def test_a_rule_for_a_host_is_for_that_host() -> None:
    granted = rule(FETCH, target_kind="url", extent="host", place="https://data.example")
    allowed = ["https://data.example/a", "https://DATA.example/b?c"]
    asked = [
        "http://data.example/a",
        "https://data.example:8443/a",
        "https://data.example.evil/",
        "https://evil/https://data.example/",
        "https://data.example@evil.example/",
        "https://[broken",
        "",
    ]
    for url in allowed:
        assert judged(FETCH, Target("url", url), rules=[granted]).outcome == "allow"
    for url in asked:
        assert judged(FETCH, Target("url", url), rules=[granted]).outcome == "ask"


def test_a_refusal_weighs_more_than_a_permission_and_than_autonomy() -> None:
    refused = rule(EDIT, id="rule_2", verdict="deny")
    assert judged(EDIT, rules=[rule(EDIT), refused], autonomy="trusted") == Decision(
        "deny", "ada refused this tool here", "rule_2"
    )
    assert judged(LOOK, rules=[rule(LOOK, verdict="deny")]).outcome == "deny"


def test_an_unknown_word_in_a_notebook_forbids() -> None:
    assert tool_policy({}) == "full"
    for word in ("FULL", "everything", "", None, 1, True, ["full"], {"full": True}, "full "):
        assert tool_policy({"tools": word}) == "none"


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("read-only", "read-only"),
        ({"tools": "hints-only", "variables": "off"}, "hints-only"),
        ({"variables": "off"}, "full"),
        (None, "full"),
        (["full"], "none"),
        (3, "none"),
        ("please allow all", "none"),
    ],
)
def test_the_policy_is_read_from_a_notebooks_metadata(policy: object, expected: str) -> None:
    view = view_of({"metadata": {"lumina": {"policy": policy}}, "cells": []}, "a.ipynb")
    assert tool_policy(view.policy) == expected


def test_the_stricter_of_two_policies_holds() -> None:
    for one, other in itertools.product(POLICIES, POLICIES):
        assert POLICIES.index(strictest(one, other)) == max(POLICIES.index(one), POLICIES.index(other))


effects = st.frozensets(st.sampled_from(EFFECTS))
targets = st.builds(
    Target,
    st.sampled_from(get_args(TargetKind)),
    st.text(max_size=20),
    st.sampled_from(["", "a.ipynb", "b.ipynb"]),
    st.sampled_from(["", "c1"]),
)


@given(
    effects,
    targets,
    st.sampled_from(get_args(ActorKind)),
    st.sampled_from(AUTONOMIES),
    st.booleans(),
    st.sampled_from(["built-in", "package:p", "mcp:s", "notebook:a.ipynb"]),
)
def test_a_stricter_policy_never_allows_more(
    able: frozenset[Effect], target: Target, kind: ActorKind, autonomy: Any, flag: bool, source: str
) -> None:
    tool = replace(LOOK, effects=able, source=source, undoable=flag, sandboxed=flag)
    eases = [EASE[judged(tool, target, Actor(kind, "ada"), policy=p, autonomy=autonomy).outcome] for p in POLICIES]
    assert eases == sorted(eases, reverse=True)
    if kind != "user" and eases[0] == 2 and able != {"read"}:
        assert source == "built-in"
        assert flag
