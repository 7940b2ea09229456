import { button, element, write } from "../elements.js";
import { bytes, duration, number, parameters, percent } from "./formats.js";
import { scrolling } from "./scrolling.js";

const MARKS = { running: "●", done: "✓", pruned: "–", failed: "✗" };
const WORDS = { running: "running", done: "done", pruned: "given up early", failed: "failed" };
/* What the naive models are called says it already. */
const ORIGINS = { naive: "", baseline: "baseline", portfolio: "", search: "" };
const COLUMNS = 7;
const FEW_ROWS = 10;

/** The leaderboard: a table with the best rows, and a button that shows all of them. */
export class Leaderboard {
  /** `changed` is called when it is to be drawn anew. */
  constructor(changed) {
    this.all = false;
    this.table = this.newTable();
    this.node = scrolling("Leaderboard");
    this.node.append(this.table);
    this.more = button("", () => {
      this.all = !this.all;
      changed();
    });
    this.more.className = "more";
  }

  newTable() {
    const table = element("table");
    const head = element("thead");
    const row = element("tr");
    const scoreHead = element("th");
    this.metric = element("span", "metric");
    scoreHead.append(this.metric);
    row.append(element("td"), element("th", "", "model"), scoreHead);
    for (const text of ["±", "weight", "trained", "size"]) row.append(element("th", "", text));
    for (const each of row.querySelectorAll("th")) each.scope = "col";
    head.append(row);
    this.body = element("tbody");
    table.append(head, this.body);
    return table;
  }

  render({ board, ranking }) {
    write(this.metric, board.metric ?? "");
    this.table.toggleAttribute("data-blended", ranking.some((row) => row.weight));
    const shown = this.all ? ranking : few(ranking);
    this.more.hidden = ranking.length <= FEW_ROWS;
    write(this.more, this.all ? "Show fewer" : `Show all ${ranking.length}`);
    while (this.body.childElementCount > shown.length) this.body.lastChild.remove();
    shown.forEach((row, position) => drawRow(this.body.children[position] ?? this.newRow(), row));
  }

  newRow() {
    const made = element("tr");
    for (let column = 0; column < COLUMNS; column++) made.append(element("td", column ? "" : "mark"));
    made.children[1].append(element("span"), element("span", "tag"), element("div", "reason"));
    this.body.append(made);
    return made;
  }
}

/** The best, the members of the blend, whatever runs, and what everything is compared with. */
function few(ranking) {
  const kept = new Set(ranking.slice(0, FEW_ROWS - 2));
  for (const row of ranking) {
    if (row.weight || row.state === "running" || ["naive", "baseline"].includes(row.origin)) kept.add(row);
  }
  return ranking.filter((row) => kept.has(row));
}

function drawRow(node, row) {
  node.dataset.state = row.state;
  node.title = [WORDS[row.state], row.reason, parameters(row.params)].filter(Boolean).join(" · ");
  const [mark, model, score, spread, weight, trained, size] = node.children;
  write(mark, MARKS[row.state]);
  mark.setAttribute("aria-label", WORDS[row.state]);
  const [title, tag, reason] = model.children;
  write(title, row.title);
  write(tag, [ORIGINS[row.origin], row.rows < 1 ? `${percent(row.rows)} of the rows` : ""].filter(Boolean).join(", "));
  tag.hidden = !tag.textContent;
  write(reason, row.state === "failed" ? row.reason : "");
  reason.hidden = !reason.textContent;
  write(score, number(row.score));
  write(spread, row.folds > 1 ? number(row.spread, row.score) : "");
  write(weight, row.weight ? percent(row.weight) : "");
  write(trained, row.seconds ? duration(row.seconds) : "");
  write(size, bytes(row.model_bytes));
}
