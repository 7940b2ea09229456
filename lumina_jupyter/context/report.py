"""What was shown to a model and what was not, for people to see."""

from __future__ import annotations

from dataclasses import dataclass

from ..gateway.requests import ImagePart, TextPart


@dataclass(frozen=True, slots=True)
class Included:
    """Something that the model sees; `tokens` are estimated. `shortened` when it does not see all of it."""

    kind: str
    label: str
    tokens: int
    shortened: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that the model does not see; `tokens` is what it would have taken, 0 where that is unknown."""

    kind: str
    label: str
    tokens: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextReport:
    """All that was considered. `tokens` of `budget` were used, both estimated."""

    included: tuple[Included, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    tokens: int = 0
    budget: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextPreview:
    """What goes before the prompt: the text, the number of images, and what is in them and what is left out."""

    text: str
    images: int
    report: ContextReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What goes before the prompt, and what it holds."""

    parts: tuple[TextPart | ImagePart, ...] = ()
    report: ContextReport = ContextReport()
    notice: str = ""
    """A sentence for who asked, when something that they mentioned is not shown."""

    @property
    def text(self) -> str:
        """The text of it."""
        return "".join(part.text for part in self.parts if isinstance(part, TextPart))

    @property
    def preview(self) -> ContextPreview:
        """The same for people to read."""
        images = sum(isinstance(part, ImagePart) for part in self.parts)
        return ContextPreview(text=self.text, images=images, report=self.report)
