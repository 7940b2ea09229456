import { element } from "../elements.js";

const SHORT_ID = 8;
/* Characters of a cell's id, which tell it from all others of a notebook. */

/** How a run ended: its answer, what it rests on, and what was left. */
export class Result {
  constructor() {
    this.node = element("div");
    this.shown = "";
  }

  render(story) {
    const over = story.ended || story.state === "interrupted";
    const result = story.report ?? (over ? { outcome: story.state, summary: story.why } : null);
    const shown = JSON.stringify(result);
    if (shown === this.shown) return;
    this.shown = shown;
    this.node.replaceChildren();
    if (!result) return;
    if (result.answer) this.node.append(element("div", "answer", result.answer));
    this.node.append(element("p", "", `${result.outcome[0].toUpperCase()}${result.outcome.slice(1)}. ${result.summary ?? ""}`));
    const small = [
      ...(result.left ?? []).map((each) => `Left: ${each}`),
      ...(result.evidence ?? []).map((each) => `Evidence: ${each.claim}${each.cell ? ` (cell ${each.cell.slice(0, SHORT_ID)})` : ""}`),
      ...(result.not_covered ?? []).map((each) => `An undo does not bring back: ${each}`),
    ];
    for (const each of small) this.node.append(element("p", "small", each));
  }
}
