"""What lies around a sandbox in the tests: a home with keys, a folder with secrets, and listeners."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Surroundings:
    home: Path
    folder: Path
    environment: dict[str, str]
    private: list[Path]
    heard: list[str] = field(default_factory=list)
    """What reached a listener."""


def _file(path: Path, text: str = "SECRET") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o644)
    return path


@contextmanager
def surroundings(place: Path) -> Iterator[Surroundings]:
    """Make them in a folder. All is readable for everybody: only the sandbox stands before it."""
    home = place / "home"
    folder = home / "work"
    for key in (".ssh/id_ed25519", ".jupyter/jupyter_server_config.json", ".netrc", "dotfiles/aws/credentials"):
        _file(home / key)
    _file(home / ".local/share/jupyter/runtime/kernel-1.json")
    _file(home / "outside.txt")  # beside the folder, in a home that is not shown
    (home / ".aws").symlink_to(home / "dotfiles/aws")
    (home / "keys").symlink_to(home / ".ssh/id_ed25519")
    _file(folder / "data.csv", "a,b\n1,2\n")
    _file(folder / "project/.env")
    _file(folder / "repo/.git/config", '[remote "origin"]\nurl = https://me:SECRET@example.org/x.git\n')
    data = _file(folder / "lumina-data/lumina.db").parent
    private = _file(folder / "private.txt")
    outside = _file(place / "outside.txt")
    (folder / "link").symlink_to(outside)
    for path in (place, home, *home.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    abstract = f"lumina-test-{os.getpid()}-{id(place)}"
    environment = {
        "T_HOME": str(home),
        "T_FOLDER": str(folder),
        "T_OUTSIDE": str(outside),
        "T_RUNTIME": str(home / ".local/share/jupyter/runtime"),
        "T_ABSTRACT": abstract,
        "T_SERVER": str(os.getpid()),
    }
    made = Surroundings(home, folder, environment, [data, private])
    with ExitStack() as stack:
        environment["T_PORT"] = str(_listen(made, stack, socket.AF_INET, ("127.0.0.1", 0)))
        for family, address in (
            (socket.AF_UNIX, str(folder / "listener.sock")),
            (socket.AF_UNIX, "\0" + abstract),
        ):
            _listen(made, stack, family, address)
        _listen(made, stack, socket.AF_UNIX, str(folder / "datagrams.sock"), socket.SOCK_DGRAM)
        for name in ("listener.sock", "datagrams.sock"):
            (folder / name).chmod(0o777)
        yield made


def _listen(
    made: Surroundings,
    stack: ExitStack,
    family: socket.AddressFamily,
    address: object,
    kind: socket.SocketKind = socket.SOCK_STREAM,
) -> int:
    listener = stack.enter_context(socket.socket(family, kind))
    listener.bind(address)  # type: ignore[arg-type]  # what an address is depends on the family
    if kind == socket.SOCK_STREAM:
        listener.listen()

    def hear() -> None:
        while True:
            try:
                if kind == socket.SOCK_STREAM:
                    listener.accept()[0].close()
                else:
                    listener.recv(100)
            except OSError:
                return
            made.heard.append(str(address))

    thread = threading.Thread(target=hear, daemon=True)
    thread.start()
    # Closing alone does not wake who waits.
    stack.callback(listener.shutdown, socket.SHUT_RDWR) if kind == socket.SOCK_STREAM else None
    return int(listener.getsockname()[1]) if family == socket.AF_INET else 0
