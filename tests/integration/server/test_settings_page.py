"""What the settings page asks of the server: preferences, providers tried out, models fetched, the doctor."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lumina_jupyter.gateway.embedded.weights import KNOWN
from lumina_jupyter.settings import Lumina
from lumina_jupyter.storage import Preferences, PreferenceStore
from tests.integration.embedded.package_index import tiny_bytes, tiny_model
from tests.replay.answers import chat_reply
from tests.replay.server import ReplayServer, Reply

from .conftest import Face

KEY = "sk-lab-Qq11Ww22Ee33Rr44Tt55Yy66"


def events(text: str) -> list[dict[str, Any]]:
    """What the events of a stream hold."""
    return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]


class TestPreferences:
    async def test_a_choice_holds_at_once_and_after_a_restart(self, face: Face, tmp_path: Path) -> None:
        async with face.client() as http:
            before = (await http.get("lumina/api/preferences")).json()
            assert before["effective"]["default_model"] == "lab/m"
            put = await http.put("lumina/api/preferences", json={"default_model": "lab/other", "history_tokens": 10})
            assert put.json()["effective"] == {
                **before["effective"],
                "default_model": "lab/other",
                "history_tokens": 10,
            }
            assert (await http.get("lumina/api/health")).json()["default_model"] == "lab/other"
        kept = tmp_path / "lumina" / "preferences.json"
        assert kept.stat().st_mode & 0o077 == 0
        restarted = Lumina(data_dir=str(tmp_path / "lumina"), default_model="lab/m")
        PreferenceStore(restarted).load()
        assert (restarted.default_model, restarted.history_tokens) == ("lab/other", 10)

    async def test_what_is_not_chosen_any_more_is_as_configured(self, face: Face) -> None:
        async with face.client() as http:
            await http.put("lumina/api/preferences", json={"default_model": "lab/other"})
            view = (await http.put("lumina/api/preferences", json={})).json()
        assert view["effective"]["default_model"] == "lab/m"
        assert view["chosen"]["default_model"] is None

    async def test_what_is_locked_cannot_be_chosen(self, face: Face, change_settings: Callable[..., None]) -> None:
        change_settings(locked_preferences=["default_model"])
        async with face.client() as http:
            refused = await http.put("lumina/api/preferences", json={"default_model": "lab/other"})
            assert refused.status_code == 403
            assert "locked_preferences" in refused.json()["error"]["hint"]
            view = (await http.get("lumina/api/preferences")).json()
        assert view["locked"] == ["default_model"]
        assert view["effective"]["default_model"] == "lab/m"

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"history_tokens": -1}, "history_tokens"),
            ({"history_tokens": "10"}, "history_tokens"),
            ({"variable_policy": "everything"}, "variable_policy"),
            ({"colour": "red"}, "colour"),
        ],
    )
    async def test_wrong_values_are_named(self, face: Face, body: dict[str, Any], field: str) -> None:
        async with face.client() as http:
            response = await http.put("lumina/api/preferences", json=body)
        assert response.status_code == 400
        assert response.json()["error"]["field"] == field

    async def test_a_model_that_cannot_answer_is_refused_with_what_to_do(self, face: Face) -> None:
        async with face.client() as http:
            response = await http.put("lumina/api/preferences", json={"default_model": "anthropic/claude-x"})
        assert response.status_code >= 400
        assert "key" in response.json()["error"]["message"]

    @pytest.mark.parametrize(
        ("configured", "chosen", "holds"),
        [("values", "off", "off"), ("off", "values", "off"), ("schema-only", None, "schema-only")],
    )
    def test_of_two_policies_the_stricter_holds(self, tmp_path: Path, configured: str, chosen: Any, holds: str) -> None:
        settings = Lumina(data_dir=str(tmp_path), variable_policy=configured)
        PreferenceStore(settings).save(Preferences(variable_policy=chosen))
        assert settings.variable_policy == holds

    def test_nobody_switches_on_what_the_server_switched_off(self, tmp_path: Path) -> None:
        settings = Lumina(data_dir=str(tmp_path), ghost_text=False)
        PreferenceStore(settings).save(Preferences(ghost_text=True))
        assert settings.ghost_text is False

    @pytest.mark.parametrize("content", ["{", "[]", '{"history_tokens": "many"}', '{"variable_policy": 5}', "\x00"])
    def test_a_damaged_file_is_left_out_and_logged(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture, content: str
    ) -> None:
        (tmp_path / "preferences.json").write_text(content)
        settings = Lumina(data_dir=str(tmp_path), history_tokens=77)
        with caplog.at_level(logging.WARNING):
            PreferenceStore(settings).load()
        assert settings.history_tokens == 77
        assert content == "[]" or "preferences.json" in caplog.text


def tool_reply() -> Reply:
    """A streamed call of the probe's tool."""
    call = {"index": 0, "id": "call_1", "function": {"name": "report_weather", "arguments": '{"city": "Paris"}'}}
    chunks: list[dict[str, Any]] = [
        {"id": "c", "choices": [{"index": 0, "delta": {"role": "assistant", "tool_calls": [call]}}]},
        {"id": "c", "choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]},
    ]
    body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
    return Reply(content_type="text/event-stream", body=body.encode())


MODELS = Reply(body=json.dumps({"data": [{"id": "m"}]}).encode())


class TestProbe:
    @pytest.mark.parametrize("provider", [(MODELS, chat_reply("one ", "two"), tool_reply())], indirect=True)
    async def test_tells_how_both_requests_go(self, face: Face, provider: ReplayServer) -> None:
        async with face.client() as http:
            told = events((await http.post("lumina/api/providers/lab/probe")).text)
        assert [(each["step"], each["result"] and each["result"]["ok"]) for each in told] == [
            ("streamed", None),
            ("streamed", None),
            ("streamed", True),
            ("tool_call", None),
            ("tool_call", None),
            ("tool_call", True),
        ]
        assert told[0]["first_seconds"] is None
        assert told[1]["first_seconds"] > 0
        assert told[-1]["result"]["detail"] == "calls tools"
        assert told[-1]["model"] == "lab/m"

    @pytest.mark.parametrize(
        "provider",
        [(MODELS, Reply(status=401, body=b'{"error": {"message": "Bad key: %s"}}' % KEY.encode()))],
        indirect=True,
    )
    async def test_a_refused_key_is_a_sentence_with_a_next_step(
        self, face: Face, provider: ReplayServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            async with face.client() as http:
                assert (await http.put("lumina/api/keys/lab", json={"key": KEY})).status_code == 204
                text = (await http.post("lumina/api/providers/lab/probe")).text
        told = events(text)
        assert told[-1]["result"] == {**told[-1]["result"], "ok": False, "detail": "not tried"}
        failed = next(each["result"] for each in told if each["result"])
        assert not failed["ok"]
        assert failed["detail"]
        assert failed["hint"]
        assert any(KEY in header for request in provider.requests for header in request.headers.values())
        assert KEY not in text
        assert KEY not in caplog.text

    async def test_without_a_key_it_is_an_error_that_says_how_to_get_one(self, face: Face) -> None:
        async with face.client() as http:
            response = await http.post("lumina/api/providers/openai/probe")
        assert response.status_code == 401
        assert "OPENAI_API_KEY" in response.json()["error"]["hint"]


HUB = Reply(content_type="application/octet-stream", body=tiny_bytes())


class TestPull:
    @pytest.fixture
    def tiny(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(KNOWN, "tiny", tiny_model())
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    async def test_tells_the_progress_and_the_model_is_there(
        self, face: Face, tiny: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with ReplayServer(HUB) as hub, face.client() as http:
            monkeypatch.setenv("HF_ENDPOINT", hub.url)
            listed = (await http.get("lumina/api/embedded")).json()["models"]
            assert {model["name"]: model["installed"] for model in listed}["tiny"] is False
            told = events((await http.post("lumina/api/embedded/tiny/pull")).text)
            listed = (await http.get("lumina/api/embedded")).json()["models"]
            models = (await http.get("lumina/api/models")).json()["models"]
        size = len(tiny_bytes())
        assert told[-1] == {"model": "tiny", "phase": "done", "done": size, "total": size, "text": ""}
        assert [each["done"] for each in told if each["phase"] == "downloading"] == sorted(
            each["done"] for each in told if each["phase"] == "downloading"
        )
        assert next(model for model in listed if model["name"] == "tiny")["installed"]
        assert "embedded/tiny" in [model["id"] for model in models]

    async def test_closing_the_stream_stops_it(self, face: Face, tiny: None, monkeypatch: pytest.MonkeyPatch) -> None:
        async with ReplayServer(HUB, cut=10_000, delay=0.05) as hub, face.client() as http:
            monkeypatch.setenv("HF_ENDPOINT", hub.url)
            async with http.stream("POST", "lumina/api/embedded/tiny/pull") as response:
                async for line in response.aiter_lines():
                    if line.startswith("data: ") and json.loads(line[6:])["done"]:
                        break
            await hub.until_answering(0)
            listed = (await http.get("lumina/api/embedded")).json()["models"]
        assert not next(model for model in listed if model["name"] == "tiny")["installed"]
        assert hub.sent < len(tiny_bytes())

    async def test_an_unknown_model_is_an_error_with_the_names(self, face: Face) -> None:
        async with face.client() as http:
            response = await http.post("lumina/api/embedded/gpt-5/pull")
        assert response.status_code == 404
        assert "qwen2.5-coder-0.5b" in response.json()["error"]["hint"]


class TestDoctor:
    async def test_each_finding_comes_with_a_next_step(self, face: Face) -> None:
        async with face.client() as http:
            found = events((await http.get("lumina/api/doctor?offline=1")).text)
        assert {"python", "packages", "proxy", "data folder", "database", "keys", "lab"} <= {
            each["check"] for each in found
        }
        assert all(each["fix"] for each in found if each["status"] == "problem")

    async def test_planted_keys_never_appear(
        self, face: Face, provider: ReplayServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "http://user:hunter2pass@proxy.test:3128")
        async with face.client() as http:
            await http.put("lumina/api/keys/openai", json={"key": KEY})
            text = (await http.get("lumina/api/doctor?offline=1")).text
        assert "openai" in text
        assert "proxy.test" in text
        assert KEY not in text
        assert "hunter2pass" not in text
