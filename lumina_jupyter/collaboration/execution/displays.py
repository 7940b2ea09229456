"""Outputs that code changes after it has shown them, found again by the id that it gave them."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..document.shared_outputs import shared_output
from ..document.storable import same, storable_value

if TYPE_CHECKING:
    from jupyter_ydoc import YNotebook
    from pycrdt import Array, Map

MOST = 1_000
"""Ids that are remembered of one kernel; the oldest are forgotten first."""
MOST_AFTER = 20
"""Outputs behind a changed one that are written again with it."""


@dataclass(slots=True)
class _Place:
    cell: str
    index: int
    output: dict[str, Any]


class Displays:
    """Where the outputs with an id are in a notebook, as far as runs of one kernel put them there.

    A document does not hold these ids. An output is known by its place and by what it was left as, so that nothing
    else is changed when somebody cleared or moved it meanwhile.
    """

    def __init__(self) -> None:
        self._places: OrderedDict[str, list[_Place]] = OrderedDict()

    def remember(self, display: str, cell: str, index: int, output: dict[str, Any]) -> None:
        """Keep in mind where an output is."""
        places = self._places.setdefault(display, [])
        places.append(_Place(cell, index, output))
        self._places.move_to_end(display)
        del places[:-MOST_AFTER]
        while len(self._places) > MOST:
            self._places.popitem(last=False)

    def cells(self, display: str) -> list[str]:
        """The cells with an output of that id."""
        return [place.cell for place in self._places.get(display, [])]

    def update(self, document: YNotebook, display: str, data: dict[str, Any], metadata: dict[str, Any]) -> None:
        """Give every output of that id other data, inside the caller's transaction."""
        for place in self._places.get(display, []):
            cell = cell_of(document, place.cell)
            outputs = None if cell is None else cell.get("outputs")
            index = None if outputs is None else _find(outputs, place)
            if outputs is None or index is None:
                continue
            place.index = index
            place.output = {**place.output, "data": data, "metadata": metadata}
            _replace(outputs, index, place.output)


def cell_of(document: YNotebook, cell_id: str, near: int = 0) -> Map[Any] | None:
    """The shared cell of that id; the search begins at the index `near`."""
    index = index_of(document, cell_id, near)
    return None if index is None else document.ycells[index]


def index_of(document: YNotebook, cell_id: str, near: int = 0) -> int | None:
    """Where the cell of that id is; None when there is none."""
    cells = document.ycells
    with document.ydoc.transaction():
        if 0 <= near < len(cells) and cells[near].get("id") == cell_id:
            return near
        return next((at for at, cell in enumerate(cells) if cell.get("id") == cell_id), None)


def _find(outputs: Array[Any], place: _Place) -> int | None:
    order = [place.index] if place.index < len(outputs) else []
    order += [at for at in range(len(outputs)) if at != place.index]
    wanted = storable_value(place.output)
    return next((at for at in order if same(_plain(outputs[at]), wanted)), None)


def _plain(output: Any) -> Any:
    return output.to_py() if hasattr(output, "to_py") else output


def _replace(outputs: Array[Any], index: int, output: dict[str, Any]) -> None:
    """Put an output in place of another.

    JupyterLab puts whatever is inserted behind all other outputs, so what stands behind is taken out and put back as
    well. Where that is much, the data alone is changed: pages that are open show it when they are loaded again.
    """
    behind = len(outputs) - index - 1
    if behind > MOST_AFTER:
        outputs[index]["data"] = storable_value(output["data"])
        outputs[index]["metadata"] = storable_value(output["metadata"])
        return
    others = [_plain(outputs[at]) for at in range(index + 1, len(outputs))]
    del outputs[index:]
    outputs.extend([shared_output(storable_value(each)) for each in (output, *others)])
