"""A run of the agent in a cell's output: one short display that is updated in place, and the result below it.

A front end renders every update of a display anew, and never leaves one out. So what is updated stays short (a line for
each of the last steps), and the longer a run lasts, the less often it is: the cost of a run stays that of a few hundred
short displays, however many events it has.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ..client.run_lines import dry_run_lines, estimate, line_of, permission, report_lines, took
from ..client.run_story import RunStory, StepStory
from .output import MimeBundle, Output, escaped, markdown
from .views import Slot

if TYPE_CHECKING:
    from ..agent.report import Report
    from ..agent.run_events import DryRunMade, LoggedEvent

ROWS = 16
"""Steps that are shown at most; of earlier ones only how many there are."""
NOTE = 160
"""Characters of a step's note."""
DIFF_LINES = 30
FASTEST = 0.25
"""Seconds between two updates at least."""
SLOWEST = 5.0
SLOWER_EVERY = 60
"""Updates after which twice the time passes between two."""
_MARKS = {
    "due": "○",
    "running": "●",
    "asking": "◆",
    "done": "✓",
    "failed": "✗",
    "skipped": "-",
    "refused": "✗",
    "stopped": "■",
    "undone": "↺",
}


class Timeline:
    """Shows a run where a display can be updated.

    Args:
        output: The cell's.
        story: The run's.
        decide: How a person decides here about approvals and plans, as Markdown.
    """

    def __init__(self, output: Output, story: RunStory, decide: str) -> None:
        self._output = output
        self._story = story
        self._decide = decide
        self._slot = Slot(output)
        self._began = time.monotonic()
        self._shown = ""
        self._shown_at = 0.0
        self._updates = 0
        self._dry_run: DryRunMade | None = None
        self._over = False

    def take(self, _event: LoggedEvent) -> None:
        """An event is in the story; show it when that is due."""
        made = self._story.dry_run
        if self._story.plan_waits and made is not None and made is not self._dry_run:
            self._dry_run = made
            self.show()
            self._output.show(_plan(made, self._story))
        self.tick()

    def tick(self) -> None:
        """Update the display, not too often."""
        pause = min(SLOWEST, FASTEST * 2 ** (self._updates // SLOWER_EVERY))
        if time.monotonic() - self._shown_at >= pause:
            self.show()

    def show(self) -> None:
        """Update the display now, if it would be another."""
        text = self._text()
        if text == self._shown:
            return
        self._slot.put(markdown(text, plain(self._story)))
        self._shown, self._shown_at = text, time.monotonic()
        self._updates += 1

    def close(self) -> None:
        """The run is over: show the last of it, and its result."""
        self.show()
        if self._story.report is not None and not self._over:
            self._over = True
            show_report(self._output, self._story.report, self._story.id)

    def _text(self) -> str:
        story = self._story
        lines = [_head(story), "", *_rows(list(story.steps.values()))]
        if story.question:
            lines += ["", f"**It asks:** {escaped(story.question)} {self._decide}"]
        for step in story.asking:
            what = escaped(_cut(step.note or step.title).rstrip("."))
            lines += ["", f"**Waits for your approval** `{step.approval}`: {what}. {self._decide}"]
        if story.plan_waits:
            lines += ["", f"**The plan waits for your approval** (`{story.id}`). {self._decide}"]
        if story.why and story.ended:
            lines += ["", escaped(story.why)]
        return "\n".join(lines)


class Lines:
    """Shows a run where what was printed stays: a terminal.

    Args:
        output: The terminal's.
        story: The run's.
    """

    def __init__(self, output: Output, story: RunStory) -> None:
        self._output = output
        self._story = story

    def take(self, logged: LoggedEvent) -> None:
        """Print what the event says."""
        line = line_of(logged.event, self._story)
        if line:
            self._output.show(markdown(line))
        if self._story.dry_run is logged.event and self._story.dry_run is not None:
            self._output.show(markdown("\n".join(dry_run_lines(self._story.dry_run, self._story))))

    def tick(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Print the report."""
        if self._story.report is not None:
            show_report(self._output, self._story.report, self._story.id)


def show_report(output: Output, report: Report, run_id: str) -> None:
    """The answer, and what was done on what evidence."""
    if report.answer.strip():
        output.show(markdown(report.answer))
    lines = [f"**{report.outcome.capitalize()}.** {escaped(report.summary)}", ""]
    lines += [f"- {escaped(each)}" for each in report.done]
    lines += [f"- *left:* {escaped(each)}" for each in report.left]
    for each in report.evidence:
        cell = f" (cell `{escaped(each.cell)}`)" if each.cell else ""
        lines.append(f"- *evidence:* {escaped(each.claim)}{cell}")
    lines += [f"- *an undo does not bring back:* {escaped(each)}" for each in report.not_covered]
    back = f"`%lumina undo {run_id}` takes it back"
    lines += ["", f"<small>{escaped(took(report))} · {back}</small>"]
    output.show(markdown("\n".join(lines), "\n".join([*report_lines(report), f"%lumina undo {run_id} takes it back"])))


def plain(story: RunStory) -> str:
    """The timeline as plain text."""
    rows = [
        f"{_MARKS[step.progress]} {step.title}{f' ({step.note})' if step.note else ''}"
        for step in _last(list(story.steps.values()))[1]
    ]
    return "\n".join([f"{story.id}: gear {story.gear or 'auto'}, {story.state}", *rows])


def _head(story: RunStory) -> str:
    done = sum(step.progress in ("done", "skipped") for step in story.steps.values())
    parts = [f"**Agent** `{story.id}`", f"gear {story.gear}" if story.gear else "choosing a gear"]
    if story.model:
        parts.append(escaped(story.model))
    parts.append(f"**{story.state}**")
    if story.steps:
        parts.append(f"{done} of {len(story.steps)} steps")
    return " · ".join(parts)


def _rows(steps: list[StepStory]) -> list[str]:
    first, shown = _last(steps)
    rows = [f"- … {first} earlier steps"] if first else []
    for step in shown:
        title = escaped(_cut(step.title))
        title = f"**{title}**" if step.progress in ("running", "asking") else title
        again = f" · attempt {step.attempt}" if step.attempt > 1 else ""
        note = f" · *{escaped(_cut(step.note))}*" if step.note and step.progress != "asking" else ""
        rows.append(f"- {_MARKS[step.progress]} {title}{again}{note}")
    left = len(steps) - first - len(shown)
    return [*rows, f"- … {left} more steps"] if left else rows


def _last(steps: list[StepStory]) -> tuple[int, list[StepStory]]:
    """How many steps are left out before, and those that are shown: the last that have begun, and what follows."""
    begun = sum(step.progress != "due" for step in steps)
    first = max(0, min(len(steps) - ROWS, begun - ROWS // 2))
    return first, steps[first : first + ROWS]


def _plan(dry_run: DryRunMade, story: RunStory) -> MimeBundle:
    """What the plan would do."""
    parts = ["**What it would do**", ""]
    for number, each in enumerate(dry_run.steps, start=1):
        step = story.steps.get(each.step)
        what = each.summary or (step.title if step is not None else each.step)
        parts.append(f"{number}. {escaped(what)} *({escaped(permission(each))})*")
        if each.diff.strip():
            parts += ["", *_fenced(each.diff), ""]
    parts += ["", f"<small>{escaped(estimate(dry_run))}</small>"]
    return markdown("\n".join(parts), "\n".join(["What it would do:", *dry_run_lines(dry_run, story)]))


def _fenced(diff: str) -> list[str]:
    lines = diff.rstrip("\n").split("\n")
    left = len(lines) - DIFF_LINES
    shown = [*lines[:DIFF_LINES], *([f"… {left} more lines"] if left > 0 else [])]
    fence = "```"
    while any(fence in line for line in shown):
        fence += "`"
    return [f"   {line}" for line in (f"{fence}diff", *shown, fence)]


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= NOTE else f"{text[: NOTE - 1]}…"
