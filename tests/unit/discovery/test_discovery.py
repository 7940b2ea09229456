"""Where a model's name leads, and what stands in the way."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from lumina_jupyter.errors import (
    AuthenticationFailed,
    ConnectionFailed,
    InvalidOption,
    InvalidSetting,
    LuminaError,
    ModelNotFound,
    NoModelAvailable,
    PermissionRefused,
)
from lumina_jupyter.gateway import listing
from lumina_jupyter.gateway.catalog import Catalog
from lumina_jupyter.gateway.credentials import ollama_root
from lumina_jupyter.gateway.discovery import Discovery
from lumina_jupyter.gateway.embedded.weights import KNOWN, Weights
from lumina_jupyter.gateway.keyring_backend import Keyring
from lumina_jupyter.gateway.keys import KeyStore
from lumina_jupyter.settings import Lumina

from .servers import DRIP, http, ollama, serving

OPENAI = {"OPENAI_API_KEY": "sk-open-0123456789abcdef"}
NOWHERE = "http://127.0.0.1:1"


def make(tmp_path: Path, environment: dict[str, str] | None = None, **settings: Any) -> Discovery:
    made = Lumina(**{"data_dir": str(tmp_path), "ollama_url": NOWHERE, **settings})
    return Discovery(
        made,
        keys=keys(tmp_path),
        catalog=Catalog(made),
        weights=Weights(made),
        environment=environment or {},
    )


def keys(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path, Keyring(lambda: None))


def with_embedded(tmp_path: Path, name: str = "smollm2-135m") -> None:
    """A file that has the name and the size of a model: enough to be found, not to be run."""
    path = tmp_path / "models" / KNOWN[name].file
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        file.truncate(KNOWN[name].bytes)


@pytest.fixture
def no_connections(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address that something tries to connect to."""
    tried: list[Any] = []

    def refuse(self: socket.socket, address: Any) -> None:
        tried.append(address)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    return tried


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "adapter", "target", "base_url"),
    [
        ("openai/gpt-5-mini", "openai_compatible", "openai/gpt-5-mini", "https://api.openai.com/v1"),
        ("gpt-5-mini", "openai_compatible", "openai/gpt-5-mini", "https://api.openai.com/v1"),
        (" GPT-5-Mini ", "openai_compatible", "openai/gpt-5-mini", "https://api.openai.com/v1"),
        ("openai/gpt-5.2-pro", "openai_responses", "openai/gpt-5.2-pro", "https://api.openai.com/v1"),
        ("openai/out-next-week", "openai_compatible", "openai/out-next-week", "https://api.openai.com/v1"),
        ("openai", "openai_compatible", "openai/gpt-5.4-mini", "https://api.openai.com/v1"),
        ("", "openai_compatible", "openai/gpt-5.4-mini", "https://api.openai.com/v1"),
        ("gpt-oss-120b", "openai_compatible", "groq/openai/gpt-oss-120b", "https://api.groq.com/openai/v1"),
        ("claude/claude-opus-5", "litellm", "anthropic/claude-opus-5", ""),
        ("perplexity/openai/gpt-5", "openai_responses", "perplexity/openai/gpt-5", "https://api.perplexity.ai/v1"),
        ("lab/some/model:7b", "openai_compatible", "lab/some/model:7b", "http://127.0.0.1:8000/v1"),
    ],
)
async def test_names_lead_to_an_adapter_and_an_address(
    tmp_path: Path, model: str, adapter: str, target: str, base_url: str
) -> None:
    found = make(
        tmp_path,
        {
            **OPENAI,
            "GROQ_API_KEY": "gsk_0123456789",
            "ANTHROPIC_API_KEY": "sk-ant-1234567890",
            "PERPLEXITY_API_KEY": "pplx-1234567890",
        },
        endpoints={"lab": {"base_url": "http://127.0.0.1:8000/v1/"}},
        default_model="openai" if not model else "",
    )
    resolved = await found.resolve(model)
    assert (resolved.adapter, resolved.target.model, resolved.target.base_url) == (adapter, target, base_url)


