"""Who may come in: each route, by each wrong way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jupyter_server.auth.authorizer import Authorizer
from traitlets.config import Config

from .conftest import Face

ROUTES = [
    ("POST", "lumina/api/chat", {"prompt": [{"text": "Hello"}]}),
    ("POST", "lumina/api/chat/req_1/cancel", None),
    ("GET", "lumina/api/models", None),
    ("GET", "lumina/api/providers", None),
    ("GET", "lumina/api/usage", None),
    ("GET", "lumina/api/commands", None),
    ("POST", "lumina/api/context/preview", {"prompt": [{"text": "Hello"}]}),
    ("POST", "lumina/api/context/map", {"notebook": "a.ipynb"}),
    ("POST", "lumina/api/completions", {"prefix": "x = ", "suffix": ""}),
    ("GET", "lumina/api/health", None),
    ("PUT", "lumina/api/keys/openai", {"key": "sk-test"}),
    ("DELETE", "lumina/api/keys/openai", None),
    ("POST", "lumina/api/providers/lab/probe", None),
    ("GET", "lumina/api/embedded", None),
    ("POST", "lumina/api/embedded/unknown/pull", None),
    ("GET", "lumina/api/preferences", None),
    ("PUT", "lumina/api/preferences", {}),
    ("GET", "lumina/api/doctor", None),
    ("GET", "lumina/api/conversations", None),
    ("POST", "lumina/api/context/variables", {"kernel_id": "1"}),
    ("GET", "lumina/api/conversations/conv_1/events", None),
    ("GET", "lumina/api/conversations/conv_1/stream", None),
    ("GET", "lumina/api/conversations/conv_1/export", None),
    ("GET", "lumina/api/conversations/search?q=x", None),
    ("POST", "lumina/api/conversations/import", {"notebook": "", "format": "chat", "content": '{"messages": []}'}),
    ("POST", "lumina/api/conversations/conv_1/turns", {"text": "Hello"}),
    ("POST", "lumina/api/conversations/conv_1/presence", {"typing": True}),
    ("GET", f"lumina/api/conversations/conv_1/attachments/{'0' * 64}", None),
    ("POST", "lumina/api/conversations", {"notebook": "a.ipynb"}),
    ("GET", "lumina/api/conversations/conv_1", None),
    ("PATCH", "lumina/api/conversations/conv_1", {"title": "New"}),
    ("DELETE", "lumina/api/conversations/conv_1", None),
    ("POST", "lumina/api/conversations/reset", {}),
    ("GET", "lumina/api/notebooks/content?path=a.ipynb", None),
    ("POST", "lumina/api/notebooks/cells", {"path": "a.ipynb", "source": "1"}),
    (
        "PATCH",
        "lumina/api/notebooks/cells/c1",
        {"path": "a.ipynb", "base_hash": "0", "change": {"type": "text", "text": "2"}},
    ),
    ("DELETE", "lumina/api/notebooks/cells/c1?path=a.ipynb&base_hash=0", None),
    ("POST", "lumina/api/notebooks/run", {"path": "a.ipynb"}),
    ("GET", "lumina/api/notebooks/run/run_1", None),
    ("POST", "lumina/api/notebooks/run/run_1/interrupt", None),
    ("GET", "lumina/api/notebooks/runs?path=a.ipynb", None),
    ("POST", "lumina/api/notebooks/undo", {"path": "a.ipynb"}),
    ("POST", "lumina/api/notebooks/redo", {"path": "a.ipynb"}),
    ("GET", "lumina/api/notebooks/events?path=a.ipynb", None),
    ("GET", "lumina/api/notebooks/notices?path=a.ipynb", None),
    ("GET", "lumina/api/notebooks/proposals?path=a.ipynb", None),
    ("POST", "lumina/api/notebooks/proposals/p1/accept", {"path": "a.ipynb"}),
    ("POST", "lumina/api/notebooks/proposals/p1/refuse", {"path": "a.ipynb"}),
    ("GET", "lumina/api/notebooks/history?path=a.ipynb", None),
    ("GET", "lumina/api/notebooks/history/abcd?path=a.ipynb", None),
    ("GET", "lumina/api/notebooks/gone", None),
    ("POST", "lumina/api/notebooks/restore", {"path": "a.ipynb", "snapshot": "abcd"}),
    ("GET", "lumina/api/tools", None),
    ("PUT", "lumina/api/tools/declared", {"tools": [], "kernel_id": "1"}),
    ("POST", "lumina/api/tools/look/call", {}),
    ("GET", "lumina/api/approvals", None),
    ("GET", "lumina/api/approvals/stream?all=2", None),
    ("GET", "lumina/api/approvals/rules", None),
    ("DELETE", "lumina/api/approvals/rules/rule_1", None),
    ("GET", "lumina/api/approvals/apr_1", None),
    ("POST", "lumina/api/approvals/apr_1", {"verdict": "grant"}),
    ("GET", "lumina/api/audit", None),
    ("GET", "lumina/api/gears", None),
    ("GET", "lumina/api/personas", None),
    ("GET", "lumina/api/runs", None),
    ("POST", "lumina/api/runs", {"words": "Do it.", "notebook": "a.ipynb"}),
    ("GET", "lumina/api/runs/run_1", None),
    ("GET", "lumina/api/runs/run_1/events", None),
    ("GET", "lumina/api/runs/run_1/stream", None),
    ("POST", "lumina/api/runs/run_1/plan", {"verdict": "approve"}),
    ("POST", "lumina/api/runs/run_1/reply", {"text": "Yes."}),
    ("POST", "lumina/api/runs/run_1/pause", None),
    ("POST", "lumina/api/runs/run_1/resume", None),
    ("POST", "lumina/api/runs/run_1/stop", None),
    ("POST", "lumina/api/runs/run_1/shift", {"gear": 2}),
    ("POST", "lumina/api/runs/run_1/undo", {}),
    ("POST", "lumina/api/runs/run_1/redo", {}),
    ("GET", "lumina/api/automl/jobs", None),
    ("POST", "lumina/api/automl/jobs", {"file": "nothing.csv", "target": "y"}),
    ("GET", "lumina/api/automl/experiments", None),
    ("GET", "lumina/api/automl/history", None),
    ("GET", "lumina/api/automl/comparison?name=e1&name=e2", None),
    ("GET", "lumina/api/automl/experiments/e1", None),
    ("DELETE", "lumina/api/automl/experiments/e1", None),
    ("GET", "lumina/api/automl/experiments/e1/stream", None),
    ("POST", "lumina/api/automl/experiments/e1/pause", None),
    ("POST", "lumina/api/automl/experiments/e1/go-on", None),
    ("POST", "lumina/api/automl/experiments/e1/stop", None),
    ("POST", "lumina/api/automl/experiments/e1/resume", None),
    ("POST", "lumina/api/automl/experiments/e1/predict", {"rows": [{"a": 1}]}),
    ("GET", "lumina/api/automl/experiments/e1/card", None),
    ("GET", "lumina/api/automl/experiments/e1/code", None),
    ("GET", "lumina/api/mcp/servers", None),
    ("POST", "lumina/api/mcp/servers/files/restart", None),
    ("GET", "lumina/api/questions", None),
    ("POST", "lumina/api/questions/q1", {"action": "cancel"}),
    ("POST", "lumina/api/pages/requests/r1", {"done": True}),
    ("POST", "lumina/mcp", {"jsonrpc": "2.0", "id": 1, "method": "ping"}),
    ("GET", "lumina/api/streams", None),
    ("GET", "lumina/api/openapi.json", None),
    ("POST", "lumina/v1/chat/completions", {"messages": [{"role": "user", "content": "Hello"}]}),
    ("POST", "lumina/v1/embeddings", {"input": "Hello"}),
    ("GET", "lumina/v1/models", None),
    ("GET", "lumina/v1/models/lab/m", None),
    ("GET", "lumina/api/nothing", None),
    ("POST", "lumina/v1/nothing", {}),
    ("GET", "lumina/", None),
    ("OPTIONS", "lumina/api/models", None),
]
EVIL = "evil.example"
WAYS: dict[str, dict[str, str]] = {
    "no token": {},
    "wrong token": {"Authorization": "Bearer wrong"},
    "empty token": {"Authorization": "Bearer"},
    "token of another scheme": {"Authorization": "Basic d3Jvbmc="},
    "forged Host": {"Host": EVIL},
    "forged Origin": {"Origin": f"http://{EVIL}"},
    "forged Host and Origin": {"Host": EVIL, "Origin": f"http://{EVIL}"},
    "forged forwarding": {"X-Forwarded-For": "127.0.0.1", "X-Real-Ip": "127.0.0.1"},
    "forged cookie": {"Cookie": "username-127-0-0-1=ada; _xsrf=1", "X-XSRFToken": "1"},
}


def test_every_route_is_in_the_table() -> None:
    """A route that is added is added here too."""
    import re

    from lumina_jupyter.server.routes import routes

    for route in routes():
        assert any(re.fullmatch(route.pattern, f"/{path.partition('?')[0]}") for _, path, _ in ROUTES), route.pattern


async def _statuses(face: Face, token: str, headers: dict[str, str]) -> dict[str, int]:
    found = {}
    async with face.client(token, **headers) as http:
        for method, path, body in ROUTES:
            response = await http.request(method, path, json=body)
            found[f"{method} {path}"] = response.status_code
    return found


@pytest.mark.parametrize("way", WAYS)
async def test_whoever_is_unknown_gets_403(face: Face, way: str) -> None:
    statuses = await _statuses(face, "", WAYS[way])
    assert statuses == dict.fromkeys(statuses, 403)


@pytest.mark.parametrize("way", ["no token", "wrong token", "forged Origin"])
async def test_also_where_jupyter_lets_everybody_in(face: Face, way: str) -> None:
    face.app.web_app.settings["allow_unauthenticated_access"] = True
    statuses = await _statuses(face, "", WAYS[way])
    assert statuses == dict.fromkeys(statuses, 403)


@pytest.mark.parametrize("who", ["token", "kernel_token"])
async def test_a_forged_host_is_refused_even_with_a_token(face: Face, who: str) -> None:
    statuses = await _statuses(face, getattr(face, who), {"Host": EVIL})
    assert statuses == dict.fromkeys(statuses, 403)


async def test_a_token_opens_every_route(face: Face) -> None:
    statuses = await _statuses(face, face.token, {})
    assert 403 not in {status for route, status in statuses.items() if not route.startswith("OPTIONS")}
    assert statuses["GET lumina/api/health"] == 200
    assert statuses["GET lumina/api/nothing"] == 404


async def test_a_kernel_reaches_no_key_and_nothing_of_the_settings_page(face: Face) -> None:
    statuses = await _statuses(face, face.kernel_token, {})
    refused = {route for route, status in statuses.items() if status == 403}
    assert refused == {
        "GET lumina/api/mcp/servers",
        "POST lumina/api/mcp/servers/files/restart",
        "GET lumina/api/questions",
        "POST lumina/api/questions/q1",
        "POST lumina/api/pages/requests/r1",
        "POST lumina/mcp",
        "PUT lumina/api/keys/openai",
        "DELETE lumina/api/keys/openai",
        "POST lumina/api/providers/lab/probe",
        "POST lumina/api/embedded/unknown/pull",
        "GET lumina/api/preferences",
        "PUT lumina/api/preferences",
        "GET lumina/api/doctor",
        "POST lumina/api/context/variables",
        "POST lumina/api/approvals/apr_1",
        "POST lumina/api/runs",
        "POST lumina/api/runs/run_1/plan",
        "POST lumina/api/runs/run_1/reply",
        "DELETE lumina/api/approvals/rules/rule_1",
        "GET lumina/api/audit",
        "POST lumina/api/notebooks/run",
        "GET lumina/api/notebooks/run/run_1",
        "POST lumina/api/notebooks/run/run_1/interrupt",
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "api/contents"),
        ("GET", "api/contents/secret.ipynb"),
        ("GET", "api/kernels"),
        ("POST", "api/kernels"),
        ("GET", "api/sessions"),
        ("POST", "api/terminals"),
        ("GET", "api/me"),
        ("GET", "files/secret.txt"),
        ("POST", "api/shutdown"),
    ],
)
async def test_a_kernels_token_opens_nothing_else(face: Face, method: str, path: str) -> None:
    for place in ("header", "query"):
        async with face.client(face.kernel_token if place == "header" else "") as http:
            query = {"token": face.kernel_token} if place == "query" else {}
            response = await http.request(method, path, params=query)
        # Pages send to the login instead.
        assert response.status_code == 403 or "/login" in response.headers.get("location", "")


async def test_a_kernel_gets_no_cookie(face: Face) -> None:
    async with face.client(face.kernel_token) as http:
        response = await http.get("lumina/api/health")
    assert response.status_code == 200
    assert "set-cookie" not in response.headers


async def test_a_cookie_needs_the_xsrf_token_and_the_same_origin(face: Face) -> None:
    async with face.client() as known:
        await known.get("lumina/api/health")
        cookies = dict(known.cookies)
    assert cookies
    origin = face.url.partition("/a%40b")[0]
    async with face.client("", Referer=face.url) as http:
        await http.get("login")
        xsrf = http.cookies["_xsrf"]
        http.cookies.update(cookies)
        body = {"notebook": "a.ipynb"}
        path = "lumina/api/conversations/reset"
        assert (await http.get("lumina/api/health")).status_code == 200
        assert (await http.post(path, json=body)).status_code == 403
        good = await http.post(path, json=body, headers={"X-XSRFToken": xsrf, "Origin": origin})
        assert good.status_code == 200
        for headers in ({"X-XSRFToken": xsrf, "Origin": f"http://{EVIL}"}, {"X-XSRFToken": "wrong"}):
            assert (await http.post(path, json=body, headers=headers)).status_code == 403
        assert (await http.get("lumina/api/health", headers={"Origin": f"http://{EVIL}"})).status_code == 403


class ReadersOnly(Authorizer):
    """Lets everybody read and nobody write what belongs to Lumina."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return resource != "lumina" or action == "read"


