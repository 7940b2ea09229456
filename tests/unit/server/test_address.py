"""Where a kernel finds the server."""

from __future__ import annotations

from pathlib import Path

import pytest
from jupyter_server.serverapp import ServerApp

from lumina_jupyter.server.address import kernel_url, kernel_variables


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({"ip": "localhost", "port": 8888}, "http://localhost:8888/"),
        ({"ip": "", "port": 8888}, "http://127.0.0.1:8888/"),
        ({"ip": "0.0.0.0", "port": 9}, "http://127.0.0.1:9/"),
        ({"ip": "*", "port": 9}, "http://127.0.0.1:9/"),
        ({"ip": "::", "port": 9}, "http://[::1]:9/"),
        ({"ip": "::1", "port": 9}, "http://[::1]:9/"),
        ({"ip": "192.0.2.7", "port": 9}, "http://192.0.2.7:9/"),
        ({"ip": "127.0.0.1", "port": 9, "base_url": "/user/ada"}, "http://127.0.0.1:9/user/ada/"),
        ({"ip": "127.0.0.1", "port": 9, "base_url": "/a b/"}, "http://127.0.0.1:9/a%20b/"),
        ({"ip": "127.0.0.1", "port": 9, "certfile": "c.pem"}, "https://127.0.0.1:9/"),
        ({"sock": "/run/jupyter.sock", "base_url": "/x/"}, "http+unix://%2Frun%2Fjupyter.sock/x/"),
    ],
)
def test_the_url(settings: dict[str, object], url: str) -> None:
    assert kernel_url(ServerApp(**settings)) == url


def test_a_certificate_is_named_by_its_whole_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    variables = kernel_variables(ServerApp(certfile="c.pem"), "t")
    assert variables["LUMINA_CERTIFICATE"] == str(tmp_path / "c.pem")
    assert "LUMINA_CERTIFICATE" not in kernel_variables(ServerApp(), "t")
