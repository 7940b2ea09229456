"""What changed between two states of a notebook: cells by id, texts by line."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..document.storable import same, shaped_cell
from ..merging.cell_match import Look, match_cells
from ..merging.sequence_match import longest_increasing
from ..proposals.hunks import Hunk, hunks
from .notebook_blobs import TRUSTED

CONTEXT = 3
"""Unchanged lines that are told around changed ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellDifference:
    """What became of one cell. Numbers count from 1; the one of a cell that is not there is 0.

    `change` is "added", "removed", or "changed"; what of a changed one differs is in the flags, and its text is edited
    where there are `lines`: a unified diff, each line with its sign, and a line that begins with `@@` before each part.
    """

    id: str
    type: str
    change: str
    number_before: int = 0
    number_after: int = 0
    before: str = ""
    after: str = ""
    lines: tuple[str, ...] = ()
    lines_added: int = 0
    lines_removed: int = 0
    moved: bool = False
    retyped: bool = False
    outputs: bool = False
    metadata: bool = False
    """Whether its metadata or attachments differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What changed. The cells are in the later state's order, removed ones where they stood."""

    cells: tuple[CellDifference, ...] = ()
    unchanged: int = 0
    """How many cells are as they were."""
    metadata: bool = False
    """Whether the notebook's own metadata differ."""


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """What changed from one state to the other, both as nbformat knows notebooks."""
    old, new = _cells(before), _cells(after)
    partners = _partners(old, new)
    moved = _moved(partners)
    found: list[CellDifference] = []
    unchanged = 0
    for kind, old_at, new_at in _in_order(len(old), len(new), partners):
        if kind == "both":
            difference = _difference(old[old_at], new[new_at], old_at, new_at, moved=new_at in moved)
            if difference is None:
                unchanged += 1
            else:
                found.append(difference)
        elif kind == "added":
            found.append(_lone(new[new_at], number_after=new_at + 1))
        else:
            found.append(_lone(old[old_at], number_before=old_at + 1))
    metadata = not same(before.get("metadata") or {}, after.get("metadata") or {})
    return Comparison(cells=tuple(found), unchanged=unchanged, metadata=metadata)


def reverse(found: Comparison) -> Comparison:
    """What changed, seen from the later state back to the earlier one."""
    return replace(found, cells=tuple(_reversed(cell) for cell in found.cells))


def _reversed(cell: CellDifference) -> CellDifference:
    return replace(
        cell,
        change={"added": "removed", "removed": "added"}.get(cell.change, cell.change),
        number_before=cell.number_after,
        number_after=cell.number_before,
        before=cell.after,
        after=cell.before,
        lines=tuple(_reversed_lines(cell.lines)),
        lines_added=cell.lines_removed,
        lines_removed=cell.lines_added,
    )


def _reversed_lines(lines: Sequence[str]) -> Iterator[str]:
    gone: list[str] = []
    come: list[str] = []
    for line in [*lines, ""]:
        if line[:1] == "-":
            come.append(f"+{line[1:]}")
        elif line[:1] == "+":
            gone.append(f"-{line[1:]}")
        else:
            yield from gone
            yield from come
            gone, come = [], []
            if line.startswith("@@"):
                _, before, after, _ = line.split(" ")
                yield f"@@ -{after[1:]} +{before[1:]} @@"
            elif line:
                yield line