@pytest.mark.parametrize(
    ("model", "error", "said"),
    [
        ("gpt5-mini", ModelNotFound, "Did you mean openai/gpt-5-mini"),
        ("opnai/gpt-5", InvalidOption, "Did you mean openai?"),
        ("nonsense/zzz", InvalidOption, "no provider 'nonsense'"),
        ("anthropic/claude-opus-5", AuthenticationFailed, "lumina keys set anthropic"),
        ("claude-opus-5", AuthenticationFailed, "is a model of Anthropic"),
        ("openai/text-embedding-3-small", InvalidOption, "cannot chat"),
        ("text-embedding-3-small", InvalidOption, "cannot chat"),
        ("embedded", NoModelAvailable, "lumina pull"),
        ("embedded/smollm2-135m", ModelNotFound, "lumina pull smollm2-135m"),
        ("ollama/llama3", ConnectionFailed, "ollama serve"),
        ("azure/mine", AuthenticationFailed, "AZURE_OPENAI_API_KEY"),
        ("lab", ConnectionFailed, "endpoints['lab']"),
    ],
)
async def test_a_name_that_leads_nowhere_says_what_to_do(
    tmp_path: Path, model: str, error: type[LuminaError], said: str
) -> None:
    found = make(tmp_path, OPENAI, endpoints={"lab": {"base_url": f"{NOWHERE}/v1"}})
    with pytest.raises(error) as caught:
        await found.resolve(model)
    assert type(caught.value) is error
    assert said in str(caught.value)


async def test_a_name_that_several_have_is_not_guessed(tmp_path: Path) -> None:
    found = make(tmp_path, {**OPENAI, "AZURE_API_KEY": "0123456789ab", "AZURE_API_BASE": "https://me.openai.azure.com"})
    with pytest.raises(InvalidOption) as caught:
        await found.resolve("gpt-5-mini")
    assert "openai/gpt-5-mini" in caught.value.hint
    assert "azure/gpt-5-mini" in caught.value.hint


async def test_embeddings_have_models_of_their_own(tmp_path: Path) -> None:
    found = make(tmp_path, OPENAI)
    assert (await found.resolve("", embedding=True)).target.model == "openai/text-embedding-3-small"
    assert (await found.resolve("text-embedding-3-large", embedding=True)).target.name == "text-embedding-3-large"
    with pytest.raises(InvalidOption, match="no vectors"):
        await found.resolve("gpt-5-mini", embedding=True)


# --- the default ----------------------------------------------------------------------------------


async def test_the_default_is_the_settings_then_the_disk_then_a_key(tmp_path: Path) -> None:
    with pytest.raises(NoModelAvailable) as caught:
        await make(tmp_path).default_model()
    assert "lumina pull" in caught.value.hint
    assert await make(tmp_path, OPENAI).default_model() == "openai/gpt-5.4-mini"
    with_embedded(tmp_path)
    assert await make(tmp_path, OPENAI).default_model() == "embedded/smollm2-135m"
    assert (await make(tmp_path, OPENAI).resolve("")).adapter == "embedded"
    assert await make(tmp_path, OPENAI, default_model="openai/gpt-5").default_model() == "openai/gpt-5"
    assert await make(tmp_path, OPENAI, providers_off=["embedded"]).default_model() == "openai/gpt-5.4-mini"


async def test_with_nothing_else_a_local_server_answers(tmp_path: Path) -> None:
    async with serving(ollama("llama3.2:latest")) as server:
        found = make(tmp_path, ollama_url=server.url)
        with pytest.raises(NoModelAvailable):
            await found.default_model()
        assert server.requests == [], "the default model is told without connecting"
        assert (await found.resolve("")).target.model == "ollama/llama3.2:latest"


async def test_the_embedded_model_is_there_as_soon_as_its_file_is(tmp_path: Path) -> None:
    found = make(tmp_path)
    with pytest.raises(NoModelAvailable):
        await found.resolve("")
    with_embedded(tmp_path)
    assert (await found.resolve("")).target.model == "embedded/smollm2-135m"
    assert [info.id for info in await found.models()] == ["embedded/smollm2-135m"]


# --- keys and addresses ---------------------------------------------------------------------------


