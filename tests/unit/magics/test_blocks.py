"""Cutting a streamed answer into blocks: nothing is lost, and no block breaks what it holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from lumina_jupyter.magics.blocks import MOST, SMALLEST, MarkdownBlocks

WORDS = "finished paragraphs are frozen and only the last one stays live while the answer streams on "
PARAGRAPH = WORDS * 4 + "\n\n"
FENCE = "```python\n" + "def f(x):\n\n    return x\n\n" * 20 + "```\n\n"
LIST = "".join(f"{n}. item {WORDS}\n\n   more of it\n\n" for n in range(1, 9)) + "After the list.\n\n"
TABLE = "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 60 + "\n"
MATH = "$$\nx = 1\n\n" + "+ 2\n\n" * 100 + "$$\n\n"
HTML = "<details>\n<summary>more</summary>\n\n" + PARAGRAPH * 5 + "</details>\n\n"
QUOTE = f"> {WORDS}\n" * 20 + "\n"
PARTS = [
    PARAGRAPH,
    FENCE,
    LIST,
    TABLE,
    MATH,
    HTML,
    QUOTE,
    "# A heading\n\n",
    "- a\n- b\n\n",
    "\n\n",
    "~~~\n$$\n~~~\n\n",
]


def cut(text: str, sizes: list[int]) -> list[str]:
    blocks = MarkdownBlocks()
    found: list[str] = []
    position = 0
    step = 0
    while position < len(text):
        size = sizes[step % len(sizes)]
        found += blocks.feed(text[position : position + size])
        position += size
        step += 1
    return [*found, blocks.live]


@given(
    st.lists(st.sampled_from(PARTS), max_size=12).map("".join), st.lists(st.integers(1, 400), min_size=1, max_size=5)
)
def test_the_blocks_joined_are_the_answer_and_do_not_depend_on_its_pieces(text: str, sizes: list[int]) -> None:
    blocks = cut(text, sizes)
    assert "".join(blocks) == text
    assert blocks == cut(text, [len(text) or 1])


@given(st.text(alphabet="ab \n`~$<>/|-*1.#\\[]\r", max_size=4_000), st.integers(1, 50))
def test_any_text_comes_out_whole(text: str, size: int) -> None:
    text = text * 5
    blocks = cut(text, [size])
    assert "".join(blocks) == text
    assert blocks == cut(text, [1_000_000])


@given(st.lists(st.sampled_from(PARTS), max_size=14).map("".join))
def test_every_block_renders_as_it_does_in_the_whole_answer(text: str) -> None:
    renderer = MarkdownIt("commonmark", {"html": True}).enable("table")
    apart = "".join(renderer.render(block) for block in cut(text, [100]))
    assert apart == renderer.render(text)


@pytest.mark.parametrize("part", [FENCE, LIST.partition("After")[0], MATH, HTML])
def test_no_block_ends_inside(part: str) -> None:
    blocks = cut(PARAGRAPH * 6 + part + PARAGRAPH * 6, [37])
    assert any(part.strip() in block for block in blocks)


def test_an_open_fence_is_not_cut() -> None:
    assert len(cut("```\n" + "line\n\n" * 2_000, [50])) == 1


def test_blocks_are_not_small_and_the_live_one_not_long() -> None:
    blocks = cut(PARAGRAPH * 50, [10])
    assert all(len(block) >= SMALLEST for block in blocks[:-1])
    assert max(len(block) for block in blocks[:10]) < SMALLEST + 2 * len(PARAGRAPH)


@pytest.mark.parametrize("length", [30_000, 300_000, 3_000_000])
def test_even_a_long_answer_stays_under_forty_displays(length: int) -> None:
    blocks = cut(PARAGRAPH * (length // len(PARAGRAPH)), [5_000])
    assert len(blocks) <= MOST + 1
