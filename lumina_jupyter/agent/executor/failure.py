"""How a step does not come to its end."""

from __future__ import annotations


class StepFailure(Exception):
    """A step has failed.

    Args:
        why: What went wrong: for the model that tries again, and for people.
        retry: Whether trying the same step once more can help.
        refused: Whether a person, or nobody in time, refused it: then it is not tried in another way either.
        interrupted: Whether a person interrupted the kernel meanwhile: then it runs again only when a person says so.
    """

    def __init__(self, why: str, *, retry: bool = True, refused: bool = False, interrupted: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.retry = retry and not interrupted
        self.refused = refused
        self.interrupted = interrupted
