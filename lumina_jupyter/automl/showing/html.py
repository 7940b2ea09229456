"""A board as HTML that needs no script: for saved notebooks, front ends without widgets, and pages that trust nothing."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from math import floor, log10

from ..words import percent
from .board import Board, Row

MOST_ROWS = 20
UNNAMED = "Search for models"
"""What a search is called until its experiment has a name."""
_WIDTH, _HEIGHT = 420, 130
_LEFT, _RIGHT, _TOP, _BOTTOM = 90, 410, 12, 106
_CELL = "text-align:right;padding:1px 8px;white-space:nowrap"
_NAME = "text-align:left;padding:1px 8px"
_COMPARED = {"naive", "baseline"}
_STATES = {"running": "running", "done": "", "pruned": "given up early", "failed": "failed"}


def board_html(board: Board) -> str:
    """The heading, warnings, the best so far over time as a drawing, and the best of the leaderboard.

    Members of the blend, and what everything is compared with, are always in it.

    Colours are the page's own (`currentColor`), so that it reads in light and in dark.
    """
    rows = board.ranking()
    shown = [row for place, row in enumerate(rows) if place < MOST_ROWS or row.weight or row.origin in _COMPARED]
    told = (f"<b>{escape(board.name or UNNAMED)}</b>", escape(board.text), _summary(board))
    parts = [
        f"<p>{' · '.join(filter(None, told))}</p>",
        *(f"<p>⚠ {escape(text)}</p>" for text in board.warnings),
        _curve(board),
        _table(board, shown) if shown else "",
    ]
    if len(rows) > len(shown):
        parts.append(f"<p>And {len(rows) - len(shown)} more.</p>")
    return f"<div>{''.join(parts)}</div>"


def shown_number(value: float | None, like: float | None = None) -> str:
    """A score as it is shown everywhere: four decimals, fewer for large numbers, as many as it takes for small ones.

    Args:
        value: The score; None is shown as nothing.
        like: A number whose decimals it has; its own when omitted.
    """
    if value is None:
        return ""
    size = abs(value if like is None else like)
    if size >= 1e9:
        return f"{value:.3e}"
    if size >= 1000:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.2f}"
    if size >= 0.01 or size == 0:
        return f"{value:.4f}"
    return f"{value:.{2 - floor(log10(size))}f}" if size >= 1e-7 else f"{value:.2e}"


def shown_seconds(seconds: float) -> str:
    """A time in whole seconds: "45 s", "2 min 5 s", "1 h 30 min"."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    parts = [f"{hours} h" * bool(hours), f"{minutes} min" * bool(minutes), f"{rest} s" * bool(rest and not hours)]
    return " ".join(filter(None, parts)) or "0 s"


def _summary(board: Board) -> str:
    best, told = board.best, []
    if board.ensemble_score is not None:
        told.append(f"blend: {escape(board.metric)} {shown_number(board.ensemble_score)}")
    if best is not None:
        told.append(f"best model: {escape(best.title)}, {escape(board.metric)} {shown_number(best.score)}")
    if board.budget:
        told.append(f"{shown_seconds(board.seconds)} of {shown_seconds(board.budget)}")
    return " · ".join(told)


def _table(board: Board, rows: list[Row]) -> str:
    names = ("model", board.metric, "±", "weight", "seconds")
    head = "".join(f'<th style="{_CELL if place else _NAME}">{escape(name)}</th>' for place, name in enumerate(names))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(map(_row, rows))}</tbody></table>"


def _row(row: Row) -> str:
    state = f"failed: {row.reason}" if row.state == "failed" and row.reason else _STATES[row.state]
    note = " · ".join(filter(None, ("baseline" if row.origin == "baseline" else "", state)))
    cells = (
        shown_number(row.score),
        shown_number(row.spread, row.score) if row.folds > 1 else "",
        percent(row.weight) if row.weight else "",
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
        return f"{_LEFT + (_RIGHT - _LEFT) * seconds / end:.1f},{_BOTTOM - (_BOTTOM - _TOP) * share:.1f}"

    corners = [place(points[0].seconds, points[0].score)]
    for before, after in pairwise(points):
        corners += [place(after.seconds, before.score), place(after.seconds, after.score)]
    corners.append(place(end, points[-1].score))
    title = f"Best {board.metric} so far, from {shown_number(points[0].score)} to {shown_number(points[-1].score)}"
    texts = (
        (_LEFT - 8, _TOP + 4, "end", shown_number(high)),
        (_LEFT - 8, _BOTTOM + 4, "end", shown_number(low)),
        (_LEFT, _HEIGHT - 4, "start", "0 s"),
        (_RIGHT, _HEIGHT - 4, "end", shown_seconds(end)),
    )
    drawn = "".join(
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="11" fill="currentColor">{escape(text)}</text>'
        for x, y, anchor, text in texts
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" style="max-width:100%" role="img">'
        f"<title>{escape(title)}</title>{drawn}"
        f'<polyline points="{" ".join(corners)}" fill="none" stroke="currentColor" stroke-width="2"/></svg>'
    )
