"""The body with which a turn is begun."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import ClassVar

from ..context import NotebookView
from ..errors import InvalidBody
from ..gateway.requests import ImagePart, TextPart, new_request_id
from ..memory import Question

_ID = re.compile(r"[\w.-]{1,40}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastedImage:
    """An image as base64. What it is is told by its bytes."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    data: str
    media_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTurn:
    """A question for a conversation.

    `request_id` becomes the turn's id: sent twice, it is one turn. `parent` is the turn that this one follows:
    null for the last one asked, empty for none. `view` is the notebook as it is on the asker's screen. `tools` says
    whether the model may call tools; null leaves it to the settings.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    text: str
    parent: str | None = None
    model: str = ""
    command: str = ""
    persona: str = ""
    images: tuple[PastedImage, ...] = ()
    view: NotebookView | None = None
    kernel_id: str = ""
    tools: bool | None = None
    request_id: str = field(default_factory=new_request_id)

    def question(self, conversation: str, notebook: str, user: str) -> Question:
        """The question that it asks.

        Raises:
            InvalidBody: when there is nothing to ask, or the id is none.
        """
        if not self.text.strip() and not self.images and not self.command:
            raise InvalidBody("There is no question.", field="text")
        if not _ID.fullmatch(self.request_id):
            raise InvalidBody("An id is 1 to 40 letters, digits, dots, dashes and underscores.", field="request_id")
        images = (ImagePart(media_type=image.media_type or "image/png", data=image.data) for image in self.images)
        return Question(
            prompt=(TextPart(self.text), *images),
            conversation=conversation,
            parent=self.parent,
            model=self.model,
            command=self.command,
            persona=self.persona,
            view=self.view,
            look="notebook",
            notebook=notebook,
            kernel_id=self.kernel_id,
            tools=self.tools,
            asked_by="chat",
            user=user,
            request_id=self.request_id,
        )
