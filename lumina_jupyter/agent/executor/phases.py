"""The phases of a plan: step after step, each verified before the next, and what is done when one fails."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...errors import LuminaError
from ..gears import GEARS, Grid
from ..live_run import LiveRun
from ..plan import Phase, Plan, Step
from ..report import Outcome
from ..run_events import (
    PhaseBegan,
    Questioned,
    Recovering,
    Shifted,
    StepBegan,
    StepEnded,
    StepReplaced,
    StepStatus,
)
from ..words.replies import meaning_of
from .failure import StepFailure
from .means import Means
from .plan_check import step_faults
from .resuming import resumed
from .step_work import StepWork

ASKING_GEARS = frozenset({1, 2})
"""The gears in which a person is asked what to do when a step fails for good, or was interrupted."""
_CHOICES = (
    "What shall be done about it? `again` tries the very same once more, `skip` leaves the step out, `stop` ends the run "
    "here; anything else is told to the model, which tries once more."
)


@dataclass(frozen=True, slots=True)
class RunEnds(Exception):
    """The run cannot go on, and how it ends."""

    outcome: Outcome
    why: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a step did not come to its end; `interrupted` when a person interrupted the kernel meanwhile."""

    why: str
    interrupted: bool = False

    def sentence(self, step: Step, *, whole: bool = False) -> str:
        """The same for people; the first line of what went wrong, or all of it."""
        if self.interrupted:
            return f"Somebody interrupted the kernel while the step {step.title!r} ran."
        return f"The step {step.title!r} failed: {self.why if whole else self.why.partition(chr(10))[0]}"


