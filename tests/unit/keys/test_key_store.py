"""Keys are kept, are never shown, and are not lost."""

from __future__ import annotations

import logging
import os
import pickle
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from lumina_jupyter.errors import InvalidOption, KeyStoreFailed
from lumina_jupyter.gateway.keyring_backend import Backend, Keyring, find_backend
from lumina_jupyter.gateway.keys import KeyStore

KEY = "sk-kept-Zy98Xw76Vu54Ts32Rq10"


class MemoryKeyring:
    """A keyring that works."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class BrokenKeyring(MemoryKeyring):
    """A keyring that names the key when it fails."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError(f"cannot keep {password}")


class ForgetfulKeyring(MemoryKeyring):
    """A keyring that cuts off what is too long for it."""

    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password[:10])


def none() -> Backend | None:
    return None


def store(folder: Path, backend: Backend | None = None) -> KeyStore:
    return KeyStore(folder / "data", Keyring(lambda: backend))


def test_a_key_is_kept_for_the_next_process_and_forgotten_on_demand(tmp_path: Path) -> None:
    store(tmp_path).set("openai", f"  {KEY}\n")
    again = store(tmp_path)
    found = again.get("openai")
    assert found is not None
    assert found.reveal() == KEY
    assert again.stored() == ["openai"]
    assert again.get("anthropic") is None
    assert again.delete("openai") is True
    assert again.delete("openai") is False
    assert again.get("openai") is None


def test_no_file_holds_the_key_and_none_is_open_to_others(tmp_path: Path) -> None:
    store(tmp_path).set("openai", KEY)
    folder = tmp_path / "data"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = list(folder.iterdir())
    assert files
    for path in files:
        assert KEY.encode() not in path.read_bytes()
        assert b"openai" not in path.read_bytes()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_a_key_cannot_be_shown_or_pickled(tmp_path: Path) -> None:
    kept = store(tmp_path)
    kept.set("openai", KEY)
    found = kept.get("openai")
    assert KEY not in f"{found} {found!r} {[found]} {vars(kept)}"
    with pytest.raises(TypeError):
        pickle.dumps(found)


@pytest.mark.parametrize(
    "bad", ["", " \n", "sk-1 2", "sk-1\n2", "sk-1\r\n2", "sk-\x00", "sk-…1234", "@file", "{broken", "k" * 20_000]
)
def test_what_cannot_be_a_key_is_refused_and_not_quoted(tmp_path: Path, bad: str) -> None:
    kept = store(tmp_path)
    with pytest.raises(InvalidOption) as caught:
        kept.set("openai", bad)
    if bad.strip():
        assert bad not in str(caught.value)
    assert kept.stored() == []


def test_a_service_accounts_json_is_a_key(tmp_path: Path) -> None:
    kept = store(tmp_path)
    kept.set("vertex", '{\n "project_id": "p",\n "private_key": "-----BEGIN\\nx"\n}\n')
    found = kept.get("vertex")
    assert found is not None
    assert found.reveal() == '{"project_id":"p","private_key":"-----BEGIN\\nx"}'


@pytest.mark.parametrize("name", ["", "Open AI", "../openai", "a/b", "x" * 65])
def test_a_providers_name_is_checked(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidOption):
        store(tmp_path).set(name, KEY)


def test_an_open_file_is_closed_to_others(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store(tmp_path).set("openai", KEY)
    path = tmp_path / "data" / "keys.enc"
    path.chmod(0o644)
    with caplog.at_level(logging.WARNING):
        assert store(tmp_path).get("openai") is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "could be read by others" in caplog.text


@pytest.mark.parametrize("damage", ["cut", "garbage", "empty", "key gone", "other key"])
def test_a_damaged_file_is_told_of_and_kept_aside_once_a_key_is_set(tmp_path: Path, damage: str) -> None:
    store(tmp_path).set("openai", KEY)
    path, key_path = tmp_path / "data" / "keys.enc", tmp_path / "data" / "keys.key"
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-5])
    elif damage == "garbage":
        path.write_bytes(b"\x00\xffgarbage")
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "key gone":
        key_path.unlink()
    else:
        key_path.write_bytes(b"A" * 43 + b"=")
    damaged = path.read_bytes()

    for ask in (lambda: store(tmp_path).get("openai"), lambda: store(tmp_path).stored()):
        with pytest.raises(KeyStoreFailed) as caught:
            ask()
        assert "lumina keys set" in caught.value.hint
    assert path.read_bytes() == damaged, "reading must not touch the file"

    store(tmp_path).set("groq", "gsk_new-key-0123456789")
    assert store(tmp_path).stored() == ["groq"]
    aside = [other for other in path.parent.iterdir() if ".damaged-" in other.name]
    assert [other.read_bytes() for other in aside] == [damaged]


