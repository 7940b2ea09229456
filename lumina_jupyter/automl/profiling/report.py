"""A profile: all findings about a table, to be read as text, as HTML that needs no script, or by programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from html import escape
from typing import Any

from lumina_jupyter.automl.columns import Schema
from lumina_jupyter.automl.profiling.finding import SEVERITIES, Finding
from lumina_jupyter.automl.task import Task
from lumina_jupyter.automl.words import counted, percent

_SIGNS = {"serious": "✖", "warning": "⚠", "info": "·"}
_TITLES = {"serious": "Serious", "warning": "Warnings", "info": "Good to know"}
_CELL = "text-align:left;vertical-align:top;padding:2px 10px"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Profile:
    """What a look at a table brought up, the worst first.

    Args:
        rows: How many rows the table has.
        schema: What its columns hold, the target left out.
        task: What would be learned; None without a target, or with one that can't be learned.
        findings: What was found.
        seconds: How long the look took.
    """

    rows: int
    schema: Schema
    task: Task | None
    findings: tuple[Finding, ...]
    seconds: float = 0.0

    @property
    def serious(self) -> tuple[Finding, ...]:
        """The findings that make results wrong."""
        return tuple(each for each in self.findings if each.severity == "serious")

    def of(self, kind: str) -> tuple[Finding, ...]:
        """The findings of one kind: "leak", for example."""
        return tuple(each for each in self.findings if each.kind == kind)

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON values."""
        return {
            "rows": self.rows,
            "target": None if self.task is None else {"name": self.task.target, "kind": self.task.kind},
            "columns": [
                {
                    "name": each.name,
                    "kind": each.kind,
                    "levels": each.levels,
                    "missing": each.missing,
                    "told": each.told,
                }
                for each in self.schema.columns
            ],
            "findings": [
                {
                    "kind": each.kind,
                    "severity": each.severity,
                    "text": each.text,
                    "columns": list(each.columns),
                    "evidence": dict(each.evidence),
                    "action": each.action,
                    "advice": each.advice,
                }
                for each in self.findings
            ],
        }

    def __repr__(self) -> str:
        lines = [self._heading()]
        for severity in SEVERITIES:
            found = [each for each in self.findings if each.severity == severity]
            lines += ["", f"{_TITLES[severity]}"] * bool(found)
            for each in found:
                lines.append(f"{_SIGNS[severity]} {each.text}")
                lines.append(f"    AutoML: {each.action}")
                lines += [f"    You: {each.advice}"] * bool(each.advice)
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = "".join(_row(each) for severity in SEVERITIES for each in self.findings if each.severity == severity)
        head = "".join(
            f'<th style="{_CELL}">{each}</th>' for each in ("", "What was found", "What AutoML does about it")
        )
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" if rows else ""
        return f"<div><p><b>{escape(self._heading())}</b></p>{table}{self._columns_html()}</div>"

    def _columns_html(self) -> str:
        """The columns, folded away: pages that know no `details` show them all."""
        shown = self.schema.columns[:200]
        rows = "".join(
            f'<tr><td style="{_CELL}">{escape(each.name)}</td><td style="{_CELL}">{each.kind}</td>'
            f'<td style="{_CELL}">{each.levels:,}</td><td style="{_CELL}">{percent(each.missing, 1)}</td></tr>'
            for each in shown
        )
        more = len(self.schema.columns) - len(shown)
        head = "".join(f'<th style="{_CELL}">{each}</th>' for each in ("column", "kind", "values", "missing"))
        rest = f"<p>And {more:,} more.</p>" if more else ""
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{rest}"
        return f"<details><summary>{counted(len(self.schema.columns), 'column')}</summary>{table}</details>"

    def _heading(self) -> str:
        kinds = Counter(each.kind for each in self.schema.columns)
        held = ", ".join(counted(count, kind) for kind, count in kinds.most_common())
        told = f"; {self.task.kind} of {self.task.target!r}" if self.task is not None else ""
        columns = counted(len(self.schema.columns), "column") + f" ({held})" * bool(held)
        return f"{counted(self.rows, 'row')}, {columns}{told}"


def _row(finding: Finding) -> str:
    sign = f'<span title="{finding.severity}" aria-hidden="true">{_SIGNS[finding.severity]}</span>'
    weight = ";font-weight:600" if finding.severity == "serious" else ""
    said = f"<br><small>{escape(finding.advice)}</small>" if finding.advice else ""
    return (
        f'<tr><td style="{_CELL};white-space:nowrap">{sign} {finding.severity}</td>'
        f'<td style="{_CELL}{weight}">{escape(finding.text)}{said}</td>'
        f'<td style="{_CELL}">{escape(finding.action)}</td></tr>'
    )