async def test_a_stored_key_goes_before_the_environment_and_is_seen_at_once(tmp_path: Path) -> None:
    found = make(tmp_path, OPENAI)
    first = (await found.resolve("openai/gpt-5")).target.key
    assert first is not None
    assert first.reveal() == OPENAI["OPENAI_API_KEY"]
    keys(tmp_path).set("openai", "sk-stored-by-another-process")
    second = (await found.resolve("openai/gpt-5")).target.key
    assert second is not None
    assert second.reveal() == "sk-stored-by-another-process"
    status = next(status for status in await found.providers() if status.name == "openai")
    assert status.key_source == "key store"
    keys(tmp_path).delete("openai")
    third = (await found.resolve("openai/gpt-5")).target.key
    assert third is not None
    assert third.reveal() == OPENAI["OPENAI_API_KEY"]


async def test_a_damaged_key_store_leaves_the_rest_working(tmp_path: Path) -> None:
    keys(tmp_path).set("anthropic", "sk-ant-0123456789")
    (tmp_path / "keys.enc").write_bytes(b"damaged")
    with_embedded(tmp_path)
    found = make(tmp_path, OPENAI)
    assert (await found.resolve("openai/gpt-5")).target.key is not None
    assert (await found.resolve("")).adapter == "embedded"
    with pytest.raises(AuthenticationFailed, match="cannot be decrypted"):
        await found.resolve("anthropic/claude-opus-5")


async def test_a_key_with_a_line_break_in_the_environment_is_named_not_shown(tmp_path: Path) -> None:
    found = make(tmp_path, {"OPENAI_API_KEY": "sk-two\nlines-0123456789"})
    with pytest.raises(AuthenticationFailed) as caught:
        await found.resolve("openai/gpt-5")
    assert "OPENAI_API_KEY" in str(caught.value)
    assert "0123456789" not in str(caught.value)
    fine = make(tmp_path, {"OPENAI_API_KEY": "sk-0123456789\n"})
    assert (await fine.resolve("openai/gpt-5")).target.key is not None


async def test_what_a_dialect_needs_goes_with_the_target(tmp_path: Path) -> None:
    found = make(
        tmp_path,
        {
            "AWS_ACCESS_KEY_ID": "AKIA0123456789ABCDEF",
            "AWS_SECRET_ACCESS_KEY": "secret-secret",
            "AWS_REGION": "eu-west-1",
            "AZURE_OPENAI_API_KEY": "0123456789ab",
            "AZURE_OPENAI_ENDPOINT": "https://me.openai.azure.com/",
            "AZURE_OPENAI_API_VERSION": "2025-04-01-preview",
            "VERTEXAI_CREDENTIALS": '{"project_id": "from-json"}',
            "OPENAI_API_KEY": "sk-0123456789",
            "OPENAI_ORG_ID": "org-1",
            "LAB_KEY": "lab-0123456789",
        },
        endpoints={"lab": {"base_url": "https://lab.test/v1", "key_variable": "LAB_KEY", "headers": {"X-Team": "a"}}},
        provider_urls={"openai": "https://proxy.test/openai/"},
    )
    bedrock = (await found.resolve("bedrock/amazon.nova-lite-v1:0")).target
    assert bedrock.options == {"aws_region_name": "eu-west-1"}
    assert bedrock.key is not None
    assert '"aws_secret_access_key": "secret-secret"' in bedrock.key.reveal()
    azure = (await found.resolve("azure/deployment")).target
    assert (azure.base_url, azure.options) == ("https://me.openai.azure.com", {"api_version": "2025-04-01-preview"})
    vertex = (await found.resolve("vertex/gemini-2.5-flash")).target
    assert vertex.options == {"vertex_project": "from-json"}
    openai = (await found.resolve("openai/gpt-5")).target
    assert (openai.base_url, openai.headers) == ("https://proxy.test/openai", {"OpenAI-Organization": "org-1"})
    lab = (await found.resolve("lab/m")).target
    assert lab.key is not None
    assert (lab.key.reveal(), lab.headers) == ("lab-0123456789", {"X-Team": "a"})
    for target in (bedrock, azure, vertex, openai, lab):
        assert "0123456789" not in repr(target)
        assert "secret-secret" not in repr(target)


