"""Where the litellm adapter sends the request for a recording, and Google credentials that loopback honours."""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from lumina_jupyter.gateway.providers.base import Secret, Target

from .recording import Recording

_MODELS = {
    "anthropic": "claude-sonnet-4-5",
    "gemini": "gemini-2.5-pro",
    "bedrock": "us.anthropic.claude-3-7-sonnet-20250219-v1:0",
}
"""For fixtures that do not say which model answered."""


def model_of(played: Recording) -> str:
    """The model that the recorded request went to."""
    if played.model:
        return played.model
    path = played.path or ""
    if "/model/" in path:
        return unquote(path.split("/model/")[1].rsplit("/", 1)[0])
    if "/models/" in path:
        return path.split("/models/")[1].split(":")[0]
    return _MODELS[played.provider]


def target_of(played: Recording, url: str, *, credentials: str = "") -> Target:
    """The target that makes the adapter expect what was recorded.

    Args:
        played: The recording.
        url: The replay server's.
        credentials: For Vertex, what `google_credentials` hands out.
    """
    options = {} if played.stream else {"stream": "false"}
    key = "AKIAEXAMPLEFORTESTS:secret-for-tests" if played.provider == "bedrock" else "secret-for-tests"
    if played.provider == "vertex":
        options["vertex_project"], key = "project", credentials
    if played.surface.startswith("invoke") and played.status == 200:
        options["bedrock_api"] = "invoke"
    return Target(provider=played.provider, name=model_of(played), base_url=url, key=Secret(key), options=options)


class _Tokens(BaseHTTPRequestHandler):
    """Google's token endpoint."""

    def do_POST(self) -> None:
        body = json.dumps({"access_token": "token-for-tests", "expires_in": 3600, "token_type": "Bearer"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def google_credentials() -> Iterator[str]:
    """A service account whose tokens come from this machine, as the JSON that Google hands out."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Tokens)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield json.dumps(
            {
                "type": "service_account",
                "project_id": "project",
                "private_key_id": "1",
                "private_key": _private_key(),
                "client_email": "someone@example.com",
                "client_id": "1",
                "token_uri": f"http://127.0.0.1:{server.server_port}/token",
            }
        )
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@functools.cache
def _private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem.decode()
