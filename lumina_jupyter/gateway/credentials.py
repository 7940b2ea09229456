"""How each provider is reached: its address, its key, and what its dialect needs beside them.

Everything comes from the settings, the key store, and a snapshot of the environment that the engine
was given. Nothing here connects anywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from urllib.parse import urlsplit

from ..errors import (
    AuthenticationFailed,
    InvalidOption,
    InvalidSetting,
    KeyStoreFailed,
    LuminaError,
    PermissionRefused,
)
from ..settings import Lumina
from ..telemetry.redaction import register_secret
from .keys import KeyStore, checked_key
from .providers.base import Secret
from .providers.specs import PROVIDERS, ProviderSpec

ALIASES: Mapping[str, str] = {
    "amazon": "bedrock",
    "aws": "bedrock",
    "azure_openai": "azure",
    "claude": "anthropic",
    "github_models": "github",
    "google": "gemini",
    "grok": "xai",
    "local": "embedded",
    "mistralai": "mistral",
    "vertex_ai": "vertex",
    "vertexai": "vertex",
    "x-ai": "xai",
}
"""Other names that people and other tools use for providers."""

# What an adapter takes as `Target.options`, from the first of these variables that is set.
_OPTION_VARIABLES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "azure": {"api_version": ("AZURE_OPENAI_API_VERSION", "AZURE_API_VERSION", "OPENAI_API_VERSION")},
    "bedrock": {
        "aws_region_name": ("AWS_REGION_NAME", "AWS_REGION", "AWS_DEFAULT_REGION"),
        "aws_profile_name": ("AWS_PROFILE",),
    },
    "vertex": {
        "vertex_project": ("VERTEXAI_PROJECT", "GOOGLE_CLOUD_PROJECT"),
        "vertex_location": ("VERTEXAI_LOCATION", "GOOGLE_CLOUD_LOCATION"),
    },
}
_HEADER_VARIABLES: Mapping[str, Mapping[str, str]] = {
    "openai": {"OPENAI_ORG_ID": "OpenAI-Organization", "OPENAI_PROJECT_ID": "OpenAI-Project"},
}
_ENDPOINT_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How a provider is reached. With a `reason` it cannot be, and `hint` says what to do."""

    spec: ProviderSpec
    base_url: str = ""
    key: Secret | None = None
    key_source: str = ""
    """Where the key was found, for people."""
    headers: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    failure: type[LuminaError] | None = None
    reason: str = ""
    hint: str = ""

    @property
    def available(self) -> bool:
        """Whether a call can be tried."""
        return self.failure is None

    def require(self) -> None:
        """Nothing when the provider can be reached.

        Raises:
            LuminaError: the class that fits what is missing.
        """
        if self.failure is not None:
            raise self.failure(self.reason, hint=self.hint, provider=self.spec.name)


