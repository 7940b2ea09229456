"""How much of everything a server may do: none of them is trusted to keep any measure by itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one server's connection; times in seconds, sizes in bytes."""

    start: float = 60.0
    """Until a server has started and said what it offers; the first start of one may fetch packages."""
    call: float = 120.0
    """For one call, unless the server's entry says otherwise."""
    message: int = 16_000_000
    """One message."""
    burst: int = 2_000
    """Messages in a burst."""
    rate: float = 200.0
    """Messages a second, beyond the burst."""
    garbage: int = 1_000
    """Lines that are no messages: some servers print what they do."""
    pages: int = 50
    """Pages of a list."""
    tools: int = 500
    """Tools of one server."""
    schema: int = 65_536
    """One tool's schema, as JSON."""
    rounds: int = 10
    """Rounds in which a call may ask for input before it answers."""
    questions: int = 20
    """Questions (elicitation, sampling) during one call."""
    restarts: int = 5
    """Starts that fail one after the other before the server is left alone until its entry changes or a person
    restarts it."""
    backoff: float = 1.0
    """Before the first restart; doubled each time."""
    backoff_most: float = 60.0
    stable: float = 60.0
    """How long a server has to run for its earlier failures to be forgotten."""
    end: float = 1.0
    """For a server to end by itself when its input ends, and again after it was asked to."""