class Phases:
    """Carries out the plans of one run.

    Args:
        means: What it works with.
        run: The run.
        work: Tries steps.
    """

    def __init__(self, means: Means, run: LiveRun, work: StepWork) -> None:
        self._means = means
        self._run = run
        self._work = work
        self._again: frozenset[str] = frozenset()

    def run_again(self, steps: frozenset[str]) -> None:
        """Steps that are done but must run once more: the kernel in which they ran is gone."""
        self._again = steps

    async def carry_out(self, plan: Plan) -> None:
        """Do all that is not done yet.

        Raises:
            RunEnds: when a step was refused, or failed for good.
            LuminaError: when nothing can go on: the budget, the database, the model.
        """
        for number, phase in enumerate(plan.phases, start=1):
            steps = [step for step in phase.steps if not self._is_done(step)]
            if not steps:
                continue
            await self._run.control.go()
            self._run.log.add(PhaseBegan(phase.title, number))
            await self._phase(Phase(title=phase.title, steps=tuple(steps)))

    async def _phase(self, phase: Phase) -> None:
        for step in phase.steps:
            await self._step(step)
            await self._shift("step")
        await self._shift("phase")

    def _is_done(self, step: Step) -> bool:
        record = self._run.ledger.records.get(step.id)
        return record is not None and record.status == "done" and not record.undone and step.id not in self._again

    # --- one step ---------------------------------------------------------------------------------

    async def _step(self, planned: Step) -> None:
        """Do a step, whatever it takes.

        Raises:
            RunEnds: when it does not.
        """
        step = planned
        number = await resumed(self._means, self._run, step)
        if number < 0:
            self._end(step, "done", "It was done before the server ended.")
            return
        fault = await self._tried(step, number)
        if fault is not None and not fault.interrupted:
            other = await self._other_way(step, fault.why)
            if other is not None:
                step, fault = other, await self._tried(other)
        asked = False
        while fault is not None and self._may_ask() and (fault.interrupted or not asked):
            reply, asked = await self._asked(step, fault), True
            meaning = meaning_of(reply)
            if meaning == "end":
                self._end(step, "stopped", f"A person said: {reply}")
                raise RunEnds("stopped", f"{fault.sentence(step)} A person said: {reply}")
            await self._take_back(step)
            if meaning == "skip":
                self._end(step, "skipped", "A person left it out.")
                return
            fault = await self._tried(step, 0, "" if meaning == "again" else f"{fault.why}\nA person says: {reply}")
        if fault is None:
            return
        if fault.interrupted:
            self._end(step, "stopped", fault.why)
            raise RunEnds(
                "stopped", f"{fault.sentence(step)} So the run ends here; what it did stays and can be undone."
            )
        await self._given_up(step, fault.why)
        raise RunEnds("failed", fault.sentence(step))

    async def _tried(self, step: Step, number: int = 0, fault: str = "") -> Fault | None:
        """Why it did not come to its end; None when it did.

        Raises:
            RunEnds: when it was refused.
        """
        found = await self._attempts(step, number, fault)
        if found is not None and found.interrupted:
            # What it made of the variables up to there is taken back with it.
            await self._means.checkpoints.after(self._run, step)
        elif found is not None:
            self._run.repetition.failed(step)
            await self._shift("step")
        return found

    async def _attempts(self, step: Step, number: int, fault: str) -> Fault | None:
        """Try it as often as the gear allows; what a person has interrupted is not tried again.

        Raises:
            RunEnds: when it was refused.
        """
        run = self._run
        number = number or run.ledger.next_number
        most = 1 if fault else run.gear.attempts
        for attempt in range(1, most + 1):
            await run.control.go()
            run.state("running")
            run.log.add(StepBegan(step.id, step.title, number, attempt))
            # What begins stands in the log before it does anything.
            await run.log.flush()
            try:
                await self._work.attempt(step, number, fault)
                source, outputs = await self._work.end(step)
            except StepFailure as failure:
                fault = failure.why
                if failure.interrupted:
                    return Fault(fault, interrupted=True)
                run.shifter.checked(False, attempt)
                if failure.refused:
                    self._end(step, "refused", fault)
                    raise RunEnds("refused", fault) from None
                if not failure.retry or attempt == most:
                    break
                run.log.add(Recovering(step.id, "retry", fault))
                continue
            except LuminaError as error:
                self._end(step, "failed", error.message)
                raise
            run.shifter.checked(True, attempt)
            run.log.add(StepEnded(step.id, "done", "", source, outputs))
            return None
        return Fault(fault)

    async def _other_way(self, step: Step, fault: str) -> Step | None:
        """Another step to the same end, if the model knows one that is new and can be carried out."""
        run, task, plan = self._run, self._run.ledger.task, self._run.ledger.plan
        if task is None or plan is None:
            return None
        await run.control.go()
        run.check_budget()
        scene = await self._work.planned()
        other = await self._means.mind().other_way(task, plan, step, scene, run.thinking(step.id))
        if other is None:
            return None
        other = replace(other, id=step.id)
        done = {name for name, record in run.ledger.records.items() if record.status == "done"}
        if run.repetition.has_failed(other) or await step_faults(other, scene, self._means.toolbox, done):
            return None
        run.log.add(Recovering(step.id, "other_way", fault))
        await self._take_back(step)
        run.log.add(StepReplaced(step.id, other))
        return other

    def _may_ask(self) -> bool:
        return self._run.gear.number in ASKING_GEARS

    async def _asked(self, step: Step, fault: Fault) -> str:
        """What a person says to do."""
        run = self._run
        run.log.add(Recovering(step.id, "ask", fault.why))
        if not fault.interrupted:
            await self._take_back(step)
        waiting = run.control.reply()
        what = "was interrupted" if fault.interrupted else "failed"
        run.state("waiting", f"The step {step.title!r} {what}. What shall be done?")
        run.log.add(Questioned(f"{fault.sentence(step, whole=True)}\n{_CHOICES}"))
        reply = await waiting
        run.state("running")
        return reply

    async def _given_up(self, step: Step, fault: str) -> None:
        """Leave the notebook as it was before the step."""
        self._run.log.add(Recovering(step.id, "undo", fault))
        await self._take_back(step)
        self._end(step, "failed", fault)

    async def _take_back(self, step: Step) -> None:
        record = self._run.ledger.records.get(step.id)
        if record is not None and record.checkpoint is not None and not record.undone:
            await self._means.checkpoints.after(self._run, step)
            await self._means.undoer.undo(self._run, [record])

    def _end(self, step: Step, status: StepStatus, why: str) -> None:
        self._run.log.add(StepEnded(step.id, status, why))

    # --- gears --------------------------------------------------------------------------------------

    async def _shift(self, grid: Grid) -> None:
        """Take up another gear, where one is wished or due and may take effect."""
        run = self._run
        change = run.shifter.at(grid)
        if change is not None and change.after != run.gear.number:
            await shift(self._means, run, change.after, change.why)
        run.shifted()


async def shift(means: Means, run: LiveRun, gear: int, why: str) -> None:
    """Be in a gear from here on, with its model."""
    model = await means.choose_model(GEARS[gear], run.request.model)
    run.log.add(Shifted(run.log.view.gear, gear, why, model))