class Credentials:
    """Addresses and keys of all providers.

    Args:
        settings: The settings.
        keys: The store of keys; what it holds goes before the environment.
        environment: The variables that may hold keys and addresses.

    Raises:
        InvalidSetting: when endpoints, addresses or switched-off providers cannot be used as they are.
    """

    def __init__(self, settings: Lumina, keys: KeyStore, environment: Mapping[str, str]) -> None:
        self._settings = settings
        self._keys = keys
        self._environment = environment
        self.specs: dict[str, ProviderSpec] = {**PROVIDERS, **_endpoint_specs(settings)}
        for setting, names in (("provider_urls", settings.provider_urls), ("providers_off", settings.providers_off)):
            for name in names:
                if name not in self.specs:
                    raise InvalidSetting(
                        f"c.Lumina.{setting}: {self.unknown(name).message}", hint=self.unknown(name).hint
                    )

    def unknown(self, name: str) -> InvalidOption:
        """The error for a provider that does not exist, with the likeliest names."""
        near = (
            [ALIASES[name.lower()]]
            if name.lower() in ALIASES
            else get_close_matches(name.lower(), self.specs, n=3, cutoff=0.7)
        )
        meant = f"Did you mean {' or '.join(near)}? " if near else ""
        return InvalidOption(
            f"There is no provider {name!r}.",
            hint=f"{meant}`lumina providers` lists them; your own servers are added with c.Lumina.endpoints.",
        )

    def canonical(self, name: str) -> str | None:
        """The provider's own name for a name or alias, None when there is no such provider."""
        if name in self.specs:
            return name
        lowered = name.lower()
        return lowered if lowered in self.specs else ALIASES.get(lowered)

    def access(self, name: str) -> Access:
        """How the provider of that name is reached; reads the key store, so call it in a thread."""
        spec = self.specs[name]
        access = Access(
            spec=spec,
            base_url=self._base_url(spec),
            headers=self._headers(spec),
            options=self._options(spec),
        )
        if name in self._settings.providers_off:
            return _refused(
                access,
                PermissionRefused,
                f"{spec.title} is switched off in the settings.",
                "Take it out of c.Lumina.providers_off.",
            )
        if name == "embedded":
            return access
        return _complete(self._with_key(access))

    def _with_key(self, access: Access) -> Access:
        spec = access.spec
        unreadable: KeyStoreFailed | None = None
        try:
            key = self._keys.get(spec.name)
            if key is not None:
                return replace(access, key=key, key_source="key store")
        except KeyStoreFailed as error:
            unreadable = error
        try:
            key, source = self._key_in_environment(spec)
        except InvalidOption as error:
            return _refused(access, AuthenticationFailed, error.message, error.hint)
        if key is not None:
            return replace(access, key=key, key_source=source)
        if not spec.key_required or (spec.name == "bedrock" and access.options.get("aws_profile_name")):
            return access
        if unreadable is not None:
            return _refused(access, AuthenticationFailed, unreadable.message, unreadable.hint)
        return _refused(access, AuthenticationFailed, f"There is no key for {spec.title}.", _key_hint(spec))

    def _key_in_environment(self, spec: ProviderSpec) -> tuple[Secret | None, str]:
        for variable in spec.key_variables:
            value = self._environment.get(variable, "").strip()
            if not value:
                continue
            register_secret(value)
            try:
                # A path is what GOOGLE_APPLICATION_CREDENTIALS holds, and paths may have spaces.
                key = value if spec.name == "vertex" else checked_key(value)
            except InvalidOption as error:
                raise InvalidOption(f"{variable}: {error.message}", hint=error.hint) from None
            if variable == "AWS_ACCESS_KEY_ID":
                pair = self._aws_pair(key)
                if pair is None:
                    continue
                key = pair
            return Secret(key), variable
        return None, ""

    def _aws_pair(self, key_id: str) -> str | None:
        """An AWS key's two or three parts as one, as the adapter takes them."""
        secret = self._environment.get("AWS_SECRET_ACCESS_KEY", "").strip()
        if not secret:
            return None
        register_secret(secret)
        parts = {"aws_access_key_id": key_id, "aws_secret_access_key": secret}
        session = self._environment.get("AWS_SESSION_TOKEN", "").strip()
        if session:
            register_secret(session)
            parts["aws_session_token"] = session
        return json.dumps(parts)

    def _base_url(self, spec: ProviderSpec) -> str:
        url = self._settings.provider_urls.get(spec.name, "")
        if not url and spec.name == "ollama":
            host = self._environment.get("OLLAMA_HOST", "").strip() or self._settings.ollama_url
            url = f"{ollama_root(host)}/v1" if host else ""
        for variable in spec.base_url_variables:
            url = url or self._environment.get(variable, "").strip()
        return (url or spec.base_url).rstrip("/")

    def _headers(self, spec: ProviderSpec) -> dict[str, str]:
        found = {
            header: self._environment[variable]
            for variable, header in _HEADER_VARIABLES.get(spec.name, {}).items()
            if self._environment.get(variable)
        }
        return {**spec.headers, **found}

    def _options(self, spec: ProviderSpec) -> dict[str, str]:
        options: dict[str, str] = {}
        for option, variables in _OPTION_VARIABLES.get(spec.name, {}).items():
            value = next((self._environment[name] for name in variables if self._environment.get(name)), "")
            if value:
                options[option] = value
        return options


