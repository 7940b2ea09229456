"""The catalog: names as people and providers write them, prices, overrides."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

import pytest

from lumina_jupyter.errors import InvalidSetting
from lumina_jupyter.events import Usage
from lumina_jupyter.gateway.catalog import Catalog, ModelInfo
from lumina_jupyter.gateway.defaults import DEFAULT_CHAT, DEFAULT_EMBEDDING
from lumina_jupyter.gateway.price_map import read_price_map
from lumina_jupyter.gateway.providers.specs import PROVIDERS
from lumina_jupyter.settings import Lumina


def catalog(**models: Mapping[str, object]) -> Catalog:
    return Catalog(Lumina(models={name.replace("__", "/"): entry for name, entry in models.items()}))


OWN = {"input_price": 2e-6, "output_price": 10e-6, "cached_input_price": 0.5e-6, "cache_write_price": 3e-6}


def test_every_default_model_is_in_the_catalog_and_does_what_it_is_for() -> None:
    known = catalog()
    for provider, name in DEFAULT_CHAT.items():
        info = known.get(f"{provider}/{name}")
        assert info is not None, (provider, name)
        assert info.mode == "chat"
        assert info in known.models(provider), f"{info.id} is retired"
    for provider, name in DEFAULT_EMBEDDING.items():
        info = known.get(f"{provider}/{name}")
        assert info is not None, (provider, name)
        assert info.mode == "embedding"


def test_models_carry_their_capabilities() -> None:
    info = catalog().get("openai/gpt-5-mini")
    assert info is not None
    assert (info.provider, info.name, info.mode, info.source) == ("openai", "gpt-5-mini", "chat", "catalog")
    assert info.context is not None
    assert info.context > 100_000
    assert (info.tools, info.vision, info.reasoning, info.json_schema) == (True, True, True, True)
    assert info.input_price is not None
    assert info.cached_input_price is not None
    assert info.cached_input_price < info.input_price


def test_models_that_answer_only_by_the_responses_api_say_so() -> None:
    info = catalog().get("openai/gpt-5.2-pro")
    assert info is not None
    assert info.mode == "responses"


def test_retired_models_are_priced_but_no_longer_offered() -> None:
    entries = read_price_map()
    retired = [entry.info for entry in entries.values() if entry.retired_on and entry.retired_on < "2026-01-01"]
    assert retired
    known = catalog()
    offered = {info.id for info in known.models()}
    assert not offered & {info.id for info in retired}
    assert all(known.get(info.id) == info for info in retired)


def test_names_have_no_regions_image_sizes_or_bought_capacity() -> None:
    for info in catalog().models():
        assert not info.name.startswith(("eu/", "us/", "global/", "*/")), info.id
        assert "commitment" not in info.name, info.id
        assert info.provider in PROVIDERS, info.id


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("openai/gpt-5-mini-2031-01-02", "openai/gpt-5-mini"),
        ("openai/GPT-5-Mini", "openai/gpt-5-mini"),
        ("openai/ft:gpt-4o-2024-08-06:acme:mine:abc123", "openai/ft:gpt-4o-2024-08-06"),
        ("anthropic/claude-sonnet-5-5-20311231", "anthropic/claude-sonnet-5-5"),
        ("gemini/models/gemini-2.5-flash", "gemini/gemini-2.5-flash"),
        ("bedrock/jp.meta.llama3-1-8b-instruct-v1:0", "bedrock/meta.llama3-1-8b-instruct-v1:0"),
    ],
)
def test_versions_of_a_model_cost_what_the_model_costs(written: str, meant: str) -> None:
    known = catalog()
    usage = Usage(input_tokens=1000, output_tokens=100)
    cost = known.cost(written, usage)
    assert cost is not None
    assert cost == known.cost(meant, usage)
    info = known.get(written)
    assert info is not None
    assert info.id == written


def test_a_free_variant_at_openrouter_is_not_priced_as_the_paid_one() -> None:
    known = catalog()
    known.add([ModelInfo(id="openrouter/a/b", provider="openrouter", name="a/b", input_price=1e-6, output_price=1e-6)])
    assert known.cost("openrouter/a/b", Usage(10, 10)) == pytest.approx(2e-5)
    assert known.cost("openrouter/a/b:free", Usage(10, 10)) is None


def test_cached_and_written_tokens_have_prices_of_their_own() -> None:
    known = catalog(lab__m=OWN)
    usage = Usage(input_tokens=1000, output_tokens=100, cached_input_tokens=600, cache_write_tokens=100)
    assert known.cost("lab/m", usage) == pytest.approx(300 * 2e-6 + 600 * 0.5e-6 + 100 * 3e-6 + 100 * 10e-6)


def test_cached_tokens_without_a_price_cost_as_much_as_others() -> None:
    known = catalog(lab__m={"input_price": 2e-6, "output_price": 0})
    assert known.cost("lab/m", Usage(1000, 100, cached_input_tokens=600)) == pytest.approx(2e-3)


def test_long_inputs_cost_the_price_of_long_inputs() -> None:
    known = catalog()
    info = known.get("gemini/gemini-2.5-pro")
    assert info is not None
    assert info.input_price is not None
    assert known.cost(info.id, Usage(100_000, 0)) == pytest.approx(100_000 * info.input_price)
    dearer = known.cost(info.id, Usage(300_000, 0))
    assert dearer is not None
    assert dearer > 1.5 * 300_000 * info.input_price


def test_a_set_price_holds_for_long_inputs_too() -> None:
    known = Catalog(Lumina(models={"gemini/gemini-2.5-pro": OWN}))
    assert known.cost("gemini/gemini-2.5-pro", Usage(300_000, 0)) == pytest.approx(0.6)


def test_an_unknown_price_is_never_zero() -> None:
    known = catalog(lab__known={"context": 10}, lab__half={"input_price": 1e-6})
    usage = Usage(10, 10)
    assert known.cost("openai/never-heard-of", usage) is None
    assert known.cost("nowhere/model", usage) is None
    assert known.cost("lab/known", usage) is None
    assert known.cost("lab/half", usage) is None, "a call with output cannot be priced without the output's price"
    assert known.cost("lab/half", Usage(10, 0)) == pytest.approx(1e-5)
    for info in known.models():
        if info.provider != "ollama" and not info.input_price and not info.output_price:
            assert known.cost(info.id, usage) is None, f"{info.id} would be free"


def test_local_models_are_free_unless_somebody_prices_them() -> None:
    known = catalog(ollama__dear={"input_price": 1e-6, "output_price": 1e-6})
    assert known.cost("embedded/whatever", Usage(10, 10)) == 0.0
    assert known.cost("ollama/never-listed", Usage(10, 10)) == 0.0
    assert known.cost("ollama/dear", Usage(10, 10)) == pytest.approx(2e-5)


def test_what_is_found_completes_and_corrects_the_map() -> None:
    known = catalog()
    before = known.get("openai/gpt-5-mini")
    assert before is not None
    known.add([ModelInfo(id=before.id, provider="openai", name=before.name, context=7, source="openai")])
    after = known.get(before.id)
    assert after is not None
    assert (after.context, after.tools, after.input_price) == (7, before.tools, before.input_price)
    known.refresh()
    assert known.get(before.id) == before


def test_settings_add_and_override_models() -> None:
    known = Catalog(Lumina(models={"openai/gpt-5-mini": {"context": 5}, "lab/mine": {"tools": True, **OWN}}))
    info, mine = known.get("openai/gpt-5-mini"), known.get("lab/mine")
    assert info is not None
    assert mine is not None
    assert (info.context, info.source) == (5, "settings")
    assert info.input_price is not None
    assert mine.tools is True
    assert mine in known.models("lab")


@pytest.mark.parametrize(
    ("model", "entry", "said"),
    [
        ("gpt-5", {}, "provider/name"),
        ("lab/m", {"contxt": 5}, "contxt"),
        ("lab/m", {"context": "8k"}, "'context'] must be a whole number"),
        ("lab/m", {"context": 0}, "above 0"),
        ("lab/m", {"context": True}, "above 0"),
        ("lab/m", {"tools": "yes"}, "True or False"),
        ("lab/m", {"input_price": -1}, "per token"),
        ("lab/m", {"input_price": 2.5}, "not per million"),
        ("lab/m", {"input_price": float("nan")}, "per token"),
        ("lab/m", {"mode": "image"}, "one of"),
    ],
)
def test_a_wrong_setting_names_its_field(model: str, entry: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        Catalog(Lumina(models={model: entry}))
    assert said in str(caught.value)
    assert model in str(caught.value)


def test_reading_the_map_does_not_import_litellm() -> None:
    code = (
        "import sys; from lumina_jupyter.gateway import Catalog; from lumina_jupyter.settings import Lumina\n"
        "assert Catalog(Lumina()).get('openai/gpt-5-mini'); sys.exit('litellm' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
