"""A question that names a command becomes one in words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from difflib import get_close_matches

from ..context import NotebookView
from ..errors import InvalidOption, LuminaError, UnknownName
from ..gateway.requests import TextPart
from ..memory import Question
from .command import Command, CommandInfo
from .registry import command, command_names, split_command
from .target import Target, split_cell, target_of

CHARACTERS_PER_TOKEN = 3
"""Of code, at least."""
ANSWER_TOKENS = 600
"""Tokens of an embedded model's answer beyond those of the code that it gives back."""


def command_in(question: Question) -> tuple[str, str]:
    """The command that a question names, empty when it names none, and the command's argument."""
    name, argument = split_command(question.text)
    if question.command and question.command != name:
        return question.command, question.text.strip()
    return name, argument


class Assist:
    """Words the questions that name a command.

    Args:
        default_model: Which model answers when a question names none.
        notebook_view: A notebook by its path, for questions that come without a view of it.
    """

    def __init__(
        self,
        default_model: Callable[[], Awaitable[str]],
        notebook_view: Callable[[str], Awaitable[NotebookView | None]],
    ) -> None:
        self._default_model = default_model
        self._notebook_view = notebook_view

    async def expand(self, question: Question) -> Question:
        """The question in words, its pictures and all else as they were; unchanged when it names no command.

        Raises:
            InvalidOption: when there is no command of that name, or it lacks its argument.
            UnknownName: when there is nothing that the command could be about.
        """
        name, argument = command_in(question)
        if not name:
            return question
        chosen = _command(name)
        cell, argument = split_cell(argument)
        view = question.view
        if view is None and question.notebook:
            view = await self._notebook_view(question.notebook)
        target = _target(chosen.info, cell, argument, view)
        words = chosen.prompt(argument, target)
        pictures = tuple(part for part in question.prompt if not isinstance(part, TextPart))
        expanded = replace(question, prompt=(TextPart(words), *pictures), command=name)
        return await self._measured(expanded, target)

    async def _measured(self, question: Question, target: Target) -> Question:
        """For a small model: no guessing, and an end to an answer that has lost its way."""
        if not await self._is_embedded(question.model):
            return question
        tokens = ANSWER_TOKENS + len(target.source) // CHARACTERS_PER_TOKEN
        return replace(
            question,
            temperature=0.0 if question.temperature is None else question.temperature,
            max_tokens=question.max_tokens or tokens,
        )

    async def _is_embedded(self, model: str) -> bool:
        try:
            return (model or await self._default_model()).startswith("embedded/")
        except LuminaError:
            return False  # nothing can answer: the gateway will say so


def _command(name: str) -> Command:
    found = command(name)
    if found is None:
        close = get_close_matches(name, command_names(), n=1)
        hint = f"Did you mean /{close[0]}?" if close else f"There are: /{', /'.join(command_names())}."
        raise InvalidOption(f"There is no command /{name}.", hint=hint)
    return found


def _target(info: CommandInfo, cell: str, argument: str, view: NotebookView | None) -> Target:
    if info.required and not argument:
        raise InvalidOption(
            f"/{info.name} needs to be told what to do.",
            hint=f"Write it behind the command: /{info.name} {info.argument}",
        )
    failed = info.about == "error"
    found = None
    if view is not None:
        found = target_of(view, cell, failed=failed) or (target_of(view, cell) if argument else None)
    if found is None and cell:
        raise UnknownName(f"There is no cell {cell}, or it is empty.", hint="Cells are counted from 1.")
    if failed and not argument and (found is None or not found.failure):
        raise UnknownName(
            "No cell shows an error that could be mended.",
            hint=f"Run the cell that fails, or say behind /{info.name} what is wrong.",
        )
    if found is None:
        raise UnknownName(
            f"There is no cell that /{info.name} could mean.",
            hint=f"Choose a cell that is not empty, or name one: /{info.name} @cell:#1",
        )
    return found