def test_a_folder_that_cannot_be_made_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(KeyStoreFailed) as caught:
        store(tmp_path).set("openai", KEY)
    assert KEY not in str(caught.value)


def test_many_processes_that_write_at_once_lose_no_key(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from lumina_jupyter.gateway.keyring_backend import Keyring; from lumina_jupyter.gateway.keys import KeyStore\n"
        "store = KeyStore(Path(sys.argv[1]), Keyring(lambda: None))\n"
        "sys.stdin.readline()\n"
        "for n in range(5): store.set(f'p{sys.argv[2]}-{n}', f'key-{sys.argv[2]}-{n}')\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "data"), str(n)], stdin=subprocess.PIPE)
        for n in range(4)
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(b"go\n")
        writer.stdin.flush()
    assert [writer.wait(60) for writer in writers] == [0] * 4
    kept = store(tmp_path)
    assert kept.stored() == sorted(f"p{n}-{i}" for n in range(4) for i in range(5))
    found = kept.get("p3-4")
    assert found is not None
    assert found.reveal() == "key-3-4"


def test_a_crash_while_writing_leaves_the_old_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = store(tmp_path)
    kept.set("openai", KEY)

    def fails(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(Exception, match="disk is full"):
        kept.set("groq", "gsk_0123456789abcdef")
    monkeypatch.undo()
    assert store(tmp_path).stored() == ["openai"]
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["keys.enc", "keys.key", "keys.lock"]


def test_the_keyring_is_used_where_there_is_one(tmp_path: Path) -> None:
    keyring = MemoryKeyring()
    kept = store(tmp_path, keyring)
    kept.set("openai", KEY)
    before = kept.stamp()
    assert KEY in keyring.kept.values()
    found = store(tmp_path, keyring).get("openai")
    assert found is not None
    assert found.reveal() == KEY
    assert kept.stored() == ["openai"]
    kept.set("openai", KEY + "2")
    assert kept.stamp() != before, "other processes must see that the key changed"
    assert kept.delete("openai") is True
    assert keyring.kept == {}


@pytest.mark.parametrize("keyring", [BrokenKeyring(), ForgetfulKeyring()])
def test_a_keyring_that_does_not_keep_the_key_gives_way_to_the_file(
    tmp_path: Path, keyring: Backend, caplog: pytest.LogCaptureFixture
) -> None:
    kept = store(tmp_path, keyring)
    kept.set("openai", KEY)
    found = store(tmp_path).get("openai")
    assert found is not None
    assert found.reveal() == KEY
    assert KEY not in caplog.text


@pytest.mark.timeout(20)
def test_a_keyring_that_never_answers_is_given_up(tmp_path: Path) -> None:
    release = threading.Event()

    class Silent(MemoryKeyring):
        def get_password(self, service: str, username: str) -> str | None:
            release.wait()
            return None

    try:
        kept = KeyStore(tmp_path, Keyring(Silent, time_limit=0.05))
        kept.set("openai", KEY)
        assert kept.stored() == ["openai"]

        def never() -> Backend | None:
            release.wait()
            return None

        assert Keyring(never, time_limit=0.05).usable is False
    finally:
        release.set()


def test_a_locked_keyring_is_an_error_that_says_so(tmp_path: Path) -> None:
    store(tmp_path, MemoryKeyring()).set("openai", KEY)
    with pytest.raises(KeyStoreFailed, match="keyring"):
        store(tmp_path).get("openai")


@pytest.mark.parametrize(
    "backend",
    ["keyring.backends.fail.Keyring", "keyring.backends.null.Keyring", "keyring.backends.chainer.ChainerBackend"],
)
def test_backends_that_keep_nothing_are_not_used(backend: str) -> None:
    code = "from lumina_jupyter.gateway.keyring_backend import find_backend; print(find_backend())"
    environment = {**os.environ, "PYTHON_KEYRING_BACKEND": backend, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}
    ended = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert ended.stdout == "None\n"
    assert callable(find_backend)
