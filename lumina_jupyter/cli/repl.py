"""Talking to a model: a prompt, an answer, and so on, until Ctrl-D."""

from __future__ import annotations

import contextlib
import uuid
from typing import TYPE_CHECKING

from ..errors import LuminaError
from .answering import Options, events_of, show
from .output import print_error, say

if TYPE_CHECKING:
    from ..client import Client

_HELP = """\
/model [NAME]  show or change the model
/models        list the models
/reset         begin a new conversation
/help          show this
/exit          leave (or Ctrl-D)
Ctrl-C stops an answer and keeps what came of it. A line that ends in \\ goes on in the next."""


class Repl:
    """One session, with a conversation of its own.

    Args:
        client: What answers.
        options: What holds for every question; `/model` changes it.
    """

    def __init__(self, client: Client, options: Options) -> None:
        self._client = client
        self._options = options
        self._conversation = _new_conversation()

    def run(self) -> None:
        """Talk until the user leaves."""
        # Arrow keys and history of this session; there is none on Windows, where the console has its own.
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401 - importing it is what gives `input` its line editing

        model = self._options.model or self._client.health().default_model
        say(f"{model or 'No model can answer yet: ' + self._client.health().hint}", bold=True)
        say("/help lists what you can do here.", dim=True)
        while True:
            try:
                text = _read()
            except EOFError:
                say()
                return
            except KeyboardInterrupt:
                say()
                continue
            if text in {"/exit", "/quit"}:
                return
            if text.startswith("/"):
                self._command(text)
            elif text:
                self._ask(text)

    def _ask(self, text: str) -> None:
        try:
            answer = show(events_of(self._client, text, self._options, notebook=self._conversation, history=True))
        except KeyboardInterrupt:
            say("stopped", dim=True, err=True)
        except LuminaError as error:
            print_error(error.message, error.hint)
        else:
            say(answer.summary(), dim=True)

    def _command(self, text: str) -> None:
        name, _, argument = text.partition(" ")
        argument = argument.strip()
        if name == "/model" and argument:
            self._options.model = argument
            say(f"The next question goes to {argument}.")
        elif name == "/model":
            say(self._options.model or self._client.health().default_model or "none")
        elif name == "/models":
            for info in self._client.models():
                if info.mode != "embedding":
                    say(info.id)
        elif name == "/reset":
            self._conversation = _new_conversation()
            say("A new conversation begins.")
        elif name == "/help":
            say(_HELP)
        else:
            print_error(f"There is no command {name}.", "/help lists what there is.")


def _new_conversation() -> str:
    return f"terminal:{uuid.uuid4().hex}"


def _read() -> str:
    """A prompt of one line, or of several that end in a backslash."""
    lines = [input("> ")]
    while lines[-1].endswith("\\"):
        lines[-1] = lines[-1][:-1]
        lines.append(input("… "))
    return "\n".join(lines).strip()
