"""The report of a run, made of what its log and the notebook say; and which of its evidence is stale by now."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from ..collaboration import Cell, Notebook
from ..errors import LuminaError
from .executor.budget import seconds_worked
from .executor.means import OpensNotebooks
from .ledger import Ledger, StepRecord
from .live_run import LiveRun
from .report import Evidence, Outcome, Report

EXCERPT = 300
"""Characters of what a step gave back that stand in the report."""


async def report_of(
    run: LiveRun, notebooks: OpensNotebooks, outcome: Outcome, summary: str, answer: str = ""
) -> Report:
    """The report on a run that ends now; where the notebook cannot be read any more it has no hashes."""
    try:
        document = await notebooks.open(run.notebook, run.request.user)
        notebook: Notebook | None = await document.read()
    except LuminaError:
        notebook = None
    return make_report(run, notebook, outcome, summary, answer)


def make_report(run: LiveRun, notebook: Notebook | None, outcome: Outcome, summary: str, answer: str = "") -> Report:
    """The same from a notebook that was read already, or from none."""
    ledger, view = run.ledger, run.log.view
    records = list(ledger.records.values())
    done = [each for each in records if each.status == "done" and not each.undone]
    if outcome == "failed" and done:
        outcome = "partly"
    return Report(
        outcome=outcome,
        summary=summary,
        answer=answer,
        done=tuple(each.step.title for each in done),
        left=_left(ledger),
        evidence=tuple(_evidence(each, notebook) for each in done if each.cell or each.result),
        not_covered=_not_covered(done),
        input_tokens=view.input_tokens,
        output_tokens=view.output_tokens,
        usd=view.usd,
        seconds=round(seconds_worked(view), 3),
    )


def with_staleness(report: Report, notebook: Notebook | None) -> Report:
    """The report with what the notebook says of its evidence now; without a notebook all of it is stale."""
    cells = {cell.id: cell for cell in notebook.cells} if notebook is not None else {}
    return replace(report, evidence=tuple(replace(each, stale=_stale(each, cells)) for each in report.evidence))


def output_hash(outputs: Sequence[Mapping[str, Any]]) -> str:
    """What tells a cell's outputs apart, whatever the count of their execution."""
    plain = [{key: value for key, value in each.items() if key != "execution_count"} for each in outputs]
    return sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _stale(evidence: Evidence, cells: Mapping[str, Cell]) -> bool:
    if not evidence.cell or not evidence.source_hash:
        return False
    cell = cells.get(evidence.cell)
    return cell is None or (cell.hash, output_hash(cell.outputs)) != (evidence.source_hash, evidence.output_hash)


def _evidence(record: StepRecord, notebook: Notebook | None) -> Evidence:
    cell = next((each for each in notebook.cells if each.id == record.cell), None) if notebook is not None else None
    return Evidence(
        step=record.step.id,
        claim=record.step.expects or record.step.title,
        cell=record.cell,
        source_hash="" if cell is None else cell.hash,
        output_hash="" if cell is None else output_hash(cell.outputs),
        excerpt=record.result[:EXCERPT],
    )


def _left(ledger: Ledger) -> tuple[str, ...]:
    """The steps of the plan that are not done, with why where that is known."""
    left = []
    for step in ledger.plan.steps if ledger.plan is not None else ():
        record = ledger.records.get(step.id)
        if record is None or record.status != "done" or record.undone:
            why = record.why if record is not None else ""
            left.append(f"{step.title}: {why}" if why else step.title)
    return tuple(left)


def _not_covered(records: Sequence[StepRecord]) -> tuple[str, ...]:
    found = [each for record in records if record.checkpoint is not None for each in record.checkpoint.not_covered]
    return tuple(dict.fromkeys(found))
