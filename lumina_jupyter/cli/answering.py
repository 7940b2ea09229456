"""Asking a question in a terminal and printing the answer while it comes."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from ..errors import LuminaError, error_classes
from ..events import Cost, Event, Failed, MessageFinished, MessageStarted, Notice, ReasoningDelta, TextDelta, Usage
from .output import clean, dollars, print_json, say, style

if TYPE_CHECKING:
    from ..client import Client


@dataclass(slots=True, kw_only=True)
class Options:
    """What holds for every question of a session; None and empty leave it to the settings."""

    model: str = ""
    system: str | None = None
    max_tokens: int | None = None
    temperature: float | None = None

    @property
    def only_own(self) -> bool:
        """Whether something is set that holds only outside of notebooks' conversations."""
        return self.system is not None or self.max_tokens is not None or self.temperature is not None


@dataclass(slots=True)
class Answer:
    """What has come of an answer."""

    text: str = ""
    model: str = ""
    usage: Usage | None = None
    cost: float | None = None
    finish: str = ""
    seconds: float = 0.0

    def add(self, event: Event) -> None:
        """Take an event in."""
        match event:
            case TextDelta():
                self.text += event.text
            case MessageStarted():
                self.model = event.model
            case Usage():
                self.usage = event
            case Cost():
                self.cost = event.usd
            case MessageFinished():
                self.finish = event.reason
            case _:
                pass

    def summary(self) -> str:
        """Model, tokens, cost and time, on one line."""
        parts = [self.model]
        if self.usage is not None:
            parts.append(f"{self.usage.input_tokens:,} → {self.usage.output_tokens:,} tokens")
            parts.append("price unknown" if self.cost is None else dollars(self.cost))
        parts.append(f"{self.seconds:.1f} s")
        if self.finish == "length":
            parts.append("cut off at --max-tokens")
        if self.finish == "cancelled":
            parts.append("stopped")
        return " · ".join(parts)


def events_of(
    client: Client, text: str, options: Options, *, notebook: str = "", history: bool = False
) -> Iterator[Event]:
    """The answer's events."""
    from ..gateway import TextPart
    from ..memory import Question

    question = Question(
        prompt=(TextPart(text),),
        model=options.model,
        system=options.system,
        max_tokens=options.max_tokens,
        temperature=options.temperature,
        history=history,
        notebook=notebook,
    )
    return client.ask(question)


def show(events: Iterator[Event], *, quiet: bool = False) -> Answer:
    """Print an answer while it comes, reasoning and notices on standard error.

    Raises:
        LuminaError: when it failed; what came before stands on the screen.
    """
    answer, began = Answer(), time.monotonic()
    printer = _Printer(quiet=quiet)
    try:
        with closing(events):  # type: ignore[type-var]  # a client's stream is a generator; its protocol promises less
            for event in events:
                if isinstance(event, Failed):
                    raise _error_of(event)
                answer.add(event)
                printer.print(event)
    finally:
        printer.end()
        answer.seconds = time.monotonic() - began
    return answer


def show_once(events: Iterator[Event], *, as_json: bool = False, **about: str) -> None:
    """Print the answer to the one question that was asked; `about` goes into the JSON.

    Raises:
        LuminaError: when there is no answer.
    """
    answer = show(events, quiet=as_json)
    if as_json:
        print_json({**_as_data(answer), **about})
    elif sys.stdout.isatty():
        say(answer.summary(), dim=True, err=True)


def _as_data(answer: Answer) -> dict[str, Any]:
    return {
        "text": answer.text,
        "model": answer.model,
        "usage": answer.usage,
        "usd": answer.cost,
        "finish": answer.finish,
        "seconds": round(answer.seconds, 3),
    }


def _error_of(event: Failed) -> LuminaError:
    made = error_classes().get(event.code, LuminaError)
    error = made.__new__(made)
    LuminaError.__init__(error, event.message, hint=event.hint, provider=event.provider)
    return error


class _Printer:
    """Writes pieces as they come and keeps track of whether the line is ended."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._line_open = False
        self._thinking = False

    def print(self, event: Event) -> None:
        """Show what an event says, if a person wants to see it."""
        if self._quiet:
            return
        if isinstance(event, TextDelta):
            if self._thinking:
                self._thinking = False
                click.echo("\n", err=True)
            self._write(clean(event.text))
        elif isinstance(event, ReasoningDelta) and sys.stderr.isatty() and event.text:
            self._thinking = True
            click.echo(style(clean(event.text), dim=True, err=True), nl=False, err=True)
        elif isinstance(event, Notice):
            self.end()
            say(clean(event.text), dim=True, err=True)

    def end(self) -> None:
        """End the line that is open."""
        if self._line_open:
            click.echo()
            self._line_open = False
        if self._thinking:
            self._thinking = False
            click.echo(err=True)

    def _write(self, text: str) -> None:
        if text:
            # Each piece at once, also into a pipe.
            click.echo(text, nl=False)
            sys.stdout.flush()
            self._line_open = not text.endswith("\n")