def _cells(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    cells = content.get("cells")
    return [shaped_cell(cell) for cell in cells] if isinstance(cells, list | tuple) else []


def _partners(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """For the positions in the new state, those in the old one of the same cells: by id, and without one by content."""
    bearers: defaultdict[Any, deque[int]] = defaultdict(deque)
    for was, cell in enumerate(old):
        bearers[cell.get("id")].append(was)
    found: dict[int, int] = {}
    for at, cell in enumerate(new):
        if cell.get("id") and bearers[cell["id"]]:
            found[at] = bearers[cell["id"]].popleft()
    taken = set(found.values())
    olds = [at for at, cell in enumerate(old) if at not in taken and not cell.get("id")]
    news = [at for at, cell in enumerate(new) if at not in found and not cell.get("id")]
    likely = match_cells([_look(old[at]) for at in olds], [_look(new[at]) for at in news])
    return found | {news[at]: olds[was] for at, was in likely.items()}


def _look(cell: Mapping[str, Any]) -> Look:
    return Look(str(cell["cell_type"]), str(cell["source"]))


def _moved(partners: Mapping[int, int]) -> set[int]:
    """The positions in the new state of the fewest cells that must have moved."""
    order = sorted(partners)
    stayed = {order[at] for at in longest_increasing([partners[at] for at in order])}
    return set(order) - stayed


def _in_order(old: int, new: int, partners: Mapping[int, int]) -> Iterator[tuple[str, int, int]]:
    taken = set(partners.values())
    left = 0
    for at in range(new):
        was = partners.get(at)
        if was is None:
            yield "added", -1, at
            continue
        while left < was:
            if left not in taken:
                yield "removed", left, -1
            left += 1
        yield "both", was, at
    for at in range(left, old):
        if at not in taken:
            yield "removed", at, -1


def _lone(cell: Mapping[str, Any], *, number_before: int = 0, number_after: int = 0) -> CellDifference:
    source = str(cell["source"])
    added = number_after > 0
    count = len(source.split("\n")) if source else 0
    return CellDifference(
        id=str(cell.get("id", "")),
        type=str(cell["cell_type"]),
        change="added" if added else "removed",
        number_before=number_before,
        number_after=number_after,
        before="" if added else source,
        after=source if added else "",
        lines=tuple(f"{'+' if added else '-'}{line}" for line in source.split("\n")) if source else (),
        lines_added=count if added else 0,
        lines_removed=0 if added else count,
    )


def _difference(
    old: Mapping[str, Any], new: Mapping[str, Any], old_at: int, new_at: int, *, moved: bool
) -> CellDifference | None:
    before, after = str(old["source"]), str(new["source"])
    retyped = old["cell_type"] != new["cell_type"]
    outputs = not same(old.get("outputs") or [], new.get("outputs") or [])
    metadata = not same(_lasting(old), _lasting(new)) or not same(
        old.get("attachments") or {}, new.get("attachments") or {}
    )
    if before == after and not (moved or retyped or outputs or metadata):
        return None
    changed = hunks(before, after)
    return CellDifference(
        id=str(new.get("id") or old.get("id") or ""),
        type=str(new["cell_type"]),
        change="changed",
        number_before=old_at + 1,
        number_after=new_at + 1,
        before=before,
        after=after,
        lines=tuple(_unified(before.split("\n"), after.split("\n"), changed)),
        lines_added=sum(hunk.new_lines for hunk in changed),
        lines_removed=sum(hunk.old_lines for hunk in changed),
        moved=moved,
        retyped=retyped,
        outputs=outputs,
        metadata=metadata,
    )


def _lasting(cell: Mapping[str, Any]) -> dict[str, Any]:
    """A cell's metadata as a file holds them."""
    return {key: value for key, value in cell["metadata"].items() if key != TRUSTED}


def _unified(before: Sequence[str], after: Sequence[str], changed: Sequence[Hunk]) -> Iterator[str]:
    """The changed lines with some context, in parts that are far enough from each other."""
    parts: list[list[Hunk]] = []
    for hunk in changed:
        if parts and hunk.old_start - parts[-1][-1].old_end <= 2 * CONTEXT:
            parts[-1].append(hunk)
        else:
            parts.append([hunk])
    for part in parts:
        first, last = part[0], part[-1]
        start = max(0, first.old_start - CONTEXT)
        end = min(len(before), last.old_end + CONTEXT)
        new_start = first.new_start - (first.old_start - start)
        new_end = last.new_end + (end - last.old_end)
        yield f"@@ -{start + 1},{end - start} +{new_start + 1},{new_end - new_start} @@"
        at = start
        for hunk in part:
            yield from (f" {line}" for line in before[at : hunk.old_start])
            yield from (f"-{line}" for line in before[hunk.old_start : hunk.old_end])
            yield from (f"+{line}" for line in after[hunk.new_start : hunk.new_end])
            at = hunk.old_end
        yield from (f" {line}" for line in before[at:end])
