"""What a face asks: one turn of a notebook's conversation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from ..context.kernel.summary import VariableSummary
from ..context.view import NotebookView
from ..gateway.requests import ImagePart, JsonSchema, TextPart, new_request_id

Right = Literal["read", "write", "execute", "network"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question.

    `context` is shown to the model before the prompt and is not part of what people read later.
    `kernel_id` lets a server find the notebook under its present name. With `history` off the
    question sees no earlier turns and is not kept for later ones.

    `conversation` names the conversation to go on with, else it is the notebook's current one.
    `parent` is the turn that this one follows: None for the last one asked, "" for none, so that
    conversations can branch. `command` is a slash command's name, without the slash, that gives the
    prompt its meaning. `persona` names who answers; empty for Lumina itself. `look` says what is gathered for the model: only what the prompt mentions with
    `@`, or also the notebook around `view.active_cell`. `variables` are those that a magic has looked at in
    its own process, `schemas` the same without values: which of the two a model sees is the policy's to say.

    `tools` says whether the model may call tools; None leaves it to the settings. `user`, `asked_by` and `rights` (what
    tools may do on the asker's behalf) are told by who takes the question in, whatever it says of them itself.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    prompt: tuple[TextPart | ImagePart, ...]
    context: tuple[TextPart | ImagePart, ...] = ()
    model: str = ""
    system: str | None = None
    schema: JsonSchema | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    history: bool = True
    notebook: str = ""
    kernel_id: str = ""
    conversation: str = ""
    parent: str | None = None
    command: str = ""
    persona: str = ""
    view: NotebookView | None = None
    look: Literal["mentions", "notebook"] = "mentions"
    variables: tuple[VariableSummary, ...] = ()
    schemas: tuple[VariableSummary, ...] = ()
    tools: bool | None = None
    user: str = ""
    asked_by: Literal["chat", "magic"] = "magic"
    rights: tuple[Right, ...] = ("read", "write", "execute", "network")
    request_id: str = field(default_factory=new_request_id)

    @property
    def text(self) -> str:
        """The prompt's text."""
        return "".join(part.text for part in self.prompt if isinstance(part, TextPart))
