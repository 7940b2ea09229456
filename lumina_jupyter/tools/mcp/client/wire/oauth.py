"""Signing in to a server with OAuth, as the SDK does it; the tokens are kept where provider keys are kept."""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import Any, Protocol, TypeVar

from mcp.client.auth import OAuthClientProvider, TokenStorage
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from pydantic import AnyUrl, BaseModel, ValidationError

from .....errors import McpServerUnavailable
from .....gateway import KeyStore
from .....telemetry.redaction import register_secret
from ..config import OAuthConfig, ServerConfig

CLIENT_NAME = "Lumina for Jupyter"
NOWHERE = "http://127.0.0.1:33418/callback"
"""Where a sign-in would come back to, when none is under way."""


M = TypeVar("M", bound=BaseModel)


class SignIn(Protocol):
    """How a person is sent to a page to sign in, and how the answer comes back."""

    @property
    def redirect(self) -> str:
        """The address that the page sends the person back to."""
        ...

    async def open(self, url: str) -> None:
        """Show the page."""
        ...

    async def result(self) -> tuple[str, str | None, str | None]:
        """The code, the state and the issuer that came back."""
        ...


class NobodyThere:
    """For servers that are connected while nobody watches: whoever uses them has signed in before, or must now."""

    redirect = NOWHERE

    def __init__(self, server: str) -> None:
        self._server = server

    async def open(self, url: str) -> None:
        """Say what to do.

        Raises:
            McpServerUnavailable: always.
        """
        raise McpServerUnavailable(
            f"The MCP server {self._server} asks you to sign in.",
            hint=f"Run `lumina mcp login {self._server}` in a terminal.",
        )

    async def result(self) -> tuple[str, str | None, str | None]:
        """Nothing came back.

        Raises:
            McpServerUnavailable: always.
        """
        raise McpServerUnavailable(f"Nobody signed in to the MCP server {self._server}.")


def oauth(config: ServerConfig, keys: KeyStore, sign_in: SignIn) -> OAuthClientProvider:
    """What signs requests to a server, and signs in when it asks for that."""
    own = config.oauth or OAuthConfig()

    async def come_back() -> AuthorizationCodeResult:
        code, state, issuer = await sign_in.result()
        register_secret(code)
        return AuthorizationCodeResult(code=code, state=state, iss=issuer)

    return OAuthClientProvider(
        config.url,
        OAuthClientMetadata(redirect_uris=[AnyUrl(sign_in.redirect)], client_name=CLIENT_NAME, scope=own.scope or None),
        KeptTokens(config, keys, sign_in.redirect),
        redirect_handler=sign_in.open,
        callback_handler=come_back,
        client_metadata_url=own.client_metadata_url or None,
    )


class KeptTokens(TokenStorage):
    """One server's tokens, in the store of keys; those of another address are not taken for its."""

    def __init__(self, config: ServerConfig, keys: KeyStore, redirect: str) -> None:
        self._config = config
        self._keys = keys
        self._redirect = redirect
        self._entry = entry_of(config)

    async def get_tokens(self) -> OAuthToken | None:
        """The tokens of the last sign-in."""
        return _parsed(OAuthToken, (await self._read()).get("tokens"))

    async def set_tokens(self, tokens: OAuthToken) -> None:
        """Keep tokens."""
        for token in (tokens.access_token, tokens.refresh_token):
            register_secret(token or "")
        await self._write("tokens", tokens.model_dump(mode="json", exclude_none=True))

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        """Who we are to the server: as its entry says, or as it registered us."""
        own = self._config.oauth
        if own is not None and own.client_id:
            return OAuthClientInformationFull(
                client_id=own.client_id,
                client_secret=own.client_secret or None,
                redirect_uris=[AnyUrl(self._redirect)],
                token_endpoint_auth_method="client_secret_basic" if own.client_secret else "none",
            )
        return _parsed(OAuthClientInformationFull, (await self._read()).get("client"))

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        """Keep who we are to the server."""
        register_secret(client_info.client_secret or "")
        await self._write("client", client_info.model_dump(mode="json", exclude_none=True))

    async def _read(self) -> dict[str, Any]:
        kept = await asyncio.to_thread(self._keys.get, self._entry)
        if kept is None:
            return {}
        try:
            found = json.loads(kept.reveal())
        except ValueError:
            return {}
        if not isinstance(found, dict):
            return {}
        tokens = found.get("tokens")
        for name in ("access_token", "refresh_token"):
            register_secret(str(tokens.get(name) or "") if isinstance(tokens, dict) else "")
        return found

    async def _write(self, key: str, value: Any) -> None:
        kept = await self._read()
        kept[key] = value
        await asyncio.to_thread(self._keys.set, self._entry, json.dumps(kept))


def entry_of(config: ServerConfig) -> str:
    """The name under which a server's tokens are kept: by its address, which is whose they are."""
    return f"mcp.{hashlib.sha256(f'{config.name}|{config.url}'.encode()).hexdigest()[:24]}"


def _parsed(model: type[M], value: Any) -> M | None:
    if value is None:
        return None
    try:
        return model.model_validate(value)
    except ValidationError:
        return None
