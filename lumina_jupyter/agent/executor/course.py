"""The course of a run: words, task, gear, plan, dry run, approval, phases, answer, critique, report."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from ...errors import AnswerUnusable, BudgetExhausted, LuminaError, PlanUnusable
from ..control import Ending
from ..dry_run import dry_run
from ..gears import GEARS
from ..gears.shifting import Shifter
from ..live_run import FIRST_GEAR, LiveRun
from ..plan import Plan
from ..report import Outcome, Report
from ..reporting import make_report, report_of
from ..run import RunState
from ..run_events import Criticised, PlanMade, Reported, StepEnded, TaskRead
from ..scene import Scene
from ..task import Task
from .means import Means
from .phases import Phases, RunEnds, shift
from .plan_check import faults_of, renamed
from .step_work import StepWork

LOOK_EVERY = 0.5
"""Seconds between two looks at a run's time limit, at most."""

log = logging.getLogger(__name__)


class Course:
    """Takes one run from where it is as far as it comes: to its end, or to where a person has to approve the plan.

    Args:
        means: What it works with.
        run: The run.
    """

    def __init__(self, means: Means, run: LiveRun) -> None:
        self._means = means
        self._run = run
        self._work = StepWork(means, run)
        self._phases = Phases(means, run, self._work)
        self._answer = ""

    async def go(self) -> None:
        """Go. Whatever goes wrong becomes the run's end; only a run that is stopped raises CancelledError."""
        run = self._run
        watchdog = asyncio.get_running_loop().create_task(self._watch_time())
        try:
            if await self._ready():
                await self._work_through()
        except RunEnds as ends:
            await self._end(ends.outcome, ends.why)
        except LuminaError as error:
            self._end_step(error.message)
            await self._end("failed", f"{error.message} {error.hint}".strip())
        except asyncio.CancelledError:
            if run.control.ending is None:
                raise
        except Exception:
            log.exception("a run of the agent failed")
            self._end_step("Lumina failed.")
            await self._end("failed", "The run failed inside of Lumina; the server's log has the details.")
        finally:
            watchdog.cancel()

    # --- before anything is done ------------------------------------------------------------------

    async def _ready(self) -> bool:
        """Have a plan that may be carried out; False while a person has to approve it."""
        run = self._run
        task = run.ledger.task or await self._read()
        if run.ledger.plan is None:
            await self._plan(task)
        if run.ledger.decided is None and (run.gear.approves_plan or run.request.plan_only):
            run.state("waiting", "The plan waits for an approval.")
            return False
        return True

    async def _read(self) -> Task:
        run = self._run
        run.state("reading")
        chosen = run.request.gear
        if not run.log.view.model or not run.ledger.gear:
            first = int(chosen) if chosen.isdigit() else FIRST_GEAR
            await shift(self._means, run, first, "Chosen by a person." if chosen.isdigit() else "To begin with.")
        run.check_budget()
        task = await self._means.mind().read(run.request.words, await self._work.scene(), run.thinking())
        run.log.add(TaskRead(task))
        if not chosen.isdigit():
            gear = max(1, min(self._means.choose_gear(task, run.request.most_gear), run.request.most_gear, max(GEARS)))
            if gear != run.gear.number:
                await shift(self._means, run, gear, f"Chosen for a complexity of {task.complexity:.1f}.")
        run.shifter = Shifter(run.gear.number, name=run.gear_name, most=run.request.most_gear)
        return task

    async def _plan(self, task: Task) -> None:
        run = self._run
        run.state("planning")
        await run.control.go()
        run.check_budget()
        scene = await self._work.planned()
        await self._planned(task, await self._means.mind().plan(task, scene, run.thinking()), scene)

    async def _planned(self, task: Task, plan: Plan, scene: Scene) -> Plan:
        """Take a plan that can be carried out; one that cannot goes back to the model once.

        Raises:
            PlanUnusable: when that does not help.
        """
        run = self._run
        known = set(run.ledger.steps)
        plan = renamed(plan, known)
        faults = await faults_of(plan, scene, run.gear, self._means.toolbox, known)
        if faults:
            await run.control.go()
            run.check_budget()
            plan = renamed(await self._means.mind().revise(task, tuple(faults), scene, run.thinking()), known)
            faults = await faults_of(plan, scene, run.gear, self._means.toolbox, known)
        if faults:
            raise PlanUnusable(f"The model's plan cannot be carried out: {' '.join(faults)}")
        run.log.add(PlanMade(plan))
        # People see the plan before it is worked out what it would do.
        await run.log.flush()
        run.log.add(await dry_run(self._means, run, plan))
        return plan

    # --- doing it -----------------------------------------------------------------------------------

    async def _work_through(self) -> None:
        run = self._run
        task, plan = run.ledger.task, run.ledger.plan
        if task is None or plan is None:
            raise LuminaError("The run has no plan.")
        run.state("running")
        if run.was_interrupted:
            self._phases.run_again(await self._lost())
        await self._phases.carry_out(plan)
        if plan.answers:
            self._answer = await self._answered(task)
        if run.gear.reflects and not run.ledger.criticised and await self._reflect(task):
            run.state("waiting", "The plan that mends the work waits for an approval.")
            return
        await self._end("done", "")

    async def _answered(self, task: Task) -> str:
        run = self._run
        await run.control.go()
        run.check_budget()
        return await self._means.mind().answer(task, await self._work.scene(), run.thinking())

    async def _reflect(self, task: Task) -> bool:
        """Have the work criticised, and mended once where something is wrong with it.

        Returns:
            Whether the plan that mends it waits for a person.
        """
        run, mind = self._run, self._means.mind()
        await run.control.go()
        run.check_budget()
        report = await report_of(run, self._means.notebooks, "done", "", self._answer)
        try:
            faults = await mind.critique(task, report, await self._work.scene(), run.thinking())
        except AnswerUnusable as error:
            log.warning("a run could not be criticised: %s", error)
            faults = ()
        run.log.add(Criticised(faults))
        if not faults:
            return False
        answers = run.ledger.plan is not None and run.ledger.plan.answers
        scene = await self._work.planned()
        try:
            plan = await mind.revise(task, faults, scene, run.thinking())
            # What was answered before may be another answer when the work is mended.
            plan = await self._planned(task, replace(plan, answers=plan.answers or answers), scene)
        except (AnswerUnusable, PlanUnusable) as error:
            # What was done is done all the same, and the faults are in the log.
            log.warning("a run's faults could not be mended: %s", error)
            return False
        if run.gear.approves_plan:
            return True
        await self._phases.carry_out(plan)
        if plan.answers:
            self._answer = await self._answered(task)
        return False

    async def _lost(self) -> frozenset[str]:
        """The steps that ran in a kernel that is gone."""
        run = self._run
        ran = [
            each for each in run.ledger.records.values() if each.checkpoint is not None and each.checkpoint.variables
        ]
        for record in ran:
            made = record.checkpoint
            if made is not None and await self._means.checkpoints.remembers(run.notebook, made.variables):
                return frozenset()
        return frozenset(record.step.id for record in ran)

    # --- the end --------------------------------------------------------------------------------------

    async def _end(self, outcome: Outcome, why: str) -> None:
        report = await report_of(self._run, self._means.notebooks, outcome, why or _summary(self._run), self._answer)
        if outcome != "done" or report.outcome == "done":
            finish(self._run, report, why)
        else:
            # Nothing went wrong, and yet not all of it is there.
            finish(self._run, report, report.summary, "done" if report.outcome == "partly" else "failed")

    def _end_step(self, why: str) -> None:
        step = self._run.log.view.step
        if step:
            self._run.log.add(StepEnded(step, "failed", why))

    async def _watch_time(self) -> None:
        # While the run waits for a person its time stands still, so it is looked at again and again.
        while (left := self._run.seconds_left) > 0:  # noqa: ASYNC110
            await asyncio.sleep(min(left, LOOK_EVERY))
        exhausted = BudgetExhausted(
            f"The run has worked for {self._run.gear.seconds:.0f} s, which is all that its gear allows."
        )
        self._run.control.end(Ending("budget", str(exhausted)))


_STATES: dict[Outcome, RunState] = {
    "done": "done",
    "partly": "failed",
    "failed": "failed",
    "stopped": "stopped",
    "refused": "stopped",
}


def finish(run: LiveRun, report: Report, why: str, state: RunState | None = None) -> None:
    """Be over, with this report. Nothing is added to the log afterwards."""
    run.log.add(Reported(report))
    run.state(state or _STATES[report.outcome], why)
    run.log.end()


def break_off(run: LiveRun) -> None:
    """Be over at once, for somebody or something has ended it: without waiting for anything."""
    ending = run.control.ending
    if ending is None:
        return
    step = run.log.view.step
    if step:
        run.log.add(StepEnded(step, "stopped", ending.why))
    if ending.kind == "closing":
        run.state("interrupted", ending.why)
        run.log.end()
        return
    outcome: Outcome = "failed" if ending.kind == "budget" else ending.kind
    finish(run, make_report(run, None, outcome, ending.why), ending.why)


def _summary(run: LiveRun) -> str:
    done = sum(1 for each in run.ledger.records.values() if each.status == "done")
    return f"{done} step{'' if done == 1 else 's'} done." if done else "Nothing had to be done in the notebook."
