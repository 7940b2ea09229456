"""`openapi.json` says what the routes really take and give."""

from __future__ import annotations

import json
import re
from typing import Any

from jsonschema import Draft202012Validator

from lumina_jupyter.server.routes import routes

from .conftest import Face

CHAT = json.dumps({"messages": [{"id": "1", "body": "Hello", "sender": "ada", "time": 1.0}], "users": {}})


def check(description: dict[str, Any], schema: dict[str, Any], value: Any) -> None:
    Draft202012Validator({**schema, "components": description["components"]}).validate(value)


async def test_answers_fit_their_descriptions(face: Face) -> None:
    question = {"prompt": [{"text": "Hello"}], "notebook": "a.ipynb"}
    chat = {"messages": [{"role": "user", "content": "Hello"}]}
    asked: list[tuple[str, str, str, Any]] = [
        ("get", "/lumina/api/models", "", None),
        ("get", "/lumina/api/commands", "", None),
        ("get", "/lumina/api/providers", "", None),
        ("get", "/lumina/api/usage", "", None),
        ("get", "/lumina/api/health", "", None),
        ("post", "/lumina/api/context/variables", "", {"kernel_id": "none"}),
        ("get", "/lumina/api/conversations", "", None),
        ("get", "/lumina/api/conversations/{conversation_id}/events", "CONVERSATION", None),
        ("post", "/lumina/api/conversations/reset", "", {"notebook": "a.ipynb"}),
        ("post", "/lumina/api/conversations", "", {"notebook": "a.ipynb"}),
        ("get", "/lumina/api/conversations/search", "?q=hello", None),
        ("get", "/lumina/api/conversations/{conversation_id}", "CONVERSATION", None),
        ("patch", "/lumina/api/conversations/{conversation_id}", "CONVERSATION", {"title": "New"}),
        ("post", "/lumina/api/conversations/{conversation_id}/presence", "CONVERSATION", {"typing": True}),
        ("post", "/lumina/api/conversations/{conversation_id}/turns", "CONVERSATION", {"text": "Hello"}),
        ("post", "/lumina/api/conversations/import", "", {"notebook": "", "format": "chat", "content": CHAT}),
        ("post", "/lumina/api/chat/{request_id}/cancel", "req_1", None),
        ("put", "/lumina/api/keys/{provider}", "openai", {"key": "sk-x"}),
        ("delete", "/lumina/api/keys/{provider}", "openai", None),
        ("delete", "/lumina/api/conversations/{conversation_id}", "CONVERSATION", None),
        ("get", "/lumina/api/tools", "", None),
        ("put", "/lumina/api/tools/declared", "", {"tools": [], "kernel_id": "k", "notebook": "a.ipynb"}),
        ("get", "/lumina/api/approvals", "", None),
        ("get", "/lumina/api/approvals/rules", "", None),
        ("get", "/lumina/api/audit", "?limit=5", None),
        ("get", "/lumina/api/gears", "", None),
        ("get", "/lumina/api/personas", "", None),
        ("get", "/lumina/api/runs", "", None),
        ("get", "/lumina/api/openapi.json", "", None),
        ("post", "/lumina/v1/chat/completions", "", chat),
        ("get", "/lumina/v1/models", "", None),
        ("get", "/lumina/v1/models/{model}", "lab/m", None),
    ]
    async with face.client() as http:
        description = (await http.get("lumina/api/openapi.json")).json()
        events = (await http.post("lumina/api/chat", json=question)).text
        conversation = (await http.get("lumina/api/conversations")).json()["conversations"][0]["id"]
        for method, path, name, body in asked:
            query = name if name.startswith("?") else ""
            url = re.sub(r"{\w+}", name.replace("CONVERSATION", conversation), path) + query
            response = await http.request(method.upper(), url.lstrip("/"), json=body)
            described = description["paths"][path][method]["responses"][str(response.status_code)]
            if response.status_code == 204:
                assert not response.content
                continue
            check(description, described["content"]["application/json"]["schema"], response.json())
    stream = description["paths"]["/lumina/api/chat"]["post"]["responses"]["200"]["content"]["text/event-stream"]
    told = [json.loads(line[6:]) for line in events.splitlines() if line.startswith("data: ")]
    assert len(told) >= 5
    for event in told:
        check(description, stream["x-event-data"], event)


async def test_errors_fit_their_descriptions(face: Face) -> None:
    async with face.client() as http:
        description = (await http.get("lumina/api/openapi.json")).json()
        for path in ("/lumina/api/chat", "/lumina/v1/chat/completions", "/lumina/v1/embeddings"):
            response = await http.post(path.lstrip("/"), json={"colour": "red"})
            assert response.status_code == 400
            described = description["paths"][path]["post"]["responses"]["default"]
            check(description, described["content"]["application/json"]["schema"], response.json())


async def test_requests_are_described_as_they_are_checked(face: Face) -> None:
    bodies: list[tuple[str, Any]] = [
        ("/lumina/api/chat", {"prompt": [{"text": "Hello"}]}),
        ("/lumina/api/chat", {"prompt": [{"text": 5}]}),
        ("/lumina/api/chat", {"prompt": [{"text": "Hello"}], "colour": "red"}),
        ("/lumina/api/chat", {"prompt": [{"type": "image", "data": "iVBO"}], "max_tokens": "5"}),
        ("/lumina/v1/chat/completions", {"messages": [{"role": "user", "content": "Hello"}]}),
        ("/lumina/v1/chat/completions", {"messages": []}),
        ("/lumina/v1/chat/completions", {"messages": [{"role": "robot", "content": "Hello"}]}),
        ("/lumina/v1/chat/completions", {"messages": [{"role": "user", "content": "Hello"}], "temperature": 9}),
        ("/lumina/api/conversations/reset", {"notebook": 5}),
        ("/lumina/api/conversations/reset", {}),
    ]
    async with face.client() as http:
        description = (await http.get("lumina/api/openapi.json")).json()
        for path, body in bodies:
            schema = description["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
            fits = Draft202012Validator({**schema, "components": description["components"]}).is_valid(body)
            status = (await http.post(path.lstrip("/"), json=body)).status_code
            assert (status == 200) == fits, (path, body)


async def test_every_route_and_reference_is_there(face: Face) -> None:
    async with face.client() as http:
        text = (await http.get("lumina/api/openapi.json")).text
    description = json.loads(text)
    assert description["openapi"].startswith("3.1")
    for reference in set(re.findall(r'"#/components/schemas/(\w+)"', text)):
        assert reference in description["components"]["schemas"]
    samples = [re.sub(r"{\w+}", "x", path.replace("{sha256}", "0" * 64)) for path in description["paths"]]
    table = [route.pattern for route in routes() if not route.pattern.endswith("(|/.*)")]
    assert all(any(re.fullmatch(pattern, sample) for sample in samples) for pattern in table)
    assert all(any(re.fullmatch(pattern, sample) for pattern in table) for sample in samples)
