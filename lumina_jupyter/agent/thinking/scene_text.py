"""The scene as a prompt, within a budget of tokens.

What stays the same through a run stands first (files, then cells, then variables, then what was done), so that a
server's prompt cache meets the same beginning again. All of it is marked as data by delimiters that it cannot forge.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...context import CellView
from ...context.dataflow import names_of, upstream
from ...context.envelope import contained
from ...context.item import cut_middle
from ...context.kernel.summary import Policy, VariableSummary
from ...context.outputs import outputs_text
from ...context.sources.related import relevance
from ...context.tokens import characters, estimate
from ...telemetry.redaction import redact
from ..scene import Done, Scene
from .variable_lines import variable_line

MOST_VARIABLES = 40
MOST_FILES = 20
_RUNS = frozenset({"run_cell", "run_all_cells"})
_RAN = re.compile(r"^Cell \S+: \w+ after [\d.]+ s\.$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What of a scene may be shown, and how much of it.

    Args:
        scene: The scene.
        words: What is asked: what these name comes first.
        policy: What may be seen of values.
        budget: Tokens for all of it.
        focus: The cell that it is about.
        brief: Whether only what the focus and the words need is shown, for a small model.
    """

    scene: Scene
    words: str = ""
    policy: Policy = "values"
    budget: int = 1_000
    focus: str = ""
    brief: bool = False

    def text(self, *, done: bool = True) -> str:
        """The whole scene; never more than the budget, by the estimate."""
        room = self.budget
        variables = self._part("variables", self.variables(room // 2))
        room -= estimate(variables)
        results = self._part("done", self.done(room // 2)) if done else ""
        room -= estimate(results)
        files = self._part("files", self.files(min(room, 200)))
        room -= estimate(files)
        cells = self.cells(room)
        return f"{files}{cells}{variables}{results}"

    # --- its parts --------------------------------------------------------------------------------

    def files(self, budget: int) -> str:
        """The names of the files, those that the words name first."""
        lowered = self.words.lower()
        names = sorted(self.scene.files, key=lambda name: (name.rpartition("/")[2].lower() not in lowered, name))
        return _lines([name[:200] for name in names[:MOST_FILES]], budget)

    def variables(self, budget: int) -> str:
        """The variables, a line each; tables with their columns. Those that the words name come first, with examples."""
        if self.policy == "off":
            return ""
        there = [each for each in self.scene.variables if not each.hidden]
        near = {each.name for each in there if self._is_named(each)}
        shown = sorted(there, key=lambda each: (each.name not in near, not each.columns))
        # A small model uses what it is shown: of tables that the words do not name it is told the names alone.
        lines = [
            f"{each.name}: {each.type}"
            if self.brief and near and each.columns and each.name not in near
            else variable_line(each, self.policy, self.words, brief=self.brief)
            for each in shown[:MOST_VARIABLES]
        ]
        return _lines([line for line in lines if line], budget)

    def _is_named(self, variable: VariableSummary) -> bool:
        """Whether the words, or the cell that they are about, name a variable or a column of it."""
        cell = self.scene.notebook.cell(self.focus)
        spoken = self.words if cell is None else f"{self.words}\n{cell.source}"
        if re.search(rf"(?<!\w){re.escape(variable.name)}(?!\w)", spoken):
            return True
        lowered = self.words.lower()
        return any(len(column.name) > 2 and column.name.lower() in lowered for column in variable.columns)

    def cells(self, budget: int) -> str:
        """The cells that matter most, in the notebook's order, each between its own delimiters."""
        view = self.scene.notebook
        chosen = self._related() if self.brief else self._ranked()
        texts: dict[int, str] = {}
        for index in chosen:
            text = self._cell(index, view.cells[index], budget)
            cost = estimate(text)
            if cost > budget:
                continue
            texts[index] = text
            budget -= cost
        return "".join(texts[index] for index in sorted(texts))

    def done(self, budget: int) -> str:
        """What the steps so far gave back; the last ones, when there is no room for all."""
        kept: list[str] = []
        for each in reversed(self.scene.done):
            text = _done(each, budget)
            budget -= estimate(text)
            if budget < 0:
                break
            kept.append(text)
        return "\n".join(reversed(kept))

    # --- how they are shown -----------------------------------------------------------------------

    def _cell(self, index: int, cell: CellView, budget: int) -> str:
        source = cut_middle(redact(cell.source).strip("\n"), max(200, characters(budget) * 2 // 3))
        outputs = "" if self.brief and cell.id != self.focus else outputs_text(cell.outputs, self.policy)
        shown = cut_middle(outputs, max(200, characters(budget) // 4))
        body = f"{source}\nOutput:\n{shown}" if shown else source
        kind = "" if cell.kind == "code" else f' kind="{cell.kind}"'
        active = ' active="yes"' if cell.id == self.scene.notebook.active_cell else ""
        name = "" if self.brief else f' number="{index + 1}" id="{_attribute(cell.id)}"{active}'
        return f"<lumina:cell{name}{kind}>\n{contained(body)}\n</lumina:cell>\n"

    def _ranked(self) -> list[int]:
        """All cells, the most relevant to the focus first."""
        view = self.scene.notebook
        if not view.cells:
            return []
        at = next((index for index, cell in enumerate(view.cells) if cell.id == (self.focus or view.active_cell)), -1)
        weights = relevance(view, at if at >= 0 else len(view.cells) - 1)
        return sorted(weights, key=lambda index: (-weights[index], index))

    def _related(self) -> list[int]:
        """The cells with the functions and classes that the focus or the words use, nearest first; not the focus itself.

        What cells make of data, the variables say; a small model copies code that it is shown.
        """
        view = self.scene.notebook
        if view.language != "python":
            return self._ranked()[:2]
        at = next((index for index, cell in enumerate(view.cells) if cell.id == self.focus), -1)
        used = names_of(view.cells[at]).mentions if at >= 0 else frozenset()
        near = upstream(view, at) if at >= 0 else {}
        found: dict[int, int] = {}
        for index, cell in enumerate(view.cells):
            if index == at or cell.kind != "code":
                continue
            made = {name for name, _ in names_of(cell).late}
            if any(name in used or name in self.words for name in made) or (index in near and not self.scene.variables):
                found[index] = near.get(index, 9)
        return sorted(found, key=lambda index: (found[index], -index))

    @staticmethod
    def _part(name: str, text: str) -> str:
        return f"<lumina:{name}>\n{contained(text)}\n</lumina:{name}>\n" if text else ""


def result_of(done: Done) -> str:
    """What a step gave back; of cells that ran, what they put out without how long it took."""
    return _RAN.sub("", done.result).strip() if done.tool in _RUNS else done.result.strip()


def _done(each: Done, budget: int) -> str:
    state = " failed" if each.failed else ""
    result = cut_middle(result_of(each), max(120, min(characters(budget) // 2, 4_000)))
    cell = f" (cell {each.cell})" if each.cell else ""
    return f"{each.title}{state}{cell}:\n{result}" if result else f"{each.title}{state}{cell}."


def _lines(lines: Sequence[str], budget: int) -> str:
    kept: list[str] = []
    for line in lines:
        budget -= estimate(line) + 1
        if budget < 0 and kept:
            break
        kept.append(line if budget >= 0 else cut_middle(line, max(0, characters(budget + estimate(line)))))
    return "\n".join(line for line in kept if line)


def _attribute(value: str) -> str:
    return "".join(character for character in value if character.isalnum() or character in "-_.")[:64]
