"""The recorded traffic of real providers, as data."""

from __future__ import annotations

import base64
import functools
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .framing import as_amazon_event_stream, as_server_sent_events

FOLDER = Path(__file__).parent.parent / "recordings"


@dataclass(frozen=True)
class Recording:
    """One recorded HTTP interaction.

    `surface` is the API that answered (`chat/completions`, `responses`, `messages`, …), also for
    fixtures whose file names none. `body` is what goes over the wire: as recorded (compressed, in
    some), or framed as the provider frames it where the fixture holds bare JSON lines (`framed`).
    `request` is the request's JSON body where one was recorded, `path` where it went.
    """

    provider: str
    name: str
    surface: str
    model: str | None
    stream: bool
    status: int
    content_type: str
    retry_after: str | None
    body: bytes
    framed: bool
    path: str | None
    request: Any

    @property
    def id(self) -> str:
        """`provider/name`, the file's path without its ending."""
        return f"{self.provider}/{self.name}"

    def __repr__(self) -> str:
        return f"<Recording {self.id}>"

    @property
    def encoding(self) -> str | None:
        """The Content-Encoding that the body was sent with; the recorded headers do not tell."""
        return "gzip" if self.body.startswith(b"\x1f\x8b") else None

    @property
    def decoded(self) -> bytes:
        """The body, decompressed where need be."""
        return gzip.decompress(self.body) if self.encoding else self.body

    @property
    def text(self) -> str:
        """The body as text."""
        return self.decoded.decode()

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.decoded)


def recordings(
    *, provider: str | None = None, surface: str | None = None, stream: bool | None = None
) -> list[Recording]:
    """The recordings of a provider, a surface, or streamed or not; all of them by default."""
    return [
        found
        for found in _all()
        if provider in (None, found.provider) and surface in (None, found.surface) and stream in (None, found.stream)
    ]


def recording(id: str) -> Recording:
    """The recording of that `provider/name`."""
    return next(found for found in _all() if found.id == id)


@functools.cache
def _all() -> tuple[Recording, ...]:
    return tuple(_load())


def _load() -> Iterator[Recording]:
    for path in sorted(FOLDER.glob("*/*.json")):
        data = json.loads(path.read_text())
        response, request = data["response"], data["request"] or {}
        stored = response["body"]
        raw = base64.b64decode(stored["base64"]) if "base64" in stored else stored["text"].encode()
        surface = data["surface"] or _surface_of(data["provider"], raw, stream=data["stream"])
        framed = path.name.startswith("vercel__") and data["stream"]
        yield Recording(
            provider=data["provider"],
            name=path.name.removesuffix(".json"),
            surface=surface,
            model=data["model"],
            stream=data["stream"],
            status=response["status"],
            content_type=response["content_type"] or _content_type(surface, stream=data["stream"]),
            retry_after=response["retry_after"],
            body=_frame(surface, raw.decode()) if framed else raw,
            framed=framed,
            path=request.get("path"),
            request=_json_or_text(request.get("body")),
        )


def _surface_of(provider: str, raw: bytes, *, stream: bool) -> str:
    """The surface of a fixture that names none, told from its first line or its one object."""
    if provider == "anthropic":
        return "messages"
    if provider == "gemini":
        return "streamGenerateContent" if stream else "generateContent"
    if provider == "bedrock":
        return "converse-stream" if stream else "converse"
    text = raw.decode()
    first = text.split("\n")[0] if stream else text
    if provider == "cohere":
        return "embed" if '"embeddings"' in first else "/v2/chat"
    if '"choices"' in first:
        return "chat/completions"
    if '"response"' in first:
        return "responses"
    return "x"


def _content_type(surface: str, *, stream: bool) -> str:
    if not stream:
        return "application/json"
    return "application/vnd.amazon.eventstream" if surface == "converse-stream" else "text/event-stream"


def _frame(surface: str, text: str) -> bytes:
    if surface == "converse-stream":
        return as_amazon_event_stream(text)
    return as_server_sent_events(text, done=surface == "chat/completions")


def _json_or_text(body: Any) -> Any:
    if isinstance(body, dict) and set(body) <= {"text", "base64"}:
        body = body.get("text")
    if isinstance(body, str):
        try:
            return json.loads(body)
        except ValueError:
            return body
    return body
