"""`lumina lab` and `lumina serve` as real servers."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from .running import COMMAND, Home

TOKEN = "a-token-of-the-test"


@contextmanager
def started(home: Home, *arguments: str) -> Iterator[httpx.Client]:
    """A server that has said where it runs; ended with Ctrl-C's signal, to exit code 0."""
    process = subprocess.Popen(
        [*COMMAND, *arguments, "--port=0", "--allow-root", f"--IdentityProvider.token={TOKEN}"],
        env=home.environment,
        cwd=home.path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        lines: list[str] = []
        for line in process.stderr:
            lines.append(line)
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found:
                break
        else:
            raise AssertionError("".join(lines))
        with httpx.Client(base_url=found[0], headers={"Authorization": f"token {TOKEN}"}, timeout=60) as client:
            yield client
        process.send_signal(signal.SIGTERM)
        process.stderr.read()
        assert process.wait(30) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stderr.close()


def test_serve_has_the_gateway_and_no_lab(home: Home) -> None:
    home.extra["GROQ_API_KEY"] = "gsk_0123456789abcdef"
    with started(home, "serve") as http:
        assert http.get("/lumina/api/health").json()["default_model"] == "groq/openai/gpt-oss-120b"
        assert any(model["id"] == "groq/openai/gpt-oss-120b" for model in http.get("/lumina/v1/models").json()["data"])
        assert httpx.get(f"{str(http.base_url).rstrip('/')}/lumina/api/health").status_code == 403
        assert http.get("/lab").status_code == 404
        assert http.get("/api/terminals").status_code == 404


def test_lab_has_both_and_takes_jupyters_own_options(home: Home) -> None:
    with started(home, "lab", "--no-pull", "--no-browser", "--ServerApp.base_url=/below/") as http:
        assert http.get("/below/lumina/api/health").status_code == 200
        page = http.get("/below/lab")
        assert page.status_code == 200
        assert "lumina-jupyter" in page.text