class TestAuthorizer:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: Config) -> Config:
        jp_server_config["ServerApp"]["authorizer_class"] = ReadersOnly
        return jp_server_config

    @pytest.mark.parametrize("who", ["token", "kernel_token"])
    async def test_jupyters_authorizer_decides(self, face: Face, who: str) -> None:
        statuses = await _statuses(face, getattr(face, who), {})
        writes = {route for route in statuses if route.split()[0] in {"POST", "PUT", "DELETE"}}
        assert {statuses[route] for route in writes} == {403}
        assert statuses["GET lumina/api/health"] == 200


async def test_refusals_are_told_in_each_surfaces_shape(face: Face) -> None:
    async with face.client("") as http:
        ours = (await http.get("lumina/api/models")).json()["error"]
        openai = (await http.get("lumina/v1/models")).json()["error"]
    assert set(ours) == {"code", "message", "hint", "field", "retry_after"}
    assert ours["code"] == "forbidden"
    assert set(openai) == {"message", "type", "param", "code"}
    assert openai["type"] == "permission_error"


async def test_a_key_can_be_written_and_never_read(face: Face) -> None:
    key = "sk-" + "0123456789abcdef" * 3
    async with face.client() as http:
        assert (await http.put("lumina/api/keys/openai", json={"key": key})).status_code == 204
        assert (await http.get("lumina/api/keys/openai")).status_code == 405
        for path in ("providers", "models", "health", "usage", "conversations"):
            assert key not in (await http.get(f"lumina/api/{path}")).text
        providers = (await http.get("lumina/api/providers")).json()["providers"]
        assert next(each for each in providers if each["name"] == "openai")["key_source"]
        assert (await http.delete("lumina/api/keys/openai")).json() == {"deleted": True}
        assert (await http.delete("lumina/api/keys/openai")).json() == {"deleted": False}
        wrong = await http.put("lumina/api/keys/openay", json={"key": key})
        assert wrong.status_code == 400
        assert key not in json.dumps(wrong.json())
