"""What real kernels find in their environment, and what they can do with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from lumina_jupyter.memory import Question
from tests.replay.server import ReplayServer

from .conftest import Face
from .kernels import run

SECRETS = {
    "OPENAI_API_KEY": "sk-0",
    "ANTHROPIC_API_KEY": "sk-1",
    "AWS_SECRET_ACCESS_KEY": "sk-2",
    "GITHUB_TOKEN": "sk-3",
    "LAB_KEY": "sk-4",
}
OTHERS = {"MY_DATABASE_PASSWORD": "db", "AWS_REGION": "eu-north-1", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
ENVIRONMENT = "import os; print(dict(os.environ))"


@pytest.fixture
def jp_server_config(jp_server_config: Config, provider: ReplayServer, monkeypatch: pytest.MonkeyPatch) -> Config:
    for name, value in {**SECRETS, **OTHERS, "LUMINA_TOKEN": "stale"}.items():
        monkeypatch.setenv(name, value)
    jp_server_config["Lumina"]["endpoints"] = {"lab": {"base_url": f"{provider.url}/v1", "key_variable": "LAB_KEY"}}
    return jp_server_config


@pytest.fixture
def jp_root_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "root with spaces"
    folder.mkdir()
    return folder


async def start(face: Face, how: str, path: str = "a b.ipynb") -> tuple[str, str]:
    """A kernel's id and, when a session has it, the session's."""
    async with face.client() as http:
        if how == "kernels":
            answer = await http.post("api/kernels", json={"name": "python3"})
            return answer.json()["id"], ""
        body = {"path": path, "type": "notebook", "name": path, "kernel": {"name": "python3"}}
        session = (await http.post("api/sessions", json=body)).json()
    return session["kernel"]["id"], session["id"]


def check(face: Face, environment: dict[str, str]) -> None:
    assert environment["LUMINA_TOKEN"] == face.kernel_token
    assert environment["LUMINA_URL"].endswith("/a%40b/")
    assert not set(SECRETS.values()) & set(environment.values())
    assert not set(SECRETS) & set(environment)
    assert {name: environment[name] for name in OTHERS} == OTHERS
    assert face.token not in environment.values()


@pytest.mark.parametrize("how", ["kernels", "sessions"])
async def test_a_kernel_has_the_way_to_lumina_and_no_keys(face: Face, how: str) -> None:
    kernel, session = await start(face, how)
    check(face, await run(face.app, kernel, ENVIRONMENT))
    async with face.client() as http:
        assert (await http.post(f"api/kernels/{kernel}/restart")).status_code == 200
        check(face, await run(face.app, kernel, ENVIRONMENT))
        if session:
            # Renaming renews the environment that the next restart uses.
            renamed = await http.patch(f"api/sessions/{session}", json={"path": "c.ipynb", "name": "c.ipynb"})
            assert renamed.status_code == 200
            await http.post(f"api/kernels/{kernel}/restart")
            environment = await run(face.app, kernel, ENVIRONMENT)
            check(face, environment)
            assert environment["JPY_SESSION_NAME"].endswith("c.ipynb")


async def test_a_kernel_that_dies_and_is_started_again_has_no_keys(face: Face) -> None:
    kernel, _ = await start(face, "sessions")
    before = await run(face.app, kernel, "import os; print(os.getpid())")
    manager: Any = face.app.kernel_manager.get_kernel(kernel)
    restarted = asyncio.Event()
    manager.add_restart_callback(restarted.set, "restart")
    await manager.signal_kernel(9)
    await asyncio.wait_for(restarted.wait(), 60)
    assert await run(face.app, kernel, "import os; print(os.getpid())") != before
    check(face, await run(face.app, kernel, ENVIRONMENT))


async def test_a_variable_set_for_one_kernel_stays(face: Face) -> None:
    kernel = await face.app.kernel_manager.start_kernel(
        env={**OTHERS, **SECRETS, "OPENAI_API_KEY": "sk-own", "PATH": "/bin"}
    )
    environment = await run(face.app, kernel, ENVIRONMENT)
    assert environment["OPENAI_API_KEY"] == "sk-own"
    assert "ANTHROPIC_API_KEY" not in environment


class TestKeepKeys:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: Config) -> Config:
        jp_server_config["Lumina"]["keep_keys_in_kernels"] = True
        return jp_server_config

    async def test_keys_can_be_kept_in_kernels(self, face: Face) -> None:
        kernel, _ = await start(face, "sessions")
        environment = await run(face.app, kernel, ENVIRONMENT)
        assert {name: environment[name] for name in SECRETS} == SECRETS
        assert environment["LUMINA_TOKEN"] == face.kernel_token


async def test_the_manager_is_given_back_as_it_was(face: Face) -> None:
    manager = face.app.kernel_manager
    assert {"start_kernel", "update_env"} <= set(vars(manager))
    await face.extension.stop_extension()
    assert not {"start_kernel", "update_env"} & set(vars(manager))


ASK = """
import lumina_jupyter, os
from lumina_jupyter.events import TextDelta
from lumina_jupyter.gateway import TextPart
from lumina_jupyter.memory import Question
from ipykernel import get_connection_file
kernel = os.path.basename(get_connection_file())[len("kernel-"):-len(".json")]
client = lumina_jupyter.connect()
question = Question(prompt=(TextPart("Hello"),), notebook="wrong.ipynb", kernel_id=kernel)
print(repr("".join(event.text for event in client.ask(question) if isinstance(event, TextDelta))))
"""


async def test_a_kernel_asks_for_its_notebook_under_its_present_name(
    face: Face, provider: ReplayServer, jp_create_notebook: Callable[[str], Any]
) -> None:
    jp_create_notebook("a b.ipynb")
    kernel, session = await start(face, "sessions")
    assert await run(face.app, kernel, ASK) == "forty-two"
    async with face.client() as http:
        await http.patch("api/contents/a%20b.ipynb", json={"path": "c.ipynb"})
        await http.patch(f"api/sessions/{session}", json={"path": "c.ipynb"})
        assert await run(face.app, kernel, ASK) == "forty-two"
        found = (await http.get("lumina/api/conversations", params={"kernel_id": kernel})).json()["conversations"]
        everything = (await http.get("lumina/api/conversations")).json()["conversations"]
    assert [each["notebook"] for each in found] == ["c.ipynb"]
    assert everything == found
    # The second question was asked within the first one's conversation.
    assert provider.requests[-1].body.count(b"forty-two") == 1


async def test_who_asks_is_for_the_server_to_say(face: Face) -> None:
    async with face.client(face.kernel_token) as http:
        body = {
            "prompt": [{"text": "Hi"}],
            "user": "somebody-else",
            "kernel_id": "no-such-kernel",
            "notebook": "a.ipynb",
        }
        await http.post("lumina/api/chat", json=body)
        found = (await http.get("lumina/api/conversations")).json()["conversations"][0]
        log = (await http.get(f"lumina/api/conversations/{found['id']}/events")).json()["events"]
    assert found["notebook"] == "a.ipynb"
    assert {entry["author"] for entry in log} == {""}
    assert Question(prompt=()).kernel_id == ""
