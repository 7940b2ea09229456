"""Talking to a model: a prompt, an answer, and so on, until Ctrl-D."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ..errors import LuminaError
from ..events import Event
from .answering import Options, events_of, show
from .conversation_files import export_to, notebook_of, print_conversations
from .conversing import OpenConversation
from .output import clean, print_error, say

if TYPE_CHECKING:
    from ..client import Client
    from ..memory import Conversation

_HELP = """\
/model [NAME]   show or change the model
/models         list the models
/conversations  list the conversations
/open N         go on with number N of that list
/rename TITLE   give this conversation another title
/export FILE    write it into a .md, .ipynb, .json or .chat file
/reset          begin a new conversation
/help           show this
/exit           leave (or Ctrl-D)
Ctrl-C stops an answer and keeps what came of it. A line that ends in \\ goes on in the next."""


class Repl:
    """One session.

    Args:
        client: What answers.
        options: What holds for every question; `/model` changes it.
        conversation: What to go on with; a conversation of the session's own when omitted.
    """

    def __init__(self, client: Client, options: Options, conversation: Conversation | None = None) -> None:
        self._client = client
        self._options = options
        self._own = _new_name()
        self._open = None if conversation is None else OpenConversation(client, conversation)
        self._listed: list[Conversation] = []
        self._commands: dict[str, Callable[[str], None]] = {
            "/model": self._model,
            "/models": self._models,
            "/conversations": self._conversations,
            "/open": self._open_number,
            "/rename": self._rename,
            "/export": self._export,
            "/reset": self._reset,
            "/help": lambda _: say(_HELP),
        }

    def run(self) -> None:
        """Talk until the user leaves."""
        # Arrow keys and history of this session; there is none on Windows, where the console has its own.
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401 - importing it is what gives `input` its line editing

        model = self._options.model or self._client.health().default_model
        say(f"{model or 'No model can answer yet: ' + self._client.health().hint}", bold=True)
        say("/help lists what you can do here.", dim=True)
        if self._open is not None:
            self._greet(self._open)
        while True:
            try:
                self._show_news()
                text = _read()
            except EOFError:
                say()
                return
            except KeyboardInterrupt:
                say()
                continue
            if text in {"/exit", "/quit"}:
                return
            try:
                self._obey(text)
            except KeyboardInterrupt:
                say("stopped", dim=True, err=True)
            except LuminaError as error:
                print_error(error.message, error.hint)

    def _obey(self, text: str) -> None:
        if not text:
            return
        if not text.startswith("/"):
            say(show(self._events(text)).summary(), dim=True)
            return
        name, _, argument = text.partition(" ")
        command = self._commands.get(name)
        if command is None:
            print_error(f"There is no command {name}.", "/help lists what there is.")
        else:
            command(argument.strip())

    def _events(self, text: str) -> Iterator[Event]:
        if self._open is not None:
            return self._open.ask(text, self._options.model)
        return events_of(self._client, text, self._options, notebook=self._own, history=True)

    def _show_news(self) -> None:
        if self._open is None:
            return
        try:
            self._open.show_news()
        except LuminaError as error:
            print_error(error.message, error.hint)

    def _greet(self, opened: OpenConversation) -> None:
        say(
            f"{notebook_of(opened.conversation)} · {clean(opened.conversation.title) or 'a new conversation'}",
            bold=True,
        )
        opened.show_recent()

    # --- commands ---------------------------------------------------------------------------------

    def _model(self, name: str) -> None:
        if name:
            self._options.model = name
            say(f"The next question goes to {name}.")
        else:
            say(self._options.model or self._client.health().default_model or "none")

    def _models(self, _: str) -> None:
        for info in self._client.models():
            if info.mode != "embedding":
                say(info.id)

    def _conversations(self, _: str) -> None:
        notebook = "" if self._open is None else self._open.conversation.notebook
        self._listed = self._client.conversations(notebook)
        if self._listed:
            print_conversations(self._listed, numbered=True, opened=self._id())
            say("/open N goes on with one of them.", dim=True)
        else:
            say("There is no conversation yet.")

    def _open_number(self, given: str) -> None:
        if not self._listed:
            self._conversations("")
        if not given.isdecimal() or not 1 <= int(given) <= len(self._listed):
            print_error(f"There is no conversation number {given or '?'}.", "/conversations lists them.")
            return
        chosen = self._listed[int(given) - 1]
        if self._options.only_own:
            say("--system, --max-tokens and --temperature do not hold in it.", dim=True, err=True)
        opened = OpenConversation(self._client, chosen)
        self._greet(opened)
        self._open = opened

    def _rename(self, title: str) -> None:
        if not title:
            print_error("The title is missing.", "/rename TITLE gives this conversation another one.")
        elif found := self._found():
            say(f"It is called “{clean(self._client.rename_conversation(found, title).title)}” now.")

    def _export(self, file: str) -> None:
        if not file:
            print_error("The file is missing.", "/export FILE writes into a .md, .ipynb, .json or .chat file.")
        elif found := self._found():
            say(f"{export_to(self._client, found, file)} holds this conversation.")

    def _reset(self, _: str) -> None:
        if self._open is None:
            self._own = _new_name()
        else:
            made = self._client.begin_conversation(self._open.conversation.notebook)
            self._open = OpenConversation(self._client, made)
        say("A new conversation begins.")

    def _found(self) -> str:
        """The conversation's id; empty, and a sentence, while nothing was said."""
        found = self._id()
        if not found:
            print_error("Nothing was said in this conversation yet.", "Ask something first.")
        return found

    def _id(self) -> str:
        if self._open is not None:
            return self._open.conversation.id
        return next((each.id for each in self._client.conversations(self._own)), "")


def _new_name() -> str:
    return f"terminal:{uuid.uuid4().hex}"


def _read() -> str:
    """A prompt of one line, or of several that end in a backslash."""
    lines = [input("> ")]
    while lines[-1].endswith("\\"):
        lines[-1] = lines[-1][:-1]
        lines.append(input("… "))
    return "\n".join(lines).strip()
