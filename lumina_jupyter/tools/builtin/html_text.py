"""HTML as text that a model reads well, made in a process of its own: some pages take a parser for ever.

Run as `python -m lumina_jupyter.tools.builtin.html_text`: HTML in, Markdown out.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

from ...errors import FetchFailed

SECONDS = 15.0
MEMORY_BYTES = 1_000_000_000
_UNREAD = [
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "iframe",
    "object",
    "embed",
    "head",
    "nav",
    "footer",
]


async def text_of_html(html: str) -> str:
    """The text of a page as Markdown: its title, headings, links, lists and tables.

    Raises:
        FetchFailed: when it takes too long or too much memory.
    """
    # -P: no module of the working folder takes the place of one of ours.
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        __name__,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(SECONDS):
            told, _ = await process.communicate(html.encode(errors="replace"))
    except TimeoutError as error:
        raise FetchFailed("The page is too tangled to be made into text.") from error
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0:
        raise FetchFailed("The page could not be made into text.")
    return told.decode(errors="replace")


def markdown(html: str) -> str:
    """The page as Markdown; as plain text when it is nested deeper than can be followed."""
    from bs4 import BeautifulSoup
    from markdownify import MarkdownConverter

    page = BeautifulSoup(html, "html.parser")
    title = page.title.get_text(" ", strip=True) if page.title is not None else ""
    for element in page(_UNREAD):
        element.decompose()
    try:
        body = MarkdownConverter(heading_style="ATX", strip=["img"]).convert_soup(page)
    except RecursionError:
        body = page.get_text("\n", strip=True)
    lines = [line.rstrip() for line in body.splitlines()]
    kept = [line for line, before in zip(lines, ["", *lines], strict=False) if line or before]
    return "\n".join([f"# {title}", "", *kept] if title else kept).strip() + "\n"


def main() -> None:
    """Standard input to standard output, within limits."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (int(SECONDS), int(SECONDS) + 1))
    sys.stdout.buffer.write(markdown(sys.stdin.buffer.read().decode(errors="replace")).encode(errors="replace"))


if __name__ == "__main__":
    main()
