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
from .task import Action
from .team.colleagues import DELEGATE

IN_WORDS: frozenset[Action] = frozenset({"answer", "explain", "find"})
"""What can be done by an answer in words."""
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
    left = _left(ledger)
    if outcome == "failed" and done:
        outcome = "partly"
    elif outcome == "done" and left:
        # An answer in words is something where one was asked for; in place of a deed it is nothing.
        in_words = bool(answer) and (ledger.task is None or ledger.task.action in IN_WORDS)
        real = [each for each in done if each.step.tool != DELEGATE or each.step.id in ledger.parts_done]
        outcome = "partly" if real or in_words else "failed"
        summary = f"{summary} Not done: {'; '.join(left)}.".strip()
    known = _hashes(records)
    return Report(
        outcome=outcome,
        summary=summary,
        answer=answer,
        done=tuple(each.step.title for each in done),
        left=left,
        evidence=tuple(_evidence(each, notebook, known) for each in done if each.cell or each.result),
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
    if cell is None or cell.hash != evidence.source_hash:
        return True
    return bool(evidence.output_hash) and output_hash(cell.outputs) != evidence.output_hash


def _hashes(records: Sequence[StepRecord]) -> Mapping[str, tuple[str, str]]:
    """The cells as the last of these steps left them: of source and outputs, as far as they are known."""
    found: dict[str, tuple[str, str]] = {}
    for record in sorted(records, key=lambda each: each.number):
        if record.source_hash:
            found[record.cell] = (record.source_hash, record.output_hash or found.get(record.cell, ("", ""))[1])
    return found


def _evidence(record: StepRecord, notebook: Notebook | None, known: Mapping[str, tuple[str, str]]) -> Evidence:
    cell = next((each for each in notebook.cells if each.id == record.cell), None) if notebook is not None else None
    source, outputs = known.get(record.cell, ("", "")) if cell is None else (cell.hash, output_hash(cell.outputs))
    return Evidence(
        step=record.step.id,
        claim=record.step.expects or record.step.title,
        cell=record.cell,
        source_hash=source,
        output_hash=outputs,
        excerpt=record.result[:EXCERPT],
    )


def _left(ledger: Ledger) -> tuple[str, ...]:
    """The steps that are not done, with why where that is known, what no plan took in, and faults that stay."""
    left = []
    for step in ledger.steps.values():
        record = ledger.records.get(step.id)
        if record is None or record.status != "done" or record.undone:
            why = record.why if record is not None else ""
            left.append(f"{step.title}: {why}" if why else step.title)
    given = (each for parts in ledger.parts_left.values() for each in parts)
    return (*left, *given, *ledger.left_out, *(f"not mended: {fault.rstrip('.')}" for fault in ledger.unmended))


def _not_covered(records: Sequence[StepRecord]) -> tuple[str, ...]:
    found = [each for record in records if record.checkpoint is not None for each in record.checkpoint.not_covered]
    return tuple(dict.fromkeys(found))
