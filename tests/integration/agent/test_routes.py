"""Runs over HTTP: begun, followed, decided on and undone; and every way in which that is refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from jupyter_server.auth.authorizer import Authorizer
from traitlets.config import Config

from lumina_jupyter.agent import Check
from tests.integration.server.conftest import Face, change_settings
from tests.integration.server.conversing import Told, begin, told
from tests.integration.server.live import NAME

from .conftest import MakeDesk, until
from .scripted import add, plan, run_of

__all__ = ["change_settings"]
API = "lumina/api/runs"
WORDS = {"words": "Add a cell.", "notebook": NAME}


async def start(http: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await http.post(API, json={**WORDS, **body})
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def follow(http: httpx.AsyncClient, run: str, after: int = 0, **headers: str) -> AsyncGenerator[Told, None]:
    async with http.stream("GET", f"{API}/{run}/stream", params={"after": after}, headers=headers) as answer:
        assert answer.status_code == 200, await answer.aread()
        async for event in told(answer):
            yield event


async def until_type(http: httpx.AsyncClient, run: str, kind: str) -> dict[str, Any]:
    """The first event of a type."""
    async with aclosing(follow(http, run)) as events:
        async for _, _, data in events:
            if data.get("event", {}).get("type") == kind:
                found: dict[str, Any] = data["event"]
                return found
    raise AssertionError(f"no {kind}: {(await http.get(f'{API}/{run}')).text}")


async def ended(http: httpx.AsyncClient, run: str) -> dict[str, Any]:
    """The run when it is over; what it asks for meanwhile is granted for the run."""
    async with aclosing(follow(http, run)) as events:
        async for name, _, data in events:
            assert data.get("event", {}).get("type") != "question", data
            if name == "entry" and data["event"]["type"] == "approval_needed":
                path = f"lumina/api/approvals/{data['event']['approval']}"
                await http.post(path, json={"verdict": "grant", "scope": "run"})
            if name == "over":
                found: dict[str, Any] = (await http.get(f"{API}/{run}")).json()
                return found
    raise AssertionError("the stream broke off")


async def waits(http: httpx.AsyncClient, run: str, state: str = "waiting") -> None:
    async def there() -> bool:
        return bool((await http.get(f"{API}/{run}")).json()["state"] == state)

    await until(there)


async def test_a_run_is_begun_followed_decided_on_and_undone(desk: MakeDesk, face: Face) -> None:
    here = await desk("x = 20")
    here.mind.texts = ["y = 20 + 22\nprint(y)"]
    here.mind.plans = [plan(add(), run_of(check=Check(kind="contains", text="42")), answers=True)]
    async with face.client() as http:
        run = (await start(http, gear="2"))["id"]
        assert (await until_type(http, run, "dry_run"))["steps"][0]["permission"] == "allow"
        await waits(http, run)
        assert here.cells == ["x = 20"]
        answer = await http.post(f"{API}/{run}/plan", json={"verdict": "approve"})
        assert answer.status_code == 200, answer.text
        asked = await until_type(http, run, "approval_needed")
        path = f"lumina/api/approvals/{asked['approval']}"
        assert (await http.post(path, json={"verdict": "grant", "scope": "run"})).status_code == 200
        over = await ended(http, run)
        assert (over["state"], over["report"]["outcome"], over["report"]["answer"]) == ("done", "done", "It is done.")
        assert here.cells == ["x = 20", "y = 20 + 22\nprint(y)"]

        description = (await http.get("lumina/api/openapi.json")).json()
        frames = description["paths"]["/lumina/api/runs/{run_id}/stream"]["get"]["responses"]["200"]
        schemas = frames["content"]["text/event-stream"]["x-event-data"]
        numbers = []
        async with aclosing(follow(http, run)) as events:
            async for name, number, data in events:
                schema = {**schemas[name], "components": description["components"]}
                Draft202012Validator(schema).validate(data)
                assert number == data.get("sequence", 0)
                numbers.append(number)
        assert numbers == [*range(1, over["sequence"] + 1), 0]
        view = {**description["components"]["schemas"]["RunView"], "components": description["components"]}
        Draft202012Validator(view).validate(over)

        # Who was away goes on where it stopped, however it says so.
        for after, headers in ((5, {}), (0, {"Last-Event-ID": "5"}), (9, {"Last-Event-ID": "5"})):
            async with aclosing(follow(http, run, after, **headers)) as events:
                assert [number async for _, number, _ in events] == [*range(6, over["sequence"] + 1), 0]
        later = (await http.get(f"{API}/{run}/events", params={"after": 5})).json()["events"]
        assert [each["sequence"] for each in later] == [*range(6, over["sequence"] + 1)]
        assert [each["id"] for each in (await http.get(API, params={"notebook": NAME})).json()["runs"]] == [run]
        assert (await http.get(API, params={"notebook": "other.ipynb"})).json() == {"runs": []}

        undone = await http.post(f"{API}/{run}/undo", json={})
        assert undone.json()["state"] == "undone"
        assert here.cells == ["x = 20"]
        # A redo brings the cell and what it printed, not what the kernel knew.
        await http.post(f"{API}/{run}/redo", json={"step": "a"})
        assert here.cells == ["x = 20", "y = 20 + 22\nprint(y)"]


async def test_a_run_is_paused_shifted_asked_and_stopped(desk: MakeDesk, face: Face) -> None:
    here = await desk("x = 1")
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def hold(what: str) -> None:
        if what == "write":
            reached.set()
            await go_on.wait()

    here.mind.before = hold
    here.mind.plans = [plan(add())]
    async with face.client() as http:
        run = (await start(http, gear="3"))["id"]
        await reached.wait()
        assert (await http.post(f"{API}/{run}/pause")).json()["state"] == "paused"
        assert (await http.post(f"{API}/{run}/pause")).status_code < 500
        assert (await http.post(f"{API}/{run}/resume")).json()["state"] == "running"
        assert (await http.post(f"{API}/{run}/resume")).status_code == 409
        assert (await http.post(f"{API}/{run}/shift", json={"gear": 1, "grid": "step"})).status_code == 200
        assert (await http.post(f"{API}/{run}/reply", json={"text": "Yes."})).status_code == 409
        assert (await http.post(f"{API}/{run}/plan", json={"verdict": "approve"})).status_code == 409
        stopped = await http.post(f"{API}/{run}/stop")
        assert stopped.json()["state"] == "stopped"
        go_on.set()
        assert (await ended(http, run))["state"] == "stopped"
        assert (await http.post(f"{API}/{run}/shift", json={"gear": 1})).status_code == 409
        assert here.cells == ["x = 1"]


async def test_a_run_is_a_turn_of_its_conversation(desk: MakeDesk, face: Face) -> None:
    here = await desk("x = 1")
    async with face.client() as http:
        talk = (await http.post("lumina/api/conversations", json={"notebook": NAME})).json()["id"]
        log = f"lumina/api/conversations/{talk}/events"

        async def entries(turn: str) -> list[dict[str, Any]]:
            return [each for each in (await http.get(log)).json()["events"] if each["turn"] == turn]

        async def told_end(turn: str) -> bool:
            return any(each["kind"] == "message_finished" for each in await entries(turn))

        # What is refused has not been asked.
        none = await http.post(API, json={**WORDS, "conversation": talk, "persona": "nobody"})
        assert none.status_code == 400, none.text
        assert (await http.get(log)).json()["events"] == []

        here.mind.plans = [plan(add(source="y = 1"), answers=True)]
        run = (await start(http, conversation=talk, persona="analyst"))["id"]
        question = (await entries(run))[0]
        assert (question["kind"], question["data"]["run"], question["data"]["persona"]) == ("question", run, "analyst")
        assert question["data"]["text"] == WORDS["words"]
        await ended(http, run)
        await until(lambda: told_end(run))
        said = [each["data"]["text"] for each in await entries(run) if each["kind"] == "text_delta"]
        assert said == ["It is done."]

        # One that follows nothing and is stopped says so; an undo afterwards adds nothing.
        here.mind.plans = [plan(add(source="z = 1"))]
        other = (await start(http, conversation=talk, follows="", gear="1"))["id"]
        await waits(http, other)
        await http.post(f"{API}/{other}/stop")
        await until(lambda: told_end(other))
        last = await entries(other)
        assert (last[0]["data"]["parent"], last[-1]["data"]["reason"]) == ("", "cancelled")
        assert any("stopped it" in each["data"].get("text", "") for each in last[1:])
        before = len((await http.get(log)).json()["events"])
        assert (await http.post(f"{API}/{run}/undo", json={})).json()["state"] == "undone"
        assert len((await http.get(log)).json()["events"]) == before


BODIES: list[tuple[dict[str, Any], str]] = [
    ({"words": " "}, "words"),
    ({"words": "w" * 20_001}, "words"),
    ({"words": 5}, "words"),
    ({"gear": "6"}, "gear"),
    ({"gear": 3}, "gear"),
    ({"gear": "3\u0000"}, "gear"),
    ({"most_gear": 0}, "most_gear"),
    ({"most_gear": 10**30}, "most_gear"),
    ({"run_id": "../../etc"}, "run_id"),
    ({"run_id": "run_" + "a" * 33}, "run_id"),
    ({"run_id": "run_a:b"}, "run_id"),
    ({"run_id": "apr_1"}, "run_id"),
    ({"kernel_id": "a/b"}, "kernel_id"),
    ({"active_cell": "a\nb"}, "active_cell"),
    ({"conversation": "'; drop table agent_runs"}, "conversation"),
    ({"persona": "../x"}, "persona"),
    ({"follows": "a b"}, "follows"),
    # What the server alone knows, and what only a coordinator may say, is no field at all.
    ({"rights": ["read", "write", "execute", "network"]}, "rights"),
    ({"user": "ada"}, "user"),
    ({"asked_by": "agent"}, "asked_by"),
    ({"autonomy": "trusted"}, "autonomy"),
    ({"parent": "run_1"}, "parent"),
]


async def test_hostile_bodies_and_ids_are_refused_in_a_sentence(desk: MakeDesk, face: Face) -> None:
    here = await desk("x = 1")
    here.mind.plans = [plan(add(source="y = 1"))]
    async with face.client() as http:
        for body, field in BODIES:
            answer = await http.post(API, json={**WORDS, **body})
            assert (answer.status_code, answer.json()["error"]["field"]) == (400, field), (body, answer.text)
        for content in (b"", b"[]", b"null", b'{"words": NaN}', b"\xff\xfe", b'{"words":' * 500):
            answer = await http.post(API, content=content)
            assert answer.status_code == 400, content
        for notebook in ("none.ipynb", "../secret.ipynb", "/etc/passwd", "a b.ipynb/..", "\u0000", ""):
            answer = await http.post(API, json={**WORDS, "notebook": notebook})
            assert 400 <= answer.status_code < 500, (notebook, answer.text)
            assert "Traceback" not in answer.text
        assert (await http.get(API)).json() == {"runs": []}

        run = (await start(http, run_id="run_mine"))["id"]
        assert run == "run_mine"
        await ended(http, run)
        again = await http.post(API, json={**WORDS, "run_id": run})
        assert again.status_code == 409, again.text
        for word, body in (("undo", {"step": "none"}), ("redo", {"step": ""}), ("redo", {})):
            assert (await http.post(f"{API}/{run}/{word}", json=body)).status_code == 404, (word, body)
        bad: list[tuple[str, Any]] = [
            ("undo", {"step": 1}),
            ("shift", {"gear": 9}),
            ("shift", {"gear": "2"}),
            ("shift", {"gear": 2, "grid": "now"}),
            ("plan", {"verdict": "yes"}),
            ("plan", {"verdict": "approve", "scope": "always"}),
            ("reply", {"text": "  "}),
            ("reply", {"text": "a" * 20_001}),
        ]
        for word, body in bad:
            assert (await http.post(f"{API}/{run}/{word}", json=body)).status_code == 400, (word, body)
        for query in ("after=-1", "after=x", "after=1e3", f"after={10**30}"):
            assert (await http.get(f"{API}/{run}/events?{query}")).status_code == 400, query
        for name in ("run_none", "..", "%2e%2e", "run_mine%00", "run_mine/../x", "%27%3B--", "a" * 5000):
            for method, path in (
                ("GET", ""),
                ("GET", "/events"),
                ("GET", "/stream"),
                ("POST", "/stop"),
                ("POST", "/undo"),
            ):
                answer = await http.request(method, f"{API}/{name}{path}", json={} if method == "POST" else None)
                assert answer.status_code in (400, 404, 405), (name, path, answer.status_code)


async def test_a_kernel_starts_holds_and_stops_in_its_own_notebook_and_decides_nothing(
    desk: MakeDesk, face: Face, change_settings: Callable[..., None]
) -> None:
    here = await desk("x = 1")
    own = await here.engine.runs.kernel(NAME, start=True)
    assert own is not None
    kernel_id = own.id
    here.mind.plans = [plan(add(source="y = 1"))]
    (here.root / "other.ipynb").write_bytes((here.root / NAME).read_bytes())
    async with face.client(face.kernel_token) as kernel, face.client() as person:
        for body in ({}, {"kernel_id": "none"}, {"kernel_id": kernel_id, "notebook": "other.ipynb"}):
            answer = await kernel.post(API, json={**WORDS, **body})
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden"), answer.text
        run = (await start(kernel, notebook="", kernel_id=kernel_id, gear="2"))["id"]
        await waits(person, run)
        refused: list[tuple[str, Any]] = [
            ("plan", {"verdict": "approve"}),
            ("plan", {"verdict": "refuse"}),
            ("reply", {"text": "Yes."}),
            ("shift", {"gear": 5}),
        ]
        for word, body in refused:
            answer = await kernel.post(f"{API}/{run}/{word}", json=body)
            assert answer.status_code == 403, (word, answer.text)
            assert "kernels_may_approve" in answer.json()["error"]["hint"]
        assert (await kernel.post(f"{API}/{run}/shift", json={"gear": 1})).status_code == 200
        assert here.cells == ["x = 1"]
        assert (await kernel.post(f"{API}/{run}/stop")).json()["state"] == "stopped"

        # What a kernel began, a person approves; and a kernel does where its owner lets it.
        run = (await start(kernel, notebook=NAME, kernel_id=kernel_id, gear="2"))["id"]
        await waits(person, run)
        assert (await person.post(f"{API}/{run}/plan", json={"verdict": "approve"})).status_code == 200
        assert (await ended(kernel, run))["state"] == "done"
        assert (await kernel.post(f"{API}/{run}/undo", json={})).json()["state"] == "undone"
        change_settings(kernels_may_approve=True)
        run = (await start(kernel, kernel_id=kernel_id, gear="2"))["id"]
        await waits(person, run)
        assert (await kernel.post(f"{API}/{run}/plan", json={"verdict": "refuse"})).status_code == 200
        assert here.cells == ["x = 1"]


class Rights(Authorizer):
    """Lets everybody do everything but what is named."""

    forbidden: frozenset[tuple[str, str]] = frozenset()

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return (action, resource) not in self.forbidden


class TestRights:
    @pytest.fixture(autouse=True)
    def authorizer(self, jp_server_config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Rights, "forbidden", frozenset())
        jp_server_config["ServerApp"]["authorizer_class"] = Rights

    async def test_nobody_permits_or_undoes_what_they_may_not_do_themselves(
        self, desk: MakeDesk, face: Face, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        here = await desk("x = 1")
        here.mind.plans = [plan(add(source="y = 1"), run_of())]
        async with face.client() as http:
            run = (await start(http, gear="2"))["id"]
            await waits(http, run)
            for right in (("execute", "kernels"), ("write", "contents")):
                monkeypatch.setattr(Rights, "forbidden", frozenset({right}))
                for word, body in (
                    ("plan", {"verdict": "approve"}),
                    ("reply", {"text": "Go on."}),
                    ("shift", {"gear": 5}),
                ):
                    answer = await http.post(f"{API}/{run}/{word}", json=body)
                    assert (answer.status_code, " ".join(right) in answer.text) == (403, True), (word, answer.text)
            assert (await http.post(f"{API}/{run}/undo", json={})).status_code == 403
            monkeypatch.setattr(Rights, "forbidden", frozenset({("read", "contents")}))
            for method, path in (("GET", ""), ("GET", f"/{run}"), ("GET", f"/{run}/stream"), ("POST", f"/{run}/stop")):
                assert (await http.request(method, f"{API}{path}")).status_code == 403, path
            monkeypatch.setattr(Rights, "forbidden", frozenset({("write", "lumina")}))
            for word in ("plan", "reply", "pause", "resume", "stop", "shift", "undo", "redo"):
                assert (await http.post(f"{API}/{run}/{word}", json={})).status_code == 403, word
            # Refusing needs no right, and stopping none but to see the run.
            monkeypatch.setattr(Rights, "forbidden", frozenset({("execute", "kernels"), ("write", "contents")}))
            assert (await http.post(f"{API}/{run}/plan", json={"verdict": "refuse"})).status_code == 200
            assert here.cells == ["x = 1"]

    async def test_a_run_does_no_more_than_who_began_it_may(
        self, desk: MakeDesk, face: Face, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        here = await desk("x = 1")
        here.mind.plans = [plan(add(source="y = 1"))]
        monkeypatch.setattr(Rights, "forbidden", frozenset({("write", "contents")}))
        async with face.client() as http:
            over = await ended(http, (await start(http, gear="5"))["id"])
        assert over["state"] != "done"
        assert here.cells == ["x = 1"]


async def test_a_run_of_a_private_conversation_is_for_its_owner(desk: MakeDesk, face: Face) -> None:
    here = await desk("x = 1")
    here.mind.plans = [plan(add(source="y = 1"))]
    async with face.client() as ada, face.client() as bob, face.client(face.kernel_token) as kernel:
        for http in (ada, bob):
            await http.get("lumina/api/health")
        conversation = await begin(ada, NAME, shared=False)
        stolen = await bob.post(API, json={**WORDS, "conversation": conversation})
        assert stolen.status_code == 404
        run = (await start(ada, conversation=conversation, gear="2"))["id"]
        await waits(ada, run)
        for stranger in (bob, kernel):
            assert (await stranger.get(API)).json() == {"runs": []}
            for path in ("", "/events", "/stream"):
                assert (await stranger.get(f"{API}/{run}{path}")).status_code == 404, path
        bodies = {"plan": {"verdict": "approve"}, "reply": {"text": "Yes."}, "shift": {"gear": 1}}
        for word in ("plan", "reply", "pause", "resume", "stop", "shift", "undo", "redo"):
            answer = await bob.post(f"{API}/{run}/{word}", json=bodies.get(word, {}))
            assert answer.status_code == 404, word
        assert [each["id"] for each in (await ada.get(API)).json()["runs"]] == [run]
        assert (await ada.post(f"{API}/{run}/plan", json={"verdict": "approve"})).status_code == 200
        assert (await ended(ada, run))["state"] == "done"
        assert json.dumps((await bob.get("lumina/api/audit")).json()).count(run) == 0


async def test_the_gears_are_told(desk: MakeDesk, face: Face) -> None:
    async with face.client() as http:
        gears = (await http.get("lumina/api/gears")).json()["gears"]
    assert [gear["number"] for gear in gears] == [1, 2, 3, 4, 5]
