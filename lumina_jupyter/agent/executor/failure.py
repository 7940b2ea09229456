"""How a step does not come to its end."""

from __future__ import annotations


class StepFailure(Exception):
    """A step has failed.

    Args:
        why: What went wrong: for the model that tries again, and for people.
        retry: Whether trying the same step once more can help.
        refused: Whether a person, or nobody in time, refused it: then it is not tried in another way either.
    """

    def __init__(self, why: str, *, retry: bool = True, refused: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.retry = retry
        self.refused = refused
