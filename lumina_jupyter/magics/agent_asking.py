"""What a run asks the person in front of this process: about its plan, about calls, and in its own words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..errors import LuminaError
from .approving import YES, written
from .display_text import clean
from .output import markdown, sentence

if TYPE_CHECKING:
    from ..client.run_story import RunStory
    from .session import Session


class AgentAsking:
    """Asks where there is no server: this process is all there is, and nobody else could decide.

    Args:
        session: The magics' session.
        story: The run.
    """

    def __init__(self, session: Session, story: RunStory) -> None:
        self._session = session
        self._story = story
        self._asked: set[str] = set()

    def ask(self) -> None:
        """Ask what is to be asked now, each once."""
        story, agents = self._story, self._session.client.agents
        if story.plan_waits and self._first("plan"):
            agreed = self._input("Approve the plan? [y/N] ").lower() in YES
            self._tell(lambda: agents.decide_plan(story.id, "approve" if agreed else "refuse"))
        for step in story.asking:
            if self._first(step.approval):
                self._decide(step.approval)
        if story.question and self._first(f"question {story.question}"):
            said = self._input(f"{clean(story.question)} ")
            self._tell(lambda: agents.reply(story.id, said) if said else agents.stop(story.id))

    def _decide(self, approval_id: str) -> None:
        client = self._session.client
        found = next((each for each in client.approvals() if each.id == approval_id), None)
        if found is not None:
            self._session.output.show(written(found))
            agreed = self._input(f"Allow {clean(found.tool)} this once? [y/N] ").lower() in YES
            self._tell(lambda: client.decide_approval(approval_id, "grant" if agreed else "deny"))

    def _input(self, prompt: str) -> str:
        try:
            return input(prompt).strip()
        except (EOFError, NotImplementedError, RuntimeError):
            return ""  # nobody can be asked here (nbclient, a script): then nobody has agreed

    def _first(self, what: str) -> bool:
        if what in self._asked:
            return False
        self._asked.add(what)
        return True

    def _tell(self, act: Callable[[], object]) -> None:
        try:
            act()
        except LuminaError as error:
            self._session.output.show(markdown(sentence(str(error)), str(error)))
