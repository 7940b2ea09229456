"""What axe-core finds in the parts of a page that are ours."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "labextension" / "node_modules" / "axe-core" / "axe.min.js"

OURS = "[class*='jp-Lumina'], [id^='lumina-']"
"""Where our own elements begin, wherever in the page JupyterLab puts them."""

_RUN = """
async ([include, rules]) => {
  const visible = [...document.querySelectorAll(include)].filter(each => each.checkVisibility());
  const roots = visible.filter(each => !visible.some(other => other !== each && other.contains(each)));
  if (!roots.length) return null;
  const { violations } = await axe.run({ include: roots }, { rules, resultTypes: ['violations'] });
  return violations.map(({ id, impact, help, nodes }) => ({
    id, impact, help, nodes: nodes.map(({ html, target, failureSummary }) => ({ html, target, failureSummary }))
  }));
}
"""


def violations(page: Page, include: str = OURS) -> list[str]:
    """Every breach of axe-core's rules within the elements that a CSS selector names, one readable text each.

    Raises:
        AssertionError: when nothing visible fits the selector, so that nothing was looked at.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{_axe()}; null")
    # Where landmarks stand is for JupyterLab to say: ours is a part of its page.
    found = page.evaluate(_RUN, [include, {"region": {"enabled": False}}])
    assert found is not None, f"Nothing on the page fits {include}."
    return [_told(violation) for violation in found]


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def _told(violation: dict[str, Any]) -> str:
    places = "\n".join(
        f"  {' '.join(map(str, node['target']))}\n    {node['html'][:200]}\n    {node['failureSummary']}"
        for node in violation["nodes"]
    )
    return f"{violation['id']} ({violation['impact']}): {violation['help']}\n{places}"
