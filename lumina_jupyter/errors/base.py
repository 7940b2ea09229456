"""What every error has, and all of them by their codes."""

from __future__ import annotations

from typing import ClassVar


class LuminaError(Exception):
    """The base of every error that Lumina raises on purpose.

    Args:
        message: What happened, one sentence.
        hint: What to do next; the class's own hint when omitted.
        advice: What beside that a model is told whose call it was, and people are not.
        provider: The model provider it concerns, where there is one.
        retry_after: Seconds after which the provider asked to be tried again.
    """

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False
    default_hint: ClassVar[str] = "Run `lumina doctor` to see what is wrong and how to mend it."

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        advice: str = "",
        provider: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = self.default_hint if hint is None else hint
        self.advice = advice
        self.provider = provider
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


def error_classes() -> dict[str, type[LuminaError]]:
    """Every error class by its code."""
    found: dict[str, type[LuminaError]] = {}
    pending: list[type[LuminaError]] = [LuminaError]
    while pending:
        cls = pending.pop()
        found[cls.code] = cls
        pending.extend(cls.__subclasses__())
    return found
