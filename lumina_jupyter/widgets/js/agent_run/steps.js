/** The steps of a run, a row each. */

import { element, write } from "../elements.js";

const MARKS = {
  due: "○", running: "●", asking: "◆", done: "✓", failed: "✗", skipped: "–", refused: "✗", stopped: "■", undone: "↺",
};
const WORDS = {
  due: "to do", running: "running", asking: "waits for you", done: "done", failed: "failed", skipped: "skipped",
  refused: "refused", stopped: "stopped", undone: "undone",
};

/** The list; its rows are changed in place. */
export class Steps {
  constructor() {
    this.rows = new Map();
    this.node = element("ol");
  }

  render({ steps }) {
    let before = null;
    for (const step of steps.values()) {
      const row = this.rows.get(step.id) ?? this.newRow(step.id);
      if (row.item.dataset.progress !== step.progress) {
        row.item.dataset.progress = step.progress;
        row.mark.textContent = MARKS[step.progress];
        row.mark.setAttribute("aria-label", WORDS[step.progress]);
      }
      write(row.title, step.title);
      const notes = [step.attempt > 1 && `attempt ${step.attempt}`, step.progress !== "asking" && step.note];
      write(row.note, notes.filter(Boolean).map((note) => `· ${note}`).join(" "));
      const place = before ? before.nextSibling : this.node.firstChild;
      if (row.item !== place) this.node.insertBefore(row.item, place);
      before = row.item;
    }
    for (const [id, row] of this.rows) {
      if (!steps.has(id)) {
        row.item.remove();
        this.rows.delete(id);
      }
    }
  }

  newRow(id) {
    const row = { item: element("li"), mark: element("span", "mark"), title: element("span", "title"), note: element("span", "note") };
    const body = element("span");
    body.append(row.title, " ", row.note);
    row.mark.setAttribute("role", "img");
    row.item.append(row.mark, body);
    this.rows.set(id, row);
    return row;
  }
}
