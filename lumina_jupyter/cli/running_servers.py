"""The Jupyter server that a notebook or a conversation is open in, and the client that reaches it.

A terminal of JupyterLab knows its server from the environment. Elsewhere the servers of this user are found
where Jupyter writes them down (`jupyter server list` reads the same files). Where none answers, the engine runs in
this process, on the same database.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from ..errors import LuminaError, NotFound
from .output import clean, say

if TYPE_CHECKING:
    from ..client import Client
    from ..memory import Conversation

_ANY_HOST = {"", "*", "0.0.0.0", "::", "localhost"}  # noqa: S104 (compared with, never bound to)
SHORTEST_ID = 4
"""Characters of an id that stand for it, at least."""


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A Jupyter server of this user: its base URL, what opens it, and the folder that it shows."""

    url: str
    token: str
    root: str

    def name_of(self, path: str) -> str | None:
        """What a file is called on the server; None when it does not show it."""
        for file in (_absolute(path), os.path.realpath(path)):
            for root in (self.root, os.path.realpath(self.root)):
                if root and (name := _below(file, root)) is not None:
                    return name
        return None


def own_server() -> RunningServer | None:
    """The server that this terminal or kernel belongs to; None when it is not written down."""
    own = os.environ.get("LUMINA_URL")
    return next((server for server in running_servers() if own and _same(server.url, own)), None)


def client_for_notebook(path: str) -> tuple[Client, str]:
    """The client of the server that shows a notebook, or else of this process, and the notebook's name there.

    Raises:
        NotFound: when there is neither such a file nor a conversation about it.
    """
    client, name = _reach(path)
    is_notebook = name.endswith(".ipynb") and Path(path).is_file()
    if not is_notebook and (Path(path).is_dir() or not client.conversations(name)):
        raise NotFound(f"There is no notebook {path}.", hint="Name a notebook's file, as in `work/prices.ipynb`.")
    return client, name


def client_for_file(path: str) -> tuple[Client, str]:
    """The client of the server that shows a notebook, or else of this process, and what the notebook is called there.

    Unlike for a conversation, nothing is looked up: whether there is such a notebook is for the client to say.
    """
    from ..client import connect

    if os.environ.get("LUMINA_URL"):
        return _reach(path)
    for server in _nearest(path, running_servers()):
        name = server.name_of(path)
        if name is not None and (client := _connected(server)) is not None:
            return client, name
    return connect(), _absolute(path)


def client_for_conversation(given: str) -> tuple[Client, Conversation]:
    """The client of the server that has a conversation, or else of this process, and the conversation.

    Args:
        given: Its id, or the beginning of it when no other begins alike.

    Raises:
        NotFound: when none does, or several.
    """
    from ..client import connect

    if not os.environ.get("LUMINA_URL"):
        for server in _nearest(str(Path.cwd()), running_servers()):
            client = _connected(server)
            if client is None:
                continue
            try:
                return client, conversation_of(client, given)
            except NotFound:
                _leave()
    client = connect()
    return client, conversation_of(client, given)


def client_here() -> Client:
    """The client of the server that shows the working folder, or else of this process."""
    return _reach(str(Path.cwd()))[0]


def client_as_owner() -> Client:
    """The client of the nearest server, as the person whose server it is; or else of this process.

    A terminal of JupyterLab has the token of its kernels in its environment, which opens less than what is written
    down for this user alone.
    """
    from ..client import connect

    own = own_server()
    for server in [own] if own is not None else _nearest(str(Path.cwd()), running_servers()):
        if (client := _connected(server)) is not None:
            return client
    return connect()


def conversation_of(client: Client, given: str) -> Conversation:
    """The conversation of that id, or whose id begins so.

    Raises:
        NotFound: when there is none, or several.
    """
    known = client.conversations()
    wanted = given.removeprefix("conv_")
    found = [each for each in known if each.id == given]
    if not found and len(wanted) >= SHORTEST_ID:
        found = [each for each in known if each.id.removeprefix("conv_").startswith(wanted)]
    if len(found) == 1:
        return found[0]
    reason = "Several conversations' ids begin with" if found else "There is no conversation"
    raise NotFound(f"{reason} {given}.", hint="`lumina conversations list` shows them with their ids.")


def running_servers() -> list[RunningServer]:
    """The Jupyter servers of this user that are written down and whose process lives."""
    import psutil
    from jupyter_core.paths import jupyter_runtime_dir

    found = []
    for path in sorted(Path(jupyter_runtime_dir()).glob("jpserver-*.json")):
        try:
            info = json.loads(path.read_text())
            if psutil.pid_exists(int(info["pid"])):
                found.append(RunningServer(_url(info), str(info.get("token", "")), str(info.get("root_dir", ""))))
        except (OSError, ValueError, KeyError, TypeError):
            continue  # just being written, or of another kind of server
    return found


def _reach(path: str) -> tuple[Client, str]:
    from ..client import connect

    servers = running_servers()
    own = os.environ.get("LUMINA_URL")
    if own:
        here = [server for server in servers if _same(server.url, own)]
        names = [name for server in here if (name := server.name_of(path)) is not None]
        return connect(), names[0] if names else _plain(path)
    for server in _nearest(path, servers):
        name = server.name_of(path)
        if name is not None and (client := _connected(server)) is not None:
            return client, name
    client = connect()
    return client, _known(client, path)


def _connected(server: RunningServer) -> Client | None:
    """The client of a server; None, and a sentence, when it does not answer."""
    from ..client import connect

    client = connect({**os.environ, "LUMINA_URL": server.url, "LUMINA_TOKEN": server.token})
    try:
        client.health()
    except LuminaError as error:
        say(f"The Jupyter server at {server.url} is passed over: {clean(error.message)}", dim=True, err=True)
        _leave()
        return None
    return client


def _leave() -> None:
    from ..client import disconnect

    disconnect()


def _nearest(path: str, servers: list[RunningServer]) -> Iterator[RunningServer]:
    """The servers that show a path, those with the deepest folder first, and then the others."""
    yield from sorted(servers, key=lambda server: (server.name_of(path) is None, -len(server.root)))


def _known(client: Client, path: str) -> str:
    """A file's name where there is no server: kernels without one name notebooks from the root."""
    plain, full = _plain(path), _absolute(path)
    return full if not client.conversations(plain) and client.conversations(full) else plain


def _plain(path: str) -> str:
    """What a server would call a file that was started in the working folder."""
    name = _below(_absolute(path), str(Path.cwd()))
    return Path(path).as_posix().lstrip("/") if name is None else name


def _absolute(path: str) -> str:
    """From the root, with symbolic links left as they are: a server names what it shows by them."""
    return os.path.normpath(Path(path).absolute())


def _below(file: str, folder: str) -> str | None:
    try:
        name = Path(file).relative_to(folder).as_posix()
    except ValueError:
        return None
    return "" if name == "." else name


def _url(info: dict[str, Any]) -> str:
    path = info["base_url"]
    if info.get("sock"):
        return f"http+unix://{quote(info['sock'], safe='')}{path}"
    host = str(info.get("hostname", ""))
    host = "127.0.0.1" if host in _ANY_HOST else f"[{host}]" if ":" in host else host
    return f"{'https' if info.get('secure') else 'http'}://{host}:{int(info['port'])}{path}"


def _same(one: str, other: str) -> bool:
    """Whether two addresses on this machine are one server's."""
    first, second = urlsplit(one), urlsplit(other)
    if "http+unix" in (first.scheme, second.scheme):
        return first.netloc == second.netloc
    return (first.port, first.path.strip("/")) == (second.port, second.path.strip("/"))
