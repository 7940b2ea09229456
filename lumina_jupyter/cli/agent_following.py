"""Following a run of the agent in a terminal: what happens, what it asks, and how it ended."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING

import click

from ..errors import LuminaError
from .output import clean, print_error, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..agent import RunView
    from ..agent.run_events import LoggedEvent
    from ..client import Client
    from ..client.run_story import RunStory
    from ..tools.permission import Scope

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}
_SUCCESS = ("done",)


class Following:
    """One run, as a terminal shows it.

    Args:
        client: Where the run is, with its user's rights.
        run: The run.
        approves: Whether its plan is approved without asking.
        quiet: Whether nothing is to be shown.
    """

    def __init__(self, client: Client, run: RunView, *, approves: bool = False, quiet: bool = False) -> None:
        from ..client.run_story import RunStory

        self._client = client
        self._approves = approves
        self._quiet = quiet
        self._asked: set[str] = set()
        self.story: RunStory = RunStory.of(run)

    def until_over(self) -> RunView:
        """Follow it to its end. Ctrl-C stops the run; a second one leaves it to itself.

        Raises:
            LuminaError: when nothing more can be heard of it; it may go on.
            KeyboardInterrupt: at the second Ctrl-C.
        """
        try:
            self._read()
        except KeyboardInterrupt:
            self._say("Stopping the run; Ctrl-C again leaves it to itself.", err=True)
            self._client.agents.stop(self.story.id)
            self._read()
        return self._client.agents.get(self.story.id)

    def until_planned(self) -> RunView:
        """Follow it until its plan is there, or it ended without one; the plan is left to be decided.

        Raises:
            LuminaError: when nothing more can be heard of it.
        """
        events: Iterator[LoggedEvent] = self._client.agents.follow(self.story.id)
        with closing(events):  # type: ignore[type-var]  # as below
            for logged in events:
                self._take(logged)
                if self.story.plan_waits:
                    self._say(f"`lumina runs approve {self.story.id}` has it done.", dim=True)
                    break
        return self._client.agents.get(self.story.id)

    def so_far(self) -> None:
        """Show what happened so far."""
        for logged in self._client.agents.events(self.story.id):
            self._take(logged)

    def _read(self) -> None:
        events: Iterator[LoggedEvent] = self._client.agents.follow(self.story.id, after=self.story.sequence)
        with closing(events):  # type: ignore[type-var]  # a client's stream is a generator; its protocol promises less
            for logged in events:
                self._take(logged)
                self._ask()

    def _take(self, logged: LoggedEvent) -> None:
        from ..client.run_lines import line_of

        self.story.take(logged)
        line = line_of(logged.event, self.story)
        if line:
            self._say(line)
        if logged.event is self.story.dry_run and self.story.dry_run is not None:
            self._show_dry_run()

    def _show_dry_run(self) -> None:
        from ..client.run_lines import estimate, permission

        made = self.story.dry_run
        for number, each in enumerate(made.steps if made is not None else (), start=1):
            step = self.story.steps.get(each.step)
            what = each.summary or (step.title if step is not None else each.step)
            self._say(f"  {number}. {what} ({permission(each)})")
            for line in each.diff.splitlines():
                self._say(f"       {line}", colour=_COLOURS.get(line[:1]))
        if made is not None:
            self._say(f"  {estimate(made)}", dim=True)

    # --- what it asks --------------------------------------------------------------------------------

    def _ask(self) -> None:
        story, agents = self.story, self._client.agents
        if story.plan_waits and self._first("plan"):
            if self._approves:
                self._do(lambda: agents.decide_plan(story.id, "approve"))
            elif self._can_ask:
                agreed = click.confirm("Approve the plan?", default=False, err=True)
                self._do(lambda: agents.decide_plan(story.id, "approve" if agreed else "refuse"))
            else:
                self._say(
                    f"The plan waits: `lumina runs approve {story.id}` or `lumina runs refuse {story.id}`.", err=True
                )
        for step in story.asking:
            if self._first(step.approval):
                self._ask_about(step.approval)
        if story.question and self._first(f"question {story.question}") and self._can_ask:
            said = click.prompt(clean(story.question), default="", show_default=False, err=True).strip()
            self._do(lambda: agents.reply(story.id, said) if said else agents.stop(story.id))

    def _ask_about(self, approval: str) -> None:
        if not self._can_ask:
            self._say(f"It waits: `lumina approvals grant {approval}` or `lumina approvals deny {approval}`.", err=True)
            return
        for each in self._client.approvals():
            if each.id == approval:
                shown = (each.preview.diff or each.preview.code if each.preview is not None else "") or each.arguments
                for line in shown.splitlines():
                    self._say(f"       {line}", colour=_COLOURS.get(line[:1]))
        said = click.prompt(
            "Allow it? yes, no, or all like it in this run", type=click.Choice(["y", "n", "a"]), err=True
        )
        scope: Scope | None = "run" if said == "a" else None
        self._do(lambda: self._client.decide_approval(approval, "deny" if said == "n" else "grant", scope))

    @property
    def _can_ask(self) -> bool:
        return not self._quiet and sys.stdin.isatty() and sys.stderr.isatty()

    def _first(self, what: str) -> bool:
        if what in self._asked:
            return False
        self._asked.add(what)
        return True

    def _do(self, act: Callable[[], object]) -> None:
        try:
            act()
        except LuminaError as error:
            # Somebody was faster, most of the time; the run's own events say what became of it.
            print_error(error.message, error.hint)

    def _say(self, text: str, *, err: bool = False, dim: bool = False, colour: str | None = None) -> None:
        if not self._quiet:
            say(clean(text), err=err, dim=dim, colour=colour)


def show_end(run: RunView) -> None:
    """The answer and the report."""
    from ..client.run_lines import report_lines

    report = run.report
    if report is None:
        return
    if report.answer.strip():
        say()
        say(clean_lines(report.answer))
        say()
    for line in report_lines(report):
        say(clean(line))
    say(f"`lumina runs undo {run.id}` takes it back.", dim=True)


def clean_lines(text: str) -> str:
    """Text of several lines without what a terminal would obey."""
    return "\n".join(map(clean, text.splitlines()))


def exit_code(run: RunView) -> int:
    """0 where the run did all that was asked, or goes on or has a plan that waits; else 1."""
    if run.report is not None:
        return 0 if run.report.outcome in _SUCCESS else 1
    return 0 if run.state in ("done", "waiting", "paused", "running", "undone") else 1
