"""Which providers and models are here, and where a model's name leads.

Nothing connects anywhere when this is built, nor for the default model. Listing models or providers
asks servers on this machine; servers elsewhere are asked only after `refresh`, which a person wants.
What was found is kept until `refresh`, or until another process changes the stored keys.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from ..errors import AuthenticationFailed, ConnectionFailed, InvalidOption, ModelNotFound, NoModelAvailable
from ..settings import Lumina
from .catalog import Catalog
from .credentials import Access, Credentials
from .defaults import DEFAULT_CHAT, DEFAULT_EMBEDDING
from .embedded.weights import DEFAULT_PULL, Weight, Weights
from .keys import KeyStore
from .loopback import is_loopback
from .model_info import ModelInfo
from .providers.base import Target
from .providers.infill_models import is_known_to_fill_in
from .providers.specs import Adapter

if TYPE_CHECKING:
    from .listing import Listing

# Providers whose models the catalog does not have: they say themselves what they serve.
_LISTED_ONLY = frozenset({"github", "openrouter"})
# Where the Responses API is, when not beside chat completions.
_RESPONSES_PATH = {"perplexity": "/v1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderStatus:
    """Whether a provider can be used; if not, `reason` says why and `hint` what to do."""

    name: str
    title: str
    available: bool
    reason: str = ""
    hint: str = ""
    key_source: str = ""
    """Where its key is: `key store`, an environment variable's name, or empty."""
    base_url: str = ""
    local: bool = False
    """Whether it is on this machine, so that nothing sent to it leaves."""
    needs_key: bool = False
    key_variables: list[str] = field(default_factory=list)
    """The environment variables that may hold its key."""
    models: list[str] = field(default_factory=list)
    """Ids of the models that it is known to serve."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """Which adapter speaks to the model, and where it is."""

    adapter: Adapter
    target: Target


class Discovery:
    """Finds providers and models.

    Raises:
        InvalidSetting: when the settings name providers or endpoints that cannot be.
    """

    def __init__(
        self,
        settings: Lumina,
        *,
        keys: KeyStore,
        catalog: Catalog,
        weights: Weights,
        environment: Mapping[str, str],
    ) -> None:
        self._settings = settings
        self._keys = keys
        self._catalog = catalog
        self._weights = weights
        self._credentials = Credentials(settings, keys, environment)
        self._accesses: dict[str, Access] = {}
        self._listings: dict[str, Listing] = {}
        self._stamp: object = None
        self._ask_elsewhere = False
        self._lock = asyncio.Lock()

    async def refresh(self) -> None:
        """Forget what was found; the next question looks anew, also at servers on other machines."""
        async with self._lock:
            self._accesses = {}
            self._listings = {}
            self._catalog.refresh()
            self._ask_elsewhere = True

    def check_provider(self, name: str) -> None:
        """Nothing when there is a provider of that name that can have a key.

        Raises:
            InvalidOption: when there is none; the hint holds close matches.
        """
        if name == "embedded":
            raise InvalidOption("The embedded model needs no key.", hint="Just ask it: lumina chat -m embedded")
        if name not in self._credentials.specs:
            raise self._credentials.unknown(name)

    # --- lists -------------------------------------------------------------------------------------

    async def providers(self) -> list[ProviderStatus]:
        """Every provider, those that can be used first."""
        accesses = await self._all_accesses()
        await self._list_servers(accesses)
        installed = await asyncio.to_thread(self._weights.installed)
        statuses = [self._status(access, installed) for access in accesses.values()]
        return sorted(statuses, key=lambda status: not status.available)

    async def models(self) -> list[ModelInfo]:
        """The models that can answer now: on this machine first, then by provider."""
        accesses = await self._all_accesses()
        await self._list_servers(accesses)
        installed = await asyncio.to_thread(self._weights.installed)
        found = [self._embedded_info(weight) for weight in installed] if accesses["embedded"].available else []
        for name in ("ollama", *self._settings.endpoints, *accesses):
            if name != "embedded" and accesses[name].available and all(info.provider != name for info in found):
                found.extend(self._served(name))
        return found

    def _status(self, access: Access, installed: list[Weight]) -> ProviderStatus:
        name = access.spec.name
        reason, hint = access.reason, access.hint
        listing = self._listings.get(name)
        models: list[str] = []
        if name == "embedded":
            models = [f"embedded/{weight.name}" for weight in installed]
            if access.available and not models:
                reason, hint = "No embedded model is on this machine.", f"Fetch one with `lumina pull {DEFAULT_PULL}`."
        elif access.available:
            if listing is not None and not listing.reached:
                reason, hint = listing.reason, listing.hint
            else:
                models = [info.id for info in self._served(name)]
        return ProviderStatus(
            name=name,
            title=access.spec.title,
            available=not reason,
            reason=reason,
            hint=hint,
            key_source=access.key_source,
            base_url=access.base_url,
            local=name == "embedded" or is_loopback(access.base_url),
            needs_key=access.spec.key_required,
            key_variables=list(access.spec.key_variables),
            models=models,
        )

    def _served(self, provider: str) -> list[ModelInfo]:
        """The models of an available provider: as it lists them itself, else as the catalog has them."""
        listing = self._listings.get(provider)
        if self._is_server(provider) or provider in _LISTED_ONLY:
            listed = {info.id for info in listing.models} if listing is not None else set()
            return [info for info in self._catalog.models(provider) if info.id in listed or info.source == "settings"]
        return self._catalog.models(provider)

    # --- names -------------------------------------------------------------------------------------

    async def default_model(self, *, embedding: bool = False) -> str:
        """The id of the model that answers when none is named; connects nowhere.

        Raises:
            NoModelAvailable: when there is none.
        """
        if self._settings.default_model and not embedding:
            return self._settings.default_model
        accesses = await self._all_accesses()
        weight = await asyncio.to_thread(self._weights.default) if accesses["embedded"].available else None
        if weight is not None and not embedding:
            return f"embedded/{weight.name}"
        for provider, name in (DEFAULT_EMBEDDING if embedding else DEFAULT_CHAT).items():
            if accesses[provider].available:
                return f"{provider}/{name}"
        if weight is not None:
            return f"embedded/{weight.name}"
        for provider, listing in self._listings.items():
            mode = "embedding" if embedding else "chat"
            name = next((info.name for info in listing.models if info.mode == mode), "")
            if name:
                return f"{provider}/{name}"
        raise NoModelAvailable(
            "There is no model that could answer yet.",
            hint=f"Fetch the embedded model with `lumina pull {DEFAULT_PULL}`, or set a key with `lumina keys set PROVIDER`.",
        )

    async def default_model_of(self, provider: str) -> str:
        """The id of a chat model of that provider, for trying it out.

        Raises:
            LuminaError: when the provider cannot be used or has no model.
        """
        if provider not in self._credentials.specs:
            raise self._credentials.unknown(provider)
        access = await self._access(provider)
        access.require()
        if provider == "embedded":
            return f"embedded/{(await asyncio.to_thread(self._weights.require_default)).name}"
        if provider in DEFAULT_CHAT:
            return f"{provider}/{DEFAULT_CHAT[provider]}"
        listing = await self._listing(access, anew=True)
        if not listing.reached:
            raise ConnectionFailed(listing.reason, hint=listing.hint or None, provider=provider)
        for info in self._served(provider):
            if info.mode == "chat":
                return info.id
        raise ModelNotFound(
            f"{access.spec.title} lists no chat model.", hint="Name one with `lumina chat -m`.", provider=provider
        )

    async def resolve(self, model: str, *, embedding: bool = False) -> Resolved:
        """Where a model's name leads; an empty name means the default model.

        A name without its provider is fine as long as one provider alone has it. Names that the
        catalog does not know are passed on: providers bring out new models every week.

        Raises:
            ModelNotFound: when there is no such model; the hint holds close matches.
            AuthenticationFailed: when its provider has no key.
            NoModelAvailable: when none is named and there is none.
            InvalidOption: when the provider is unknown, the name fits several, or the model does something else.
        """
        model = model.strip()
        if not model:
            model = await self._default_or_listed(embedding=embedding)
        provider, name = await self._split(model, embedding=embedding)
        access = await self._access(provider)
        access.require()
        if provider == "embedded":
            weight = await asyncio.to_thread(
                self._weights.require if name else lambda _: self._weights.require_default(), name
            )
            return Resolved("embedded", self._target(access, weight.name))
        if provider == "ollama":
            name = await self._ollama_name(access, name)
        return self._resolved(access, name, embedding=embedding)

    async def infill_ability(self, model: str) -> tuple[str, bool]:
        """The full id of a model, and whether it can be asked to fill in the middle.

        Raises:
            LuminaError: as `resolve`.
        """
        resolved = await self.resolve(model)
        target = resolved.target
        if resolved.adapter == "embedded":
            weight = await asyncio.to_thread(self._weights.require, target.name)
            # A file of one's own may: only trying tells.
            return target.model, weight.fill_in_the_middle is not False
        info = self._catalog.get(target.model)
        says = info.fim if info is not None else None
        able = is_known_to_fill_in(target.provider, target.name) if says is None else says
        return target.model, able and resolved.adapter == "openai_compatible"

    def _resolved(self, access: Access, name: str, *, embedding: bool) -> Resolved:
        spec = access.spec
        info = self._catalog.get(f"{spec.name}/{name}")
        if info is not None and embedding != (info.mode == "embedding"):
            does = (
                "turns texts into vectors, it cannot chat" if info.mode == "embedding" else "chats, it gives no vectors"
            )
            raise InvalidOption(f"{info.id} {does}.", hint="`lumina models` says what each model does.")
        if info is not None and info.mode == "responses" and spec.adapter == "openai_compatible":
            return Resolved("openai_responses", self._target(access, name, _RESPONSES_PATH.get(spec.name, "")))
        return Resolved(spec.adapter, self._target(access, name))

    def _target(self, access: Access, name: str, path: str = "") -> Target:
        return Target(
            provider=access.spec.name,
            name=name,
            base_url=access.base_url + path,
            key=access.key,
            headers=access.headers,
            options=access.options,
            connect_timeout=self._settings.connect_timeout,
            stream_timeout=self._settings.stream_timeout,
        )

    async def _default_or_listed(self, *, embedding: bool) -> str:
        try:
            return await self.default_model(embedding=embedding)
        except NoModelAvailable:
            # Somebody asks: now the servers on this machine may be looked for.
            await self._list_servers(await self._all_accesses())
            return await self.default_model(embedding=embedding)

    async def _split(self, model: str, *, embedding: bool) -> tuple[str, str]:
        """Provider and name of a model as people write it."""
        await self._sync()
        head, slash, name = model.partition("/")
        provider = self._credentials.canonical(head)
        if provider is not None and (name or provider == "embedded"):
            return provider, name
        if provider is not None and not slash:
            return provider, (await self.default_model_of(provider)).partition("/")[2]
        if provider is None and model.endswith(".gguf"):
            return "embedded", model
        return await self._find(model, embedding=embedding)

    async def _find(self, name: str, *, embedding: bool) -> tuple[str, str]:
        """The one provider that has a model of that bare name."""
        modes = {"embedding"} if embedding else {"chat", "responses", "completion"}
        usable = await self.models()
        named = _named(name, usable)
        # With none of the right kind, the one of the wrong kind explains itself.
        found = [info for info in named if info.mode in modes] or named
        if len(found) == 1:
            return found[0].provider, found[0].name
        if found:
            ids = [info.id for info in found]
            raise InvalidOption(f"{name!r} is served by several providers.", hint=f"Say which: {', '.join(ids)}.")
        elsewhere = _named(name, self._catalog.models())
        if elsewhere:
            owners = {info.provider for info in elsewhere}
            refused = next(
                (access for access in self._accesses.values() if access.spec.name in owners and not access.available),
                None,
            )
            if refused is not None:
                raise AuthenticationFailed(
                    f"{name!r} is a model of {refused.spec.title}. {refused.reason}",
                    hint=refused.hint,
                    provider=refused.spec.name,
                )
        head, slash, _ = name.partition("/")
        if slash and not get_close_matches(name.lower(), [info.name.lower() for info in usable], n=1, cutoff=0.8):
            raise self._credentials.unknown(head)
        raise self._not_found(name, usable)

    def _not_found(self, name: str, usable: list[ModelInfo]) -> ModelNotFound:
        names = {spelling: info.id for info in usable for spelling in (info.name.lower(), info.id.lower())}
        near = [names[match] for match in get_close_matches(name.lower(), names, n=6, cutoff=0.5)]
        meant = f"Did you mean {' or '.join(list(dict.fromkeys(near))[:3])}? " if near else ""
        return ModelNotFound(f"There is no model {name!r}.", hint=f"{meant}`lumina models` lists what can answer now.")

    async def _ollama_name(self, access: Access, name: str) -> str:
        """The model's full name at Ollama, which knows `llama3.2` as `llama3.2:latest`."""
        listing = await self._listing(access)
        if listing.reached and not _has(listing, name):
            listing = await self._listing(access, anew=True)
        if not listing.reached:
            raise ConnectionFailed(listing.reason, hint=listing.hint or None, provider="ollama")
        if _has(listing, name):
            return name
        missing = self._not_found(f"ollama/{name}", list(listing.models))
        raise ModelNotFound(
            missing.message, hint=f"{missing.hint} Or fetch it with: ollama pull {name}", provider="ollama"
        )

    # --- what was found ----------------------------------------------------------------------------

    async def _sync(self) -> None:
        """Read catalog and keys when that has not been done, or when another process changed the keys."""
        stamp = self._keys.stamp()
        async with self._lock:
            if stamp != self._stamp:
                self._accesses, self._stamp = {}, stamp
            if not self._accesses:
                self._accesses = await asyncio.to_thread(self._read)
                installed = await asyncio.to_thread(self._weights.installed)
                self._catalog.add(self._embedded_info(weight) for weight in installed)

    def _read(self) -> dict[str, Access]:
        self._catalog.load()
        return {name: self._credentials.access(name) for name in self._credentials.specs}

    async def _all_accesses(self) -> dict[str, Access]:
        await self._sync()
        return self._accesses

    async def _access(self, provider: str) -> Access:
        return (await self._all_accesses())[provider]

    def _is_server(self, provider: str) -> bool:
        return provider == "ollama" or provider in self._settings.endpoints

    async def _list_servers(self, accesses: Mapping[str, Access]) -> None:
        """Ask the servers that have not answered yet, all at once."""
        asked = [
            access
            for name, access in accesses.items()
            if access.available
            and (self._is_server(name) or name in _LISTED_ONLY)
            and (self._ask_elsewhere or is_loopback(access.base_url))
        ]
        await asyncio.gather(*(self._listing(access) for access in asked))
        # One question elsewhere for each refresh: a server that is away is not called again and again.
        self._ask_elsewhere = False

    async def _listing(self, access: Access, *, anew: bool = False) -> Listing:
        """What a server says it has; one that did not answer is asked again each time."""
        name = access.spec.name
        known = self._listings.get(name)
        if known is not None and known.reached and not anew:
            return known
        list_models = await asyncio.to_thread(_import_list_models)
        listing = await list_models(access)
        self._listings[name] = listing
        self._catalog.add(listing.models)
        return listing

    def _embedded_info(self, weight: Weight) -> ModelInfo:
        trained = weight.known.context if weight.known is not None else self._settings.embedded_context
        return ModelInfo(
            id=f"embedded/{weight.name}",
            provider="embedded",
            name=weight.name,
            context=min(self._settings.embedded_context, trained),
            tools=True,
            vision=False,
            reasoning=False,
            json_schema=True,
            fim=weight.fill_in_the_middle,
            input_price=0.0,
            output_price=0.0,
            cached_input_price=0.0,
            source="disk",
        )


def _named(name: str, infos: list[ModelInfo]) -> list[ModelInfo]:
    """The models that go by that name without their provider."""
    name = name.lower()
    # Ollama's `llama3.2:latest` is llama3.2 to people.
    exact = [info for info in infos if name in {info.name.lower(), info.name.lower().removesuffix(":latest")}]
    # `openai/gpt-oss-20b` at Groq is gpt-oss-20b, when nobody has a model of just that name.
    return exact or [info for info in infos if name == info.name.lower().rpartition("/")[2]]


def _import_list_models() -> Callable[[Access], Awaitable[Listing]]:
    # It brings httpx along, which the server's start and a kernel's must not wait for.
    from .listing import list_models

    return list_models


def _has(listing: Listing, name: str) -> bool:
    return any(info.name in {name, f"{name}:latest"} for info in listing.models)