def ollama_root(host: str) -> str:
    """The address for what OLLAMA_HOST may hold: a host, a port, both, or a whole URL."""
    host = host.rstrip("/")
    if "://" not in host:
        host = f"http://{host}"
    parts = urlsplit(host)
    name, port = parts.hostname or "127.0.0.1", parts.port or (443 if parts.scheme == "https" else 11434)
    if name in {"0.0.0.0", "::"}:  # noqa: S104 - where it listens, which is not where it is called
        name = "127.0.0.1"
    if ":" in name:
        name = f"[{name}]"
    return f"{parts.scheme}://{name}:{port}{parts.path}"


def _endpoint_specs(settings: Lumina) -> dict[str, ProviderSpec]:
    specs: dict[str, ProviderSpec] = {}
    for name, endpoint in settings.endpoints.items():
        where = f"c.Lumina.endpoints[{name!r}]"
        if name in PROVIDERS:
            raise InvalidSetting(
                f"{where} has the name of a built-in provider.",
                hint=f"Choose another name, or use c.Lumina.provider_urls[{name!r}] to change where {PROVIDERS[name].title} is.",
            )
        if not _ENDPOINT_NAME.fullmatch(name):
            raise InvalidSetting(f"{where}: a name has lower-case letters, digits and . _ - only.")
        variable, headers = endpoint.get("key_variable", ""), endpoint.get("headers", {})
        if not isinstance(variable, str):
            raise InvalidSetting(f"{where}: `key_variable` must be the name of an environment variable.")
        if not isinstance(headers, dict) or not all(isinstance(item, str) for pair in headers.items() for item in pair):
            raise InvalidSetting(f"{where}: `headers` must be a dict of strings.")
        specs[name] = ProviderSpec(
            name=name,
            title=name,
            adapter="openai_compatible",
            base_url=endpoint["base_url"],
            key_variables=(variable,) if variable else (),
            key_required=bool(variable),
            headers=dict(headers),
        )
    return specs


def _complete(access: Access) -> Access:
    """The access, refused when it lacks what its provider cannot be called without."""
    spec = access.spec
    if not access.available:
        return access
    if spec.name == "vertex" and "vertex_project" not in access.options:
        project = _project_of(access.key)
        if not project:
            return _refused(
                access, AuthenticationFailed, "There is no Google Cloud project for Vertex AI.", "Set VERTEXAI_PROJECT."
            )
        return replace(access, options={**access.options, "vertex_project": project})
    if spec.adapter == "openai_compatible" and not access.base_url:
        if spec.name == "ollama":
            return _refused(
                access, PermissionRefused, "Ollama is not looked for.", "Set c.Lumina.ollama_url to its address."
            )
        return _refused(
            access,
            AuthenticationFailed,
            f"There is no address for {spec.title}.",
            f"Set {spec.base_url_variables[0]}, or c.Lumina.provider_urls[{spec.name!r}].",
        )
    return access


def _project_of(key: Secret | None) -> str:
    """The project that a service account's JSON names."""
    try:
        account = json.loads(key.reveal()) if key is not None else {}
    except ValueError:
        return ""
    return str(account.get("project_id", "")) if isinstance(account, dict) else ""


def _key_hint(spec: ProviderSpec) -> str:
    variables = f", or put it into {spec.key_variables[0]}" if spec.key_variables else ""
    return f"Set it with `lumina keys set {spec.name}`{variables}."


def _refused(access: Access, failure: type[LuminaError], reason: str, hint: str) -> Access:
    return replace(access, failure=failure, reason=reason, hint=hint)
