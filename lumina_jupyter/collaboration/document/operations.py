"""What can be done to the cells of a notebook's document: each a function that checks first and then edits.

They run inside of a transaction, which cannot be taken back: a refusal comes before the first edit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from ...errors import EditDoesNotFit
from .author import Author
from .cell import Cell, CellType
from .edits import Edit, edited
from .provenance import KEY, stamped
from .refusals import cell_changed
from .repair import ID
from .shared_cells import cell_at, content_at, id_of, index_of, insert_cell, metadata_of
from .storable import CELL_TYPES, joined_text, storable_value
from .text_edit import apply_to

if TYPE_CHECKING:
    from jupyter_ydoc import YNotebook
    from pycrdt import Array, Text

SEPARATOR = "\n\n"
"""What stands between the texts of cells that are merged, as in JupyterLab."""
TRUSTED = "trusted"
"""The entry of a cell's metadata that lets its outputs run code in the browser."""


def insert(
    document: YNotebook,
    author: Author,
    source: str,
    *,
    type: CellType,
    after: str | None,
    before: str | None,
    metadata: Mapping[str, Any],
    id: str | None,
) -> str:
    """Put a new cell after or before another, or at the end; its id."""
    _check_type(type)
    if id is not None:
        _check_id(document, id)
    index = _place(document, after, before)
    cell = _new_cell(type, source, _storable(metadata))
    _stamp_content(cell, author)
    return insert_cell(document, index, cell if id is None else {"id": id, **cell})


def edit(document: YNotebook, author: Author, cell_id: str, base_hash: str, change: Edit) -> str:
    """Change a cell's text with the fewest splices."""
    index, cell = read_at(document, cell_id, base_hash)
    text = edited(cell.source, change)
    if text != cell.source:
        apply_to(_source(document, index), text)
        _stamp(document, index, author)
    return cell_id


def delete(document: YNotebook, cell_id: str, base_hash: str) -> Cell:
    """Take a cell away; the cell as it was."""
    index, cell = read_at(document, cell_id, base_hash)
    del document.ycells[index]
    return cell


def move(document: YNotebook, cell_id: str, base_hash: str | None, *, after: str | None, before: str | None) -> str:
    """Put a cell elsewhere: Yjs has no move, so a copy of the same id takes its place there."""
    index = index_of(document, cell_id) if base_hash is None else read_at(document, cell_id, base_hash)[0]
    if cell_id in {after, before}:
        raise EditDoesNotFit("A cell cannot be moved next to itself.", hint="Name another cell; nothing was written.")
    target = _place(document, after, before)
    target -= target > index
    if target != index:
        content = content_at(document, index)
        del document.ycells[index]
        insert_cell(document, target, content)
    return cell_id


def split(
    document: YNotebook, author: Author, cell_id: str, base_hash: str, *, line: int | None, character: int | None
) -> tuple[str, str]:
    """Part a cell in two; the first keeps id and outputs."""
    index, cell = read_at(document, cell_id, base_hash)
    head, tail = _parts(cell.source, line, character)
    apply_to(_source(document, index), head)
    _stamp(document, index, author)
    second = _new_cell(cell.type, tail, {key: value for key, value in cell.metadata.items() if key != KEY})
    _stamp_content(second, author)
    return cell_id, insert_cell(document, index + 1, second)


def merge(document: YNotebook, author: Author, cells: Sequence[tuple[str, str]]) -> str:
    """Make one cell of several: the first in the notebook takes the others' text, outputs and attachments."""
    if len({cell_id for cell_id, _hash in cells}) != len(cells) or len(cells) < 2:
        raise EditDoesNotFit("Merging takes at least two cells, each once.", hint="Name them; nothing was written.")
    found = sorted((read_at(document, *each) for each in cells), key=lambda each: each[0])
    (index, first), others = found[0], [cell for _index, cell in found[1:]]
    if any(other.type != first.type for other in others):
        raise EditDoesNotFit("The cells are of different types.", hint="Change their type first; nothing was written.")
    attachments = _joined_attachments([first, *others])
    apply_to(_source(document, index), SEPARATOR.join(cell.source for cell in [first, *others]))
    _add_outputs(document, index, [output for other in others for output in other.outputs])
    if attachments != first.attachments:
        document.ycells[index]["attachments"] = attachments
    _stamp(document, index, author)
    for at, _cell in reversed(found[1:]):
        del document.ycells[at]
    return first.id


def change_type(document: YNotebook, author: Author, cell_id: str, base_hash: str, type: CellType) -> str:
    """Make a cell one of another type; a code cell's outputs go, for no other cell can hold them."""
    _check_type(type)
    index, cell = read_at(document, cell_id, base_hash)
    if type == cell.type:
        return cell_id
    if type == "code" and cell.attachments:
        raise EditDoesNotFit(
            "The cell holds attached images, and a code cell cannot.",
            hint="Take them out of the text first; nothing was written.",
        )
    content = {"id": cell_id, **_new_cell(type, cell.source, cell.metadata)}
    if cell.attachments:
        content["attachments"] = dict(cell.attachments)
    _stamp_content(content, author)
    # Clients hold a cell's type for fixed, so it is another shared cell of the same id.
    del document.ycells[index]
    return insert_cell(document, index, content)


def set_metadata(document: YNotebook, cell_id: str, base_hash: str, changes: Mapping[str, Any]) -> str:
    """Set entries of a cell's metadata; those that are None go."""
    storable = _storable(changes)
    index, _cell = read_at(document, cell_id, base_hash)
    _apply_changes(metadata_of(document.ycells[index]), storable)
    return cell_id


