"""A board as HTML that needs no script: for saved notebooks, front ends without widgets, and pages that trust nothing."""

from __future__ import annotations

from html import escape
from itertools import pairwise

from .board import Board, Row

MOST_ROWS = 20
_WIDTH, _HEIGHT = 420, 120
_CELL = "text-align:right;padding:1px 8px;white-space:nowrap"
_NAME = "text-align:left;padding:1px 8px"
_MARKS = {"running": "running", "done": "", "pruned": "given up early", "failed": "failed"}


def board_html(board: Board) -> str:
    """The heading, warnings, the best so far over time as a drawing, and the leaderboard.

    Colours are the page's own (`currentColor`), so that it reads in light and in dark.
    """
    rows = board.ranking()
    parts = [
        f"<p><b>{escape(board.name)}</b> · {escape(board.text or board.stage)} · {_summary(board)}</p>",
        *(f"<p>⚠ {escape(text)}</p>" for text in board.warnings),
        _curve(board),
        _table(board, rows[:MOST_ROWS]),
    ]
    if len(rows) > MOST_ROWS:
        parts.append(f"<p>And {len(rows) - MOST_ROWS} more.</p>")
    return f"<div>{''.join(parts)}</div>"


def shown_number(value: float | None) -> str:
    """A score as it is shown everywhere: four decimals, fewer for large numbers; empty for none."""
    if value is None:
        return ""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 10 else f"{value:.4f}"


def _summary(board: Board) -> str:
    best, told = board.best, []
    if board.ensemble_score is not None:
        told.append(f"blend: {escape(board.metric)} {shown_number(board.ensemble_score)}")
    if best is not None:
        told.append(f"best model: {escape(best.title)}, {escape(board.metric)} {shown_number(best.score)}")
    told.append(f"{board.seconds:.0f} of {board.budget:.0f} s")
    return " · ".join(told)


def _table(board: Board, rows: list[Row]) -> str:
    names = ("model", board.metric, "±", "weight", "seconds")
    head = "".join(f'<th style="{_CELL if place else _NAME}">{escape(name)}</th>' for place, name in enumerate(names))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(map(_row, rows))}</tbody></table>"


def _row(row: Row) -> str:
    note = " · ".join(filter(None, (row.origin if row.origin in {"naive", "baseline"} else "", _MARKS[row.state])))
    cells = (
        shown_number(row.score),
        shown_number(row.spread) if row.folds > 1 else "",
        f"{row.weight:.0%}" if row.weight else "",
        f"{row.seconds:.1f}" if row.seconds else "",
    )
    small = f" <small>({escape(note)})</small>" if note else ""
    title = f'<td style="{_NAME}">{escape(row.title)}{small}</td>'
    rest = "".join(f'<td style="{_CELL}">{escape(cell)}</td>' for cell in cells)
    return f"<tr>{title}{rest}</tr>"


def _curve(board: Board) -> str:
    points = board.curve
    if len(points) < 2:
        return ""
    # The first one is mostly the naive baseline, which would squeeze all others into a line.
    scores = [point.score for point in (points[1:] if len(points) > 2 else points)]
    low, high = min(scores), max(scores)
    end = max(board.seconds, points[-1].seconds, 1e-9)

    def place(seconds: float, score: float) -> str:
        share = min(1.0, max(0.0, (score - low) / (high - low or 1)))
        return f"{10 + (_WIDTH - 20) * seconds / end:.1f},{_HEIGHT - 10 - (_HEIGHT - 20) * share:.1f}"

    corners = [place(points[0].seconds, points[0].score)]
    for before, after in pairwise(points):
        corners += [place(after.seconds, before.score), place(after.seconds, after.score)]
    corners.append(place(end, points[-1].score))
    title = f"Best {board.metric} so far, from {shown_number(points[0].score)} to {shown_number(points[-1].score)}"
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" role="img"><title>{escape(title)}</title>'
        f'<polyline points="{" ".join(corners)}" fill="none" stroke="currentColor" stroke-width="2"/></svg>'
    )
