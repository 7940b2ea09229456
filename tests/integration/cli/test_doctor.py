"""The doctor on healthy and on sick homes."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from lumina_jupyter.doctor.versions import check_startup_files
from tests.replay.recording import recordings
from tests.replay.server import ReplayServer

from .running import Home

KEY = "sk-proj-Pp66Qq77Rr88Ss99Tt00"


def findings(home: Home, *, code: int) -> dict[str, dict[str, Any]]:
    """The doctor's findings by check; the worst when there are several."""
    report = home.json("doctor", "--offline", code=code)
    found: dict[str, dict[str, Any]] = {}
    for finding in report["findings"]:
        if found.get(finding["check"], {"status": "ok"})["status"] == "ok":
            found[finding["check"]] = finding
    assert report["ok"] is (code == 0)
    return found


def test_an_empty_home_needs_a_model_and_is_told_how(home: Home) -> None:
    found = findings(home, code=1)
    assert found["models"]["status"] == "problem"
    assert "lumina pull" in found["models"]["fix"]
    for check in ("python", "packages", "port", "proxy", "data folder", "notebook folder", "database", "keys"):
        assert found[check]["status"] == "ok", found[check]
    plain = home.run("doctor", "--offline")
    assert "→ lumina pull" in plain.stdout
    assert "\x1b" not in plain.stdout


def test_proxy_and_certificates_are_explained_without_passwords(home: Home) -> None:
    home.extra |= {
        "HTTPS_PROXY": "http://user:hunter2pass@proxy.test:3128",
        "NO_PROXY": "10.0.0.0/8",
        "SSL_CERT_FILE": "/nowhere.pem",
    }
    found = findings(home, code=1)
    assert "proxy.test:3128" in found["proxy"]["text"]
    assert "hunter2pass" not in str(found)
    assert found["certificates"]["status"] == "problem"
    assert "/nowhere.pem" in found["certificates"]["text"]


def test_a_bundle_that_httpx_does_not_read_is_a_warning(home: Home) -> None:
    home.extra["REQUESTS_CA_BUNDLE"] = "/etc/corp.pem"
    found = findings(home, code=1)
    assert found["certificates"]["status"] == "warning"
    assert found["certificates"]["fix"] == "export SSL_CERT_FILE=/etc/corp.pem"


def test_a_file_without_certificates_is_a_problem(home: Home) -> None:
    path = home.path / "empty.pem"
    path.write_text("no certificate")
    home.extra["SSL_CERT_FILE"] = str(path)
    assert "holds no certificates" in findings(home, code=1)["certificates"]["text"]


def test_a_proxy_that_is_none(home: Home) -> None:
    home.extra["HTTP_PROXY"] = "ftp://x"
    assert findings(home, code=1)["proxy"]["status"] == "problem"


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_an_open_data_folder_and_a_file_in_its_place(home: Home) -> None:
    home.data.mkdir(parents=True)
    home.data.chmod(0o755)
    home.configure(models_dir=str(home.path / "models"))
    assert "chmod 700" in str(findings(home, code=1)["data folder"]) or home.data.stat().st_mode & 0o077 == 0
    home.configure(data_dir=str(home.path / "file"))
    (home.path / "file").write_text("in the way")
    found = findings(home, code=1)
    assert found["data folder"]["status"] == "problem"
    assert found["database"]["status"] == "problem"


def test_settings_that_cannot_be_used_are_found(home: Home) -> None:
    home.configure(endpoints={"openai": {"base_url": "http://x"}})
    found = findings(home, code=1)
    assert "built-in provider" in found["settings"]["text"]


def test_a_damaged_key_file_is_found(home: Home) -> None:
    home.run("keys", "set", "openai", stdin=KEY)
    (home.data / "keys.enc").write_bytes(b"damaged")
    found = findings(home, code=1)
    assert found["keys"]["status"] == "problem"
    assert "lumina keys set" in found["keys"]["fix"]


def test_a_refused_endpoint_is_a_warning(home: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        home.configure(endpoints={"lab": {"base_url": f"http://127.0.0.1:{taken.getsockname()[1]}/v1"}})
        found = findings(home, code=1)
    assert found["lab"]["status"] == "warning"
    assert "Nothing answers" in found["lab"]["text"]


async def test_a_provider_that_answers_with_the_key_in_its_error(home: Home) -> None:
    import asyncio

    refused = next(item for item in recordings(provider="openai") if item.status == 401)
    async with ReplayServer(refused) as server:
        home.extra["OPENAI_API_KEY"] = KEY
        home.configure(provider_urls={"openai": f"{server.url}/v1"})
        found = await asyncio.to_thread(findings, home, code=1)
        assert server.requests
    assert found["openai"]["status"] == "problem"
    assert KEY not in str(found)
    assert "lumina keys set" in str(found["openai"])


def test_start_up_files_that_run_code_are_shown(tmp_path: Path) -> None:
    (tmp_path / "distutils-precedence.pth").write_text("import os")
    (tmp_path / "paths.pth").write_text("/some/folder\n# import comment\n")
    assert [finding.status for finding in check_startup_files([tmp_path, tmp_path / "gone"])] == ["ok"]
    (tmp_path / "zz_init.pth").write_text("/folder\nimport base64; exec(base64.b64decode('x'))")
    (found,) = check_startup_files([tmp_path])
    assert found.status == "warning"
    assert "zz_init.pth" in found.text