def set_notebook_metadata(document: YNotebook, changes: Mapping[str, Any]) -> None:
    """Set entries of the notebook's metadata; those that are None go."""
    storable = _storable(changes)
    _apply_changes(metadata_of(document.ydoc["meta"]), storable)


def clear_outputs(document: YNotebook, cell_id: str, base_hash: str) -> str:
    """Take a code cell's outputs and execution count away."""
    index, _cell = read_at(document, cell_id, base_hash)
    _clear(document, index)
    return cell_id


def clear_all_outputs(document: YNotebook) -> None:
    """The same of every cell."""
    for index in range(len(document.ycells)):
        _clear(document, index)


def read_at(document: YNotebook, cell_id: str, base_hash: str) -> tuple[int, Cell]:
    """Where a cell is, and the cell, if it is still as the author read it.

    Raises:
        CellGone: when it is not there.
        CellChanged: when it was changed since.
    """
    index = index_of(document, cell_id)
    cell = cell_at(document, index)
    if cell.hash != base_hash:
        raise cell_changed(cell)
    return index, cell


def _place(document: YNotebook, after: str | None, before: str | None) -> int:
    if after is not None and before is not None:
        raise EditDoesNotFit("A cell goes after another or before one.", hint="Name one of them; nothing was written.")
    if after is not None:
        return index_of(document, after) + 1
    return len(document.ycells) if before is None else index_of(document, before)


def _check_type(type: str) -> None:
    if type not in CELL_TYPES:
        raise EditDoesNotFit(f"{type!r} is no type of cell.", hint="A cell is `code`, `markdown` or `raw`.")


def _check_id(document: YNotebook, cell_id: str) -> None:
    if not ID.fullmatch(cell_id):
        raise EditDoesNotFit(f"{cell_id!r} is no cell's id.", hint="An id has 1 to 64 letters, digits, - and _.")
    if any(id_of(shared) == cell_id for shared in document.ycells):
        raise EditDoesNotFit(f"There is a cell {cell_id} already.", hint="Leave the id to us; nothing was written.")


def _new_cell(type: CellType, source: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": type, "source": source, "metadata": dict(metadata)}
    return {**cell, "outputs": [], "execution_count": None} if type == "code" else cell


def _source(document: YNotebook, index: int) -> Text:
    from pycrdt import Text

    shared = document.ycells[index]
    if not isinstance(shared.get("source"), Text):
        shared["source"] = Text(cell_at(document, index).source)
    return cast("Text", shared["source"])


def _parts(source: str, line: int | None, character: int | None) -> tuple[str, str]:
    if (line is None) == (character is None):
        raise EditDoesNotFit("A cell is split at a line or at a character.", hint="Name one; nothing was written.")
    if character is not None:
        if not 0 <= character <= len(source):
            raise EditDoesNotFit(f"The cell has {len(source)} characters; {character} is not among them.")
        return source[:character], source[character:]
    lines = source.split("\n")
    at = cast("int", line) - 1
    if not 0 <= at <= len(lines):
        raise EditDoesNotFit(f"The cell has {len(lines)} lines; line {line} is not among them.")
    return "\n".join(lines[:at]), "\n".join(lines[at:])


def _joined_attachments(cells: Sequence[Cell]) -> dict[str, Any]:
    joined: dict[str, Any] = {}
    for cell in cells:
        for name, attachment in cell.attachments.items():
            if joined.setdefault(name, attachment) != attachment:
                raise EditDoesNotFit(f"Two of the cells have different attachments of the name {name!r}.")
    return joined


def _add_outputs(document: YNotebook, index: int, outputs: Sequence[Mapping[str, Any]]) -> None:
    if not outputs:
        return
    from pycrdt import Map, Text

    own = cast("Array[Any]", document.ycells[index]["outputs"])
    for output in storable_value(outputs):
        if output.get("output_type") == "stream":
            output["text"] = Text(joined_text(output.get("text", "")))
        own.append(Map(output))


def _clear(document: YNotebook, index: int) -> None:
    shared = document.ycells[index]
    if shared.get("outputs"):
        shared["outputs"].clear()
    if shared.get("execution_count") is not None:
        shared["execution_count"] = None


def _storable(changes: Mapping[str, Any]) -> dict[str, Any]:
    if TRUSTED in changes:
        raise EditDoesNotFit("Whether a cell is trusted is for people to say.", hint="Leave `trusted` out.")
    try:
        json.dumps(dict(changes))
    except (TypeError, ValueError, RecursionError) as error:
        raise EditDoesNotFit(f"The metadata is no JSON: {error}.", hint="Nothing was written.") from None
    return cast("dict[str, Any]", storable_value(changes))


def _apply_changes(metadata: Any, changes: Mapping[str, Any]) -> None:
    for key, value in changes.items():
        if value is not None:
            metadata[key] = value
        elif key in metadata:
            del metadata[key]


def _stamp(document: YNotebook, index: int, author: Author) -> None:
    metadata = metadata_of(document.ycells[index])
    ours = stamped(metadata.to_py() or {}, author)
    if ours is not None:
        metadata[KEY] = ours


def _stamp_content(content: dict[str, Any], author: Author) -> None:
    ours = stamped(content["metadata"], author)
    if ours is not None:
        content["metadata"] = {**content["metadata"], KEY: ours}
