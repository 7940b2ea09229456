"""Gathering: from a question to what a model is shown beside it, and the report of what that is."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from .code_names import code_names
from .item import Item, Missing
from .kernel.summary import Budget, Policy, Seen
from .mentions import Mention, mentions, write
from .pack import pack
from .place import Standpoint, named_cell, of_cell, of_panel
from .policy import allows_assistant, variable_policy
from .report import ContextReport, Gathered, LeftOut
from .sources.cells import Look, cell_item
from .sources.documentation import asked_name, briefly, is_documentation, mentioned_documentation
from .sources.files import file_item
from .sources.git import git_item, is_asked_for
from .sources.imports import imports_item
from .sources.last_error import error_item
from .sources.notebook import outline, surrounding_cells
from .sources.related import relevance
from .sources.selection import selection_item
from .sources.variables import mentioned_variables, variable_item
from .surroundings import Surroundings
from .view import NotebookView

if TYPE_CHECKING:
    from ..memory import Question

RELATED_VARIABLES = 30
"""Variables that are looked at without being mentioned, at most."""
MENTIONED_SECONDS = 1.0
RELATED_SECONDS = 0.3
"""How long the eyes on a kernel may take."""
_NOTEBOOK_KINDS = {"cell", "selection", "error", "notebook"}
_WORD = re.compile(r"[^\W\d]\w*")
_SELECTION, _ERROR, _VARIABLE, _IMPORTS, _GIT = 60.0, 40.0, 25.0, 6.0, 15.0
"""What each helps beside the active cell's 100, where nobody mentioned it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What may go out.

    Args:
        budget: Tokens for all of it.
        images: Whether the model sees pictures.
        policy: The server's own policy for variables; the notebook's may only be stricter.
    """

    budget: int
    images: bool = False
    policy: str = "values"


@dataclass(frozen=True, slots=True)
class _Scene:
    """All that the sources look at."""

    question: Question
    worded: str
    mentions: tuple[Mention, ...]
    standpoint: Standpoint
    policy: Policy
    roots: tuple[Path, ...]
    seen: Seen
    limits: Limits

    @property
    def whole(self) -> bool:
        return self.question.look == "notebook"


async def gather(question: Question, surroundings: Surroundings, limits: Limits, worded: str = "") -> Gathered:
    """What a model shall see for a question, packed into the budget.

    A cell whose source stands in `worded`, the prompt that a slash command has made of the question, is shown
    without it. Reads files, runs Git and parses in a thread, so that the event loop goes on.
    """
    named = _distinct(mentions(question.text))
    if question.look == "mentions" and not named:
        return Gathered(report=ContextReport(budget=limits.budget))
    standpoint = await _standpoint(question, named, surroundings)
    if not allows_assistant(standpoint.view.policy):
        return _withheld(named, limits)
    policy = variable_policy(standpoint.view.policy, limits.policy)
    seen = await _look(question, named, standpoint, policy, surroundings)
    roots: tuple[Path, ...] = ()
    if surroundings.folders is not None:
        roots = await surroundings.folders.roots(question.notebook, question.kernel_id)
    return await asyncio.to_thread(_packed, _Scene(question, worded, named, standpoint, policy, roots, seen, limits))


def _distinct(found: Sequence[Mention]) -> tuple[Mention, ...]:
    return tuple({mention.key: mention for mention in reversed(found)}.values())[::-1]


async def _standpoint(question: Question, named: Sequence[Mention], surroundings: Surroundings) -> Standpoint:
    view = question.view or NotebookView()
    if view.cells and view.path:
        return of_panel(view)
    needed = question.look == "notebook" or any(each.kind in _NOTEBOOK_KINDS for each in named)
    # The policy is the notebook's own and counts for variables, too.
    if surroundings.notebooks is None or not (needed or question.notebook):
        return Standpoint(view, len(view.cells) - 1)
    found = await surroundings.notebooks.view(question.notebook)
    if found is None:
        return Standpoint(view, len(view.cells) - 1)  # a kernel's own history may stand in for it
    standpoint = of_cell(found, view.active_cell, question.text)
    return replace(standpoint, view=replace(standpoint.view, selection=view.selection or standpoint.view.selection))


def _withheld(named: Sequence[Mention], limits: Limits) -> Gathered:
    reason = "the notebook's policy keeps the assistant out"
    left_out = tuple(LeftOut(each.kind, write(each), 0, reason) for each in named if each.kind != "name")
    return Gathered(report=ContextReport(left_out=left_out, budget=limits.budget))


async def _look(
    question: Question, named: Sequence[Mention], standpoint: Standpoint, policy: Policy, surroundings: Surroundings
) -> Seen:
    wanted = [each.target for each in named if each.kind in {"name", "variable"}]
    wanted += [asked_name(each) for each in named if each.kind == "documentation"]
    budget = Budget(seconds=MENTIONED_SECONDS if wanted else RELATED_SECONDS)
    if question.look == "notebook":
        wanted += _related_names(question, standpoint)
    if policy == "off":
        return Seen(how="off")
    sent = question.variables if policy == "values" else question.schemas
    names = [name for name in dict.fromkeys(wanted) if name not in {each.name for each in sent}]
    if not names or surroundings.kernels is None or not question.kernel_id:
        return Seen(variables=sent, how="live" if sent else "unreachable")
    seen = await surroundings.kernels.look(question.kernel_id, names, policy=policy, budget=budget)
    return replace(seen, variables=(*sent, *seen.variables))


def _related_names(question: Question, standpoint: Standpoint) -> list[str]:
    """The names that the active cell uses, and the words of the question: few of them are variables, which is known then."""
    active = standpoint.view.cells[standpoint.active] if standpoint.active >= 0 else None
    used: list[str] = []
    if active is not None and active.kind == "code" and standpoint.view.language == "python":
        found = code_names(active.source)
        used = sorted(found.mentions | found.writes)
    words = _WORD.findall(question.text[:2_000])
    return [*words[:60], *used][: 2 * RELATED_VARIABLES]


# --- in a thread -----------------------------------------------------------------------------------


def _packed(scene: _Scene) -> Gathered:
    items, missing = _mentioned(scene)
    unread: tuple[LeftOut, ...] = ()
    if scene.whole or any(each.kind == "notebook" for each in scene.mentions):
        around, unread = _around(scene, items)
        items += around
    gathered = pack(items, missing, scene.limits.budget)
    report = gathered.report
    return replace(gathered, report=replace(report, left_out=(*report.left_out, *unread)))


def _mentioned(scene: _Scene) -> tuple[list[Item], list[Missing]]:
    items: list[Item] = []
    missing: list[Missing] = []
    variables = [each for each in scene.mentions if each.kind in {"name", "variable"}]
    found, missed = mentioned_variables(variables, scene.seen)
    items += found
    missing += missed
    for mention in scene.mentions:
        if mention.kind in {"name", "variable"}:
            continue
        item = _resolved(scene, mention)
        if isinstance(item, Missing):
            missing.append(item)
        elif not any(item.kind == other.kind and item.label == other.label for other in items):
            items.append(item)
    return items, missing


def _resolved(scene: _Scene, mention: Mention) -> Item | Missing:
    view = scene.standpoint.view
    if mention.kind == "file":
        return file_item(mention.target, scene.roots, scene.policy, images=scene.limits.images)
    if mention.kind == "documentation":
        return mentioned_documentation(mention, scene.seen)
    if not view.cells and mention.kind != "selection":
        return Missing("notebook", write(mention), "the notebook is not known here")
    match mention.kind:
        case "cell":
            index = named_cell(view, mention) if mention.target else scene.standpoint.active
            if isinstance(index, str) or index < 0:
                return Missing("cell", write(mention), index if isinstance(index, str) else "no cell is active")
            return cell_item(view, index, _cells_look(scene), mentioned=True)
        case "selection":
            return selection_item(view, mentioned=True) or Missing("selection", "@selection", "nothing is selected")
        case "error":
            return error_item(view, scene.policy, mentioned=True) or Missing(
                "error", "@error", "no cell shows an error"
            )
    return outline(view)


def _around(scene: _Scene, mentioned: Sequence[Item]) -> tuple[list[Item], tuple[LeftOut, ...]]:
    """What stands around the active cell, less what is mentioned."""
    standpoint, question = scene.standpoint, scene.question
    view = standpoint.view
    there = {(item.kind, item.label) for item in mentioned}
    items: list[Item | None] = []
    unread: tuple[LeftOut, ...] = ()
    if view.cells:
        active = standpoint.active if standpoint.active >= 0 else len(view.cells) - 1
        weights = relevance(view, active)
        weights.pop(standpoint.asking, None)
        named = {item.place[1] for item in mentioned if item.kind == "cell"}
        weights = {index: weight for index, weight in weights.items() if index not in named}
        cells, unread = surrounding_cells(view, weights, _cells_look(scene), scene.limits.budget)
        items += cells
        items.append(imports_item(view, scene.roots, _IMPORTS))
    if scene.whole:
        items.append(selection_item(view, relevance=_SELECTION))
        items.append(error_item(view, scene.policy, relevance=_ERROR) if _is_new(scene) else None)
        if scene.roots and is_asked_for(question.text):
            items.append(git_item(scene.roots[0], scene.policy, _GIT))
    related = [each for each in scene.seen.variables if not each.hidden and not is_documentation(each)]
    items += [variable_item(briefly(each), scene.seen, relevance=_VARIABLE) for each in related[:RELATED_VARIABLES]]
    return [item for item in items if item is not None and (item.kind, item.label) not in there], unread


def _is_new(scene: _Scene) -> bool:
    """Whether the last error needs telling by itself: the active cell shows its own already."""
    view, active = scene.standpoint.view, scene.standpoint.active
    return active < 0 or not any(each.get("output_type") == "error" for each in view.cells[active].outputs)


def _cells_look(scene: _Scene) -> Look:
    return Look(policy=scene.policy, images=scene.limits.images, told=_told(scene))


def _told(scene: _Scene) -> frozenset[str]:
    """The cells whose whole source a slash command has put into the prompt."""
    if not scene.worded:
        return frozenset()
    sources = {cell.id: cell.source.strip("\n") for cell in scene.standpoint.view.cells}
    return frozenset(name for name, source in sources.items() if source and f"\n{source}\n```" in scene.worded)
