"""A model's card: what it is for, how good it is and for whom, what it was made of, and where it ends."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from lumina_jupyter.storage.folders import write_atomically

from ..explain.subgroups import LEAST_ROWS
from ..words import counted

Block: TypeAlias = "str | tuple[str, ...] | pd.DataFrame"
"""A paragraph, a list, or a table."""
FEW_ROWS = 1000
NAMED_GROUPS = 5
_HEAD = (
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<meta name="color-scheme" content="light dark"><style>'
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;overflow-wrap:break-word}"
    "table{border-collapse:collapse}"
    "th,td{text-align:left;padding:.2em .8em;border-bottom:1px solid #8886}</style>"
)
"""Of a card that is a page of its own: light or dark as the reader's system is."""


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """A card.

    Attributes:
        title: Its heading.
        sections: Headings, each with what stands below it.
    """

    title: str
    sections: tuple[tuple[str, tuple[Block, ...]], ...]

    @property
    def markdown(self) -> str:
        """The card as Markdown."""
        parts = [f"# {_marked(self.title)}"]
        for heading, blocks in self.sections:
            parts.append(f"## {heading}")
            parts += [_block_markdown(block) for block in blocks]
        return "\n\n".join(parts) + "\n"

    @property
    def html(self) -> str:
        """The card as HTML, without script or style."""
        parts = [f"<h1>{html.escape(self.title)}</h1>"]
        for heading, blocks in self.sections:
            parts.append(f"<h2>{html.escape(heading)}</h2>")
            parts += [_block_html(block) for block in blocks]
        return "<article>\n" + "\n".join(parts) + "\n</article>\n"

    def save(self, path: str | Path) -> Path:
        """Write it: as HTML when the file's name ends so, else as Markdown."""
        path = Path(path)
        if path.suffix.lower() in {".html", ".htm"}:
            title = html.escape(self.title)
            text = f'<!DOCTYPE html>\n<html lang="en"><head>{_HEAD}<title>{title}</title></head><body>\n'
            text += f"{self.html}</body></html>\n"
        else:
            text = self.markdown
        write_atomically(path, text.encode(), mode=0o644)
        return path

    def _repr_html_(self) -> str:
        return self.html

    def _repr_markdown_(self) -> str:
        return self.markdown


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a card is made of.

    Args:
        spec: What was asked for, as the experiment keeps it: target, task, rows, columns, data_hash, versions, seed, metric.
        scores: Metrics with intervals.
        held_out: On how many rows.
        members: model, weight, parameters.
        validation: How models were compared, as a sentence.
        decided: What was decided for the user.
        warnings: What people should know before they trust it.
        columns: name, kind, missing: what the model looks at.
        subgroups: Groups for which it is better or worse, or None.
        importance: What it needs, or None.
        unmeasured: Columns of which there was no time to find out whether it needs them.
        size: For forecasts: what is forecast, and from how much.
        steps: For forecasts: scores by how far ahead they look.
    """

    spec: dict[str, Any]
    scores: pd.DataFrame
    members: pd.DataFrame
    validation: str
    held_out: int
    decided: Sequence[str] = ()
    warnings: Sequence[str] = ()
    columns: pd.DataFrame | None = None
    subgroups: pd.DataFrame | None = None
    importance: pd.DataFrame | None = None
    unmeasured: Sequence[str] = ()
    size: str = ""
    steps: pd.DataFrame | None = None


def model_card(facts: Facts) -> Card:
    """Write a card."""
    spec = facts.spec
    sections: list[tuple[str, tuple[Block, ...]]] = []
    warnings = (*facts.warnings, *_few(facts), *_worse(facts))
    if warnings:
        sections.append(("Before you trust it", (warnings,)))
    sections.append(("What it is for", (_purpose(facts),)))
    sections.append(("How good it is", (_how_measured(facts), facts.scores)))
    if facts.steps is not None and len(facts.steps):
        said = "By how far ahead it looks, beside forecasts that repeat a season before, or the last value:"
        sections.append(("How far ahead", (said, facts.steps)))
    if facts.subgroups is not None:
        differing = facts.subgroups[facts.subgroups["differs"]]
        said = (
            "Beside all other rows the model is better or worse for these groups, beyond chance:"
            if len(differing)
            else "For no group that was looked at is the model better or worse beyond chance."
        )
        sections.append(("For whom", (said, *([differing.drop(columns="differs")] if len(differing) else []))))
    if facts.importance is not None:
        said = "By how much the metric gets worse when a column is shuffled. Columns that say the same cover for each other."
        if facts.unmeasured:
            said += f" There was no time for {', '.join(facts.unmeasured)}."
        sections.append(("What it needs", (said, facts.importance)))
    sections.append(("What it is made of", (facts.members,)))
    if facts.columns is not None:
        sections.append(("The columns", (facts.columns,)))
    if facts.decided:
        sections.append(("What was decided", (tuple(facts.decided),)))
    sections.append(("Where it ends", (_limits(facts),)))
    sections.append(("To make it again", (_versions(spec),)))
    return Card(f"A model of {spec['target']}", tuple(sections))


def _purpose(facts: Facts) -> str:
    spec = facts.spec
    found = f"It was found by the experiment {spec['name']!r}."
    if facts.size:
        return f"It forecasts {spec['target']!r}: {facts.size}. {found}"
    size = f"{counted(spec['rows'], 'row')} and {counted(spec['columns'], 'column')}"
    return (
        f"It predicts {spec['target']!r} ({spec['task']}) for rows like those that it was trained on: {size}. {found}"
    )


def _few(facts: Facts) -> list[str]:
    rows = facts.spec["rows"]
    if rows >= FEW_ROWS or facts.size:
        return []
    return [f"{rows:,} rows are few: the intervals are wide, and so is what is not known."]


def _worse(facts: Facts) -> list[str]:
    """The groups for which it is worse beyond chance."""
    groups = facts.subgroups
    if groups is None or not len(groups):
        return []
    worse = groups[groups["differs"] & (groups["gap"] < 0)]
    if worse.empty:
        return []
    named = [
        f"{row.column} = {row.group} ({facts.spec['metric']['name']} {row.score:.4g})"
        for row in worse.head(NAMED_GROUPS).itertuples()
    ]
    more = f" and {len(worse) - len(named)} more" if len(worse) > len(named) else ""
    return [f"It is worse than for all other rows, beyond chance, for: {'; '.join(named)}{more}."]


def _how_measured(facts: Facts) -> str:
    return (
        f"On {facts.held_out:,} rows that the models had not been trained on, with 95 % intervals. {facts.validation} "
        f"The search compared models by "
        f"{facts.spec['metric']['name']} on the same rows, so the truth may be a little worse."
    ).replace("  ", " ")


def _limits(facts: Facts) -> tuple[str, ...]:
    limits = [
        "It was judged on rows of the same table. Where the world changes, or the rows come from elsewhere, measure it anew.",
        "It shows what goes together, not what causes what: changing a column's value need not change the outcome.",
    ]
    if facts.subgroups is not None:
        limits.append(f"Groups with fewer than {LEAST_ROWS} rows were not looked at.")
    return tuple(limits)


def _versions(spec: dict[str, Any]) -> tuple[str, ...]:
    versions = ", ".join(f"{name} {version}" for name, version in spec["versions"].items())
    return (f"Data (SHA-256, shortened): {spec['data_hash']}", f"Seed: {spec['seed']}", f"Versions: {versions}")


def _block_markdown(block: Block) -> str:
    if isinstance(block, str):
        return _marked(block)
    if isinstance(block, tuple):
        return "\n".join(f"- {_marked(each)}" for each in block)
    head = [str(name) for name in block.columns]
    lines = ["| " + " | ".join(map(_marked, head)) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(_marked(written(cell)) for cell in row) + " |" for row in block.itertuples(index=False)]
    return "\n".join(lines)


def _block_html(block: Block) -> str:
    if isinstance(block, str):
        return f"<p>{html.escape(block)}</p>"
    if isinstance(block, tuple):
        return "<ul>" + "".join(f"<li>{html.escape(each)}</li>" for each in block) + "</ul>"
    head = "".join(f'<th scope="col">{html.escape(str(name))}</th>' for name in block.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{html.escape(written(cell))}</td>" for cell in row) + "</tr>"
        for row in block.itertuples(index=False)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def written(cell: Any) -> str:
    """A value in as few digits as people need."""
    if isinstance(cell, float):
        if cell != cell:
            return ""
        return f"{cell:,.0f}" if 1e3 <= abs(cell) < 1e12 else f"{cell:.4g}"
    return str(cell)


def _marked(text: str) -> str:
    """Text in which nothing is taken for markup."""
    for sign in "\\`*_[]<>|#":
        text = text.replace(sign, "\\" + sign)
    return text.replace("\n", " ")
