"""The notebooks and files of this server as addresses, and prompts about them."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable, Mapping
from posixpath import dirname
from urllib.parse import quote

from ....errors import LuminaError
from ...content import Content, ResourceContent, TextContent, text_of
from ...counterpart import Counterpart
from .offers import Call, Listed, Offers, Prompt, PromptArgument, Resource

NotebookChanges = Callable[[str], AsyncGenerator[None, None]]

NOTEBOOK = "lumina://notebook/"
FILE = "lumina://file/"
ENTRY = re.compile(r"(?P<folder>.+/)|(?P<file>.+)  [\d,]+")
"""How list_files tells what there is."""
MARKDOWN = "text/markdown"

EXPLAIN = (
    "Explain briefly what this cell does, or, where its outputs are an error, why it fails. Read other cells of the "
    "notebook with Lumina's tools where that is needed."
)
FIX = (
    "This cell does not do what it should. Find out why, by its outputs and by the cells before it. Then change it with "
    "edit_cell, run it with run_cell, and look at what comes out; end when it is right, and say what was wrong."
)
REVIEW = (
    "Review this notebook: mistakes in the code, results that do not follow from it, cells that would fail when run from "
    "the top. Name cells by their ids. Change nothing."
)


def lumina_offers(changes: NotebookChanges) -> Offers:
    """What Lumina itself offers.

    Args:
        changes: Yields whenever the notebook at a path has changed.
    """

    async def of_notebook(variables: Mapping[str, str], call: Call) -> AsyncGenerator[None, None]:
        # Whoever may not read a notebook is not told when people work in it either.
        await call("read_notebook_cells", {"file_path": variables["path"], "cell_ids": []})
        async for _change in changes(variables["path"]):
            yield

    return Offers(
        resources=[
            Resource(
                uri=f"{NOTEBOOK}{{+path}}",
                name="notebook",
                title="Notebook",
                description="A notebook as it is now, with what people are typing: every cell with its id, text and outputs.",
                media_type=MARKDOWN,
                tool="read_notebook",
                arguments={"include_outputs": True},
                variables={"path": "file_path"},
                complete={"path": _notebooks},
                changes=of_notebook,
            ),
            Resource(
                uri=f"{FILE}{{+path}}",
                name="file",
                title="File",
                description="A text file beside the notebooks.",
                tool="read_file",
                variables={"path": "path"},
                complete={"path": _files},
            ),
        ],
        prompts=[
            _about_cell("explain_cell", "Explain a cell", "Explain what a cell does, or why it fails.", EXPLAIN),
            _about_cell("fix_cell", "Mend a cell", "Find out why a cell fails, mend it and run it.", FIX),
            Prompt(
                name="review_notebook",
                title="Review a notebook",
                description="Look for mistakes in a notebook, without changing it.",
                arguments=[_WHICH_NOTEBOOK],
                render=_review,
            ),
        ],
        list_more=[_listed],
    )


def _about_cell(name: str, title: str, description: str, wish: str) -> Prompt:
    async def render(arguments: Mapping[str, str], call: Call, _counterpart: Counterpart) -> Content:
        notebook, cell = arguments["notebook"], arguments["cell"]
        read = await call("read_cell", {"file_path": notebook, "cell_id": cell})
        return (_embedded(notebook, read), TextContent(f"{wish}\n\nThe notebook is {notebook}, the cell {cell}."))

    which = PromptArgument(name="cell", description="The cell's id, as read_notebook tells it.")
    return Prompt(name=name, title=title, description=description, arguments=[_WHICH_NOTEBOOK, which], render=render)


async def _review(arguments: Mapping[str, str], call: Call, _counterpart: Counterpart) -> Content:
    notebook = arguments["notebook"]
    read = await call("read_notebook", {"file_path": notebook, "include_outputs": True})
    return (_embedded(notebook, read), TextContent(f"{REVIEW}\n\nThe notebook is {notebook}."))


def _embedded(notebook: str, read: Content) -> ResourceContent:
    return ResourceContent(f"{NOTEBOOK}{quote(notebook)}", MARKDOWN, text_of(read))


async def _entries(folder: str, call: Call) -> list[str]:
    """The names in a folder, those of folders with a slash, as paths."""
    try:
        listing = text_of(await call("list_files", {"path": folder or "."}))
    except LuminaError:
        return []  # whoever may not look has nothing to choose from
    before = f"{folder}/" if folder else ""
    found = (ENTRY.fullmatch(line) for line in listing.splitlines())
    return [f"{before}{entry['folder'] or entry['file']}" for entry in found if entry]


async def _listed(call: Call) -> list[Listed]:
    """The notebooks and files in the folder where they begin."""
    found = [path for path in await _entries("", call) if not path.endswith("/")]
    return [
        Listed(uri=f"{NOTEBOOK}{quote(path)}", name=path, media_type=MARKDOWN)
        if path.endswith(".ipynb")
        else Listed(uri=f"{FILE}{quote(path)}", name=path, media_type="text/plain")
        for path in found
    ]


async def _files(begun: str, _others: Mapping[str, str], call: Call) -> list[str]:
    return [path for path in await _entries(dirname(begun), call) if path.startswith(begun)]


async def _notebooks(begun: str, others: Mapping[str, str], call: Call) -> list[str]:
    return [path for path in await _files(begun, others, call) if path.endswith(("/", ".ipynb"))]


_WHICH_NOTEBOOK = PromptArgument(
    name="notebook", description="The notebook's path, as list_files tells it.", complete=_notebooks
)