async def test_a_provider_that_is_switched_off_is_never_used(tmp_path: Path) -> None:
    found = make(tmp_path, OPENAI, providers_off=["openai"])
    with pytest.raises(PermissionRefused, match="switched off"):
        await found.resolve("openai/gpt-5")
    assert not [info for info in await found.models() if info.provider == "openai"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"endpoints": {"openai": {"base_url": "http://x"}}}, "provider_urls['openai']"),
        ({"endpoints": {"My Lab": {"base_url": "http://x"}}}, "lower-case"),
        ({"endpoints": {"lab": {"base_url": "http://x", "headers": {"a": 1}}}}, "dict of strings"),
        ({"endpoints": {"lab": {"base_url": "http://x", "key_variable": 3}}}, "key_variable"),
        ({"provider_urls": {"opena": "http://x"}}, "Did you mean openai"),
        ({"providers_off": ["antropic"]}, "Did you mean anthropic"),
    ],
)
def test_settings_that_cannot_be_are_refused_at_the_start(tmp_path: Path, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        make(tmp_path, **settings)
    assert said in str(caught.value)


def test_keys_are_for_providers_that_exist(tmp_path: Path) -> None:
    found = make(tmp_path, endpoints={"lab": {"base_url": "http://x"}})
    found.check_provider("openai")
    found.check_provider("lab")
    with pytest.raises(InvalidOption, match="Did you mean gemini"):
        found.check_provider("google")
    with pytest.raises(InvalidOption, match="needs no key"):
        found.check_provider("embedded")


@pytest.mark.parametrize(
    ("host", "root"),
    [
        ("127.0.0.1", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:8080", "http://127.0.0.1:8080"),
        (":8080", "http://127.0.0.1:8080"),
        ("box.local:99", "http://box.local:99"),
        ("https://box.test/ollama/", "https://box.test:443/ollama"),
        ("[::1]:5", "http://[::1]:5"),
    ],
)
def test_ollama_host_in_all_its_spellings(host: str, root: str) -> None:
    assert ollama_root(host) == root


# --- servers --------------------------------------------------------------------------------------


async def test_nothing_connects_before_somebody_asks(tmp_path: Path, no_connections: list[Any]) -> None:
    with_embedded(tmp_path)
    found = make(
        tmp_path,
        {**OPENAI, "OPENROUTER_API_KEY": "sk-or-0123456789"},
        endpoints={"far": {"base_url": "http://192.0.2.1/v1"}},
        provider_urls={"openrouter": "http://192.0.2.2/v1"},
    )
    await found.default_model()
    await found.resolve("")
    await found.resolve("openai/gpt-5")
    await found.resolve("far/model")
    assert no_connections == []
    await found.providers()
    await found.models()
    assert {address[0] for address in no_connections} == {"127.0.0.1"}, "only this machine without a refresh"
    await found.refresh()
    no_connections.clear()
    await found.models()
    assert {address[0] for address in no_connections} == {"127.0.0.1", "192.0.2.1", "192.0.2.2"}
    no_connections.clear()
    await found.models()
    assert {address[0] for address in no_connections} == {"127.0.0.1"}, "one question elsewhere for each refresh"


async def test_ollama_models_with_what_they_can_do(tmp_path: Path) -> None:
    shown = {"capabilities": ["completion", "tools", "vision"], "model_info": {"llama.context_length": 131072}}
    embeds = {"capabilities": ["embedding"]}
    async with serving(
        ollama("llama3.2:latest", "nomic-embed:v1", "odd:1b", llama3_2=shown, nomic_embed=embeds)
    ) as server:
        found = make(tmp_path, {"OLLAMA_HOST": server.url})
        infos = {info.name: info for info in await found.models()}
        assert set(infos) == {"llama3.2:latest", "nomic-embed:v1", "odd:1b"}
        llama = infos["llama3.2:latest"]
        assert (llama.context, llama.tools, llama.vision, llama.input_price) == (131072, True, True, 0.0)
        assert infos["nomic-embed:v1"].mode == "embedding"
        assert (await found.resolve("llama3.2")).target.base_url == f"{server.url}/v1"
        assert (await found.resolve("ollama/llama3.2")).target.name == "llama3.2"
        with pytest.raises(ModelNotFound) as caught:
            await found.resolve("ollama/llama3.3")
        assert "ollama/llama3.2:latest" in caught.value.hint
        assert "ollama pull llama3.3" in caught.value.hint


async def test_a_model_pulled_later_is_found_without_a_restart(tmp_path: Path) -> None:
    names = ["a:latest"]

    def answer(path: str, body: bytes) -> bytes | None:
        return ollama(*names)(path, body)

    async with serving(answer) as server:
        found = make(tmp_path, ollama_url=server.url)
        assert [info.name for info in await found.models()] == ["a:latest"]
        names.append("b:latest")
        assert (await found.resolve("ollama/b")).target.name == "b"
        names.append("c:latest")
        await found.refresh()
        assert len(await found.models()) == 3


async def test_a_server_started_later_is_found_without_a_restart(tmp_path: Path) -> None:
    async with serving(lambda path, body: http({"data": [{"id": "m", "max_model_len": 4096}]})) as server:
        found = make(tmp_path, endpoints={"lab": {"base_url": f"{server.url}/v1"}})
        assert [(info.id, info.context) for info in await found.models()] == [("lab/m", 4096)]
        assert (await found.resolve("m")).target.model == "lab/m"
        assert (await found.resolve("lab")).target.model == "lab/m"


async def test_openrouter_tells_its_own_prices(tmp_path: Path) -> None:
    body = {
        "data": [
            {
                "id": "meta/llama:free",
                "context_length": 8192,
                "pricing": {"prompt": "0", "completion": "0"},
                "supported_parameters": ["tools", "structured_outputs"],
                "architecture": {"input_modalities": ["text", "image"]},
            },
            {"id": "auto", "pricing": {"prompt": "-1", "completion": "-1"}},
        ]
    }
    async with serving(lambda path, _: http(body)) as server:
        found = make(tmp_path, {"OPENROUTER_API_KEY": "sk-or-0123456789"}, provider_urls={"openrouter": server.url})
        infos = {info.name: info for info in await found.models()}
        free = infos["meta/llama:free"]
        assert (free.input_price, free.context, free.tools, free.vision, free.json_schema) == (
            0.0,
            8192,
            True,
            True,
            True,
        )
        assert infos["auto"].input_price is None
        assert any("Bearer sk-or-0123456789" in head for head in server.heads)


@pytest.mark.timeout(25)  # less than httpx alone would wait for a server that drips
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "did not answer within"),
        (DRIP, "did not answer within"),
        (http({"error": "no"}, "401 Unauthorized"), "status 401"),
        (http(b"<html>hello"), "not JSON"),
        (http({"models": "many"}), "not a list"),
        (http(b"[1, null, {}]"), ""),
        (b"garbage\r\n\r\n", "gave no list"),
        (b"", "gave no list"),
        (http({"object": "list", "data": [{"id": 5}, {"id": ""}, {"id": "ok", "context_length": "x"}]}), ""),
    ],
)
async def test_a_server_that_answers_badly_has_a_reason_and_hurts_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes | None, said: str
) -> None:
    monkeypatch.setattr(listing, "TOTAL_TIMEOUT", 0.3 if answer in {None, DRIP} else 20.0)
    async with serving(lambda path, body: answer) as server:
        found = make(tmp_path, OPENAI, endpoints={"lab": {"base_url": server.url}})
        statuses = {status.name: status for status in await found.providers()}
        assert statuses["openai"].available
        assert said in statuses["lab"].reason
        assert statuses["lab"].available is (not said)


async def test_a_hanging_ollama_does_not_hold_up_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "TOTAL_TIMEOUT", 0.3)
    async with (
        serving(lambda path, body: None) as silent,
        serving(lambda path, body: http({"data": [{"id": "m"}]})) as good,
    ):
        found = make(tmp_path, ollama_url=silent.url, endpoints={"lab": {"base_url": good.url}})
        assert [info.id for info in await found.models()] == ["lab/m"]
        with pytest.raises(ConnectionFailed, match="did not answer"):
            await found.resolve("ollama/m")
