"""What went wrong while MLflow was told, for people: its client's own words name classes of Python and forget the cause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lumina_jupyter.errors import LuminaError

from .address import place_of, without_secrets

LONGEST = 1000
"""Characters of what the client says that are kept."""
REFUSALS = ("UNAUTHENTICATED", "PERMISSION_DENIED", "CUSTOMER_UNAUTHORIZED")
CREDENTIALS = (
    "Lumina takes the name and password from MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or a token from "
    "MLFLOW_TRACKING_TOKEN."
)


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong.

    Args:
        text: The same in sentences, without what is secret.
        for_all: Whether other experiments would fare the same at this server now.
    """

    text: str
    for_all: bool


def failure_of(error: Exception, uri: str) -> Failure:
    """What an error means that was raised while a server was told.

    Args:
        error: Of Lumina's, or whatever the client raised.
        uri: The server's address.
    """
    if isinstance(error, LuminaError):
        return Failure(f"{error.message} {error.hint}".strip(), for_all=False)
    cause = _cause(error, place_of(uri))
    what = cause or f"The server at {place_of(uri)} did not take it."
    said = " ".join(f"{type(error).__name__}: {error}".split())
    return Failure(without_secrets(f"{what} ({said[:LONGEST]})", uri), for_all=bool(cause))


def _cause(error: Exception, place: str) -> str:
    """The cause as a sentence, where it is the server or the way to it, and not what it was told."""
    from urllib3 import exceptions

    if getattr(error, "error_code", "") in REFUSALS:
        return f"The server at {place} does not let it in. {CREDENTIALS}"
    for each in _chain(error):
        # First of all: before version 2 it was a kind of timeout.
        if isinstance(each, exceptions.NewConnectionError):
            return f"No server can be reached at {place}."
        if isinstance(each, exceptions.ReadTimeoutError | exceptions.ConnectTimeoutError):
            return f"The server at {place} did not answer in time."
        if isinstance(each, exceptions.ResponseError):
            return f"The server at {place} answered with errors whenever it was asked."
        if isinstance(each, exceptions.SSLError):
            return f"No safe connection can be made with the server at {place}."
        if isinstance(each, exceptions.ProtocolError):
            return f"The server at {place} broke the connection."
    return ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and all that it was raised because of; urllib3's are arguments of those of requests."""
    while error is not None:
        yield error
        for inner in error.args:
            yield from filter(None, (inner, getattr(inner, "reason", None))) if isinstance(inner, Exception) else ()
        error = error.__cause__ or error.__context__
