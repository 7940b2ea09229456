"""Questions to a persona: by the field, or by `@name` as the first word."""

from __future__ import annotations

import re
from dataclasses import replace

from ...errors import UnknownName
from ...gateway import TextPart
from ...memory.question import Question
from .library import Personas
from .persona import Persona

_ADDRESS = re.compile(r"\s*@([a-z][a-z0-9_-]{0,39})(?=[\s,:])[\s,:]*", re.ASCII)


async def addressed(question: Question, personas: Personas) -> Question:
    """The question as its persona is asked it: its prompt, its model where none is named; else as it was.

    A first word `@name` that is no persona's name is left as it is: it can be a variable's.

    Raises:
        UnknownName: when the field names nobody.
    """
    if question.persona:
        return as_asked(question, await personas.get(question.persona))
    first = question.prompt[0] if question.prompt else None
    match = _ADDRESS.match(first.text) if isinstance(first, TextPart) else None
    if match is None or not isinstance(first, TextPart):
        return question
    try:
        persona = await personas.get(match[1])
    except UnknownName:
        return question
    rest = TextPart(first.text[match.end() :])
    return as_asked(replace(question, prompt=(rest, *question.prompt[1:])), persona)


def as_asked(question: Question, persona: Persona) -> Question:
    """The question to a persona."""
    return replace(
        question,
        persona=persona.name,
        system=persona.prompt if question.system is None else f"{persona.prompt}\n\n{question.system}",
        model=question.model or persona.model,
    )
