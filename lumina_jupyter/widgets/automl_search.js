/**
 * The view of a search for models.
 *
 * The kernel sends the whole board from time to time and at the end (`board`), and in between the rows that changed. What a
 * person presses goes to the kernel as a message, which JupyterLab delivers while the cell of the search still runs.
 * Elements are changed in place, at most once in a frame, so that focus and scrolling stay where they are.
 */

const MARKS = { running: "●", done: "✓", pruned: "–", failed: "✗" };
const WORDS = { running: "running", done: "done", pruned: "given up early", failed: "failed" };
const ORIGINS = { naive: "naive", baseline: "baseline", portfolio: "", search: "", stack: "stack" };
const FEW_ROWS = 10;
const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 420;
const HEIGHT = 170;
const EDGE = { left: 64, right: 12, top: 10, bottom: 26 };

const STYLE = `
  .lumina-search {
    --fg: var(--jp-ui-font-color1, var(--vscode-foreground, #1f2328));
    --soft: var(--jp-ui-font-color2, var(--vscode-descriptionForeground, #59636e));
    --line: var(--jp-border-color2, var(--vscode-panel-border, #d1d9e0));
    --back: var(--jp-layout-color1, var(--vscode-editor-background, #ffffff));
    --inset: var(--jp-layout-color2, var(--vscode-textCodeBlock-background, #f6f8fa));
    --brand: var(--jp-brand-color1, var(--vscode-button-background, #0969da));
    --warn: var(--jp-warn-color0, #9a6700);
    --bad: var(--jp-error-color1, #cf222e);
    --good: var(--jp-success-color0, #1a7f37);
    color: var(--fg); background: var(--back); border: 1px solid var(--line); border-radius: 4px;
    padding: 8px 12px; max-width: 68em; box-sizing: border-box;
    font: var(--jp-ui-font-size1, 13px)/1.5 var(--jp-ui-font-family, var(--vscode-font-family, system-ui, sans-serif));
  }
  @media (prefers-color-scheme: dark) {
    .lumina-search.alone {
      --fg: #e6edf3; --soft: #9198a1; --line: #3d444d; --back: #0d1117; --inset: #151b23; --brand: #4493f8;
      --warn: #d29922; --bad: #f85149; --good: #3fb950;
    }
  }
  .lumina-search .head { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: baseline; }
  .lumina-search .head strong { font-weight: 600; }
  .lumina-search .soft { color: var(--soft); }
  .lumina-search .buttons { margin-inline-start: auto; }
  .lumina-search p { margin: 4px 0; overflow-wrap: anywhere; }
  .lumina-search .bar { height: 4px; border-radius: 2px; background: var(--inset); overflow: hidden; margin: 6px 0; }
  .lumina-search .bar > div { height: 100%; width: 0; background: var(--brand); }
  .lumina-search .bar[data-over] > div { background: var(--good); }
  .lumina-search .halves { display: flex; flex-wrap: wrap; gap: 8px 20px; align-items: flex-start; }
  .lumina-search .halves > * { flex: 4 1 36em; min-width: 0; }
  .lumina-search .halves > .plot { flex: 1 1 16em; max-width: 26em; }
  .lumina-search svg { width: 100%; height: auto; display: block; }
  .lumina-search svg text { fill: var(--soft); font-size: 11px; }
  .lumina-search svg .axis { stroke: var(--line); stroke-width: 1; fill: none; }
  .lumina-search svg .best { stroke: var(--brand); stroke-width: 2; fill: none; }
  .lumina-search svg circle { fill: var(--soft); opacity: 0.55; }
  .lumina-search svg circle.top { fill: var(--brand); opacity: 1; }
  .lumina-search svg .trial { fill: none; stroke: var(--soft); opacity: 0.4; stroke-width: 1; }
  .lumina-search svg .trial.top { stroke: var(--brand); opacity: 1; stroke-width: 2; }
  .lumina-search .scroll { overflow: auto; max-height: 26em; }
  .lumina-search table {
    border-collapse: collapse; width: 100%; margin: 0; color: var(--fg); font: inherit; font-variant-numeric: tabular-nums;
  }
  .lumina-search th, .lumina-search td {
    text-align: end; padding: 1px 6px; border-bottom: 1px solid var(--line); white-space: nowrap; color: inherit;
  }
  .lumina-search th { color: var(--soft); font-weight: 500; }
  .lumina-search th:nth-child(2), .lumina-search td:nth-child(2) { text-align: start; }
  .lumina-search tr { background: transparent; }
  .lumina-search table:not([data-blended]) :is(th, td):nth-child(5) { display: none; }
  .lumina-search tr[data-state="running"] .mark { color: var(--brand); }
  .lumina-search tr[data-state="done"] .mark { color: var(--good); }
  .lumina-search tr[data-state="failed"] .mark { color: var(--bad); }
  .lumina-search tr[data-state="pruned"], .lumina-search tr[data-state="failed"] { color: var(--soft); }
  .lumina-search .tag {
    font-size: 0.86em; color: var(--soft); border: 1px solid var(--line); border-radius: 8px; padding: 0 6px;
    margin-inline-start: 6px;
  }
  .lumina-search .warning { border-inline-start: 3px solid var(--warn); padding: 2px 10px; margin: 4px 0; }
  .lumina-search details { margin: 6px 0; }
  .lumina-search summary { cursor: pointer; color: var(--soft); }
  .lumina-search ul { margin: 4px 0; padding-inline-start: 1.4em; }
  .lumina-search button, .lumina-search select {
    font: inherit; color: var(--fg); background: var(--back); border: 1px solid var(--line); border-radius: 3px;
    padding: 1px 10px; margin-inline-end: 6px; cursor: pointer;
  }
  .lumina-search button:focus-visible, .lumina-search summary:focus-visible, .lumina-search select:focus-visible {
    outline: 2px solid var(--brand); outline-offset: 2px;
  }
  .lumina-search button:disabled { opacity: 0.5; cursor: default; }
  .lumina-search [hidden] { display: none !important; }
`;

// --- elements -----------------------------------------------------------------------------------------

/** An element with a class and a text. */
function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** An element of a drawing. */
function shape(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

/** Sets a text where it is another, so that nothing is rendered or read out for nothing. */
function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// --- what is shown ------------------------------------------------------------------------------------

function number(value) {
  if (value === null || value === undefined) return "";
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en");
  return size >= 10 ? value.toFixed(2) : value.toFixed(4);
}

function duration(seconds) {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

function bytes(size) {
  if (!size) return "";
  return size < 1e6 ? `${Math.max(1, Math.round(size / 1e3))} kB` : `${(size / 1e6).toFixed(1)} MB`;
}

function parameters(params) {
  return Object.entries(params)
    .map(([name, value]) => `${name} = ${typeof value === "number" ? Number(value.toPrecision(4)) : value}`)
    .join(", ");
}

/** What is known of the search: the kernel's board, and the rows that came after it. */
class Search {
  constructor(board) {
    this.take(board);
  }

  take(board) {
    this.board = { rows: [], curve: [], decisions: [], warnings: [], ...board };
    this.rows = new Map(this.board.rows.map((row) => [row.number, row]));
  }

  change({ rows = [], ...rest }) {
    Object.assign(this.board, rest);
    for (const row of rows) this.rows.set(row.number, row);
  }

  get ranking() {
    const places = { done: 0, running: 1, pruned: 2, failed: 3 };
    const sign = this.board.greater_is_better ? -1 : 1;
    return [...this.rows.values()].sort(
      (a, b) =>
        places[a.state] - places[b.state] ||
        (a.score === null) - (b.score === null) ||
        b.rows - a.rows ||
        sign * ((a.score ?? 0) - (b.score ?? 0)) ||
        a.number - b.number,
    );
  }

  get best() {
    return this.ranking.find((row) => row.state === "done" && row.score !== null) ?? null;
  }

  get scored() {
    return [...this.rows.values()].filter((row) => row.score !== null && row.state === "done");
  }
}

/** A scale from values to pixels; the values of outliers are cut off at the edge. */
function scale([low, high], [from, to]) {
  const span = high - low || 1;
  return (value) => from + ((Math.min(Math.max(value, low), high) - low) / span) * (to - from);
}

/** The range of scores worth looking at: the worst trials would squeeze all others into a line. */
function scoreRange(scores, greater) {
  const sorted = [...scores].sort((a, b) => (greater ? b - a : a - b));
  const kept = sorted.slice(0, Math.max(2, Math.ceil(sorted.length * 0.8)));
  const [low, high] = [Math.min(...kept), Math.max(...kept)];
  const air = (high - low || Math.abs(high) || 1) * 0.08;
  return [low - air, high + air];
}

function curve(search) {
  const { board } = search;
  const last = board.curve.at(-1);
  const told = last ? `Best ${board.metric} so far ${number(last.score)}, after ${duration(last.seconds)}.` : "No best model yet.";
  const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": told });
  const trials = search.scored;
  if (!trials.length) return svg;
  const scores = [...trials.map((row) => row.score), ...board.curve.map((point) => point.score)];
  const range = scoreRange(scores, board.greater_is_better);
  const end = Math.max(board.seconds, ...trials.map((row) => row.ended), 1);
  const x = scale([0, end], [EDGE.left, WIDTH - EDGE.right]);
  const y = scale(range, [HEIGHT - EDGE.bottom, EDGE.top]);
  const bottom = HEIGHT - EDGE.bottom;
  svg.append(shape("path", { class: "axis", d: `M${EDGE.left} ${EDGE.top}V${bottom}H${WIDTH - EDGE.right}` }));
  for (const at of [0.1, 0.5, 0.9]) {
    const value = range[0] + at * (range[1] - range[0]);
    svg.append(shape("text", { x: EDGE.left - 6, y: y(value) + 4, "text-anchor": "end" }, number(value)));
  }
  svg.append(shape("text", { x: EDGE.left, y: HEIGHT - 8 }, "0 s"));
  svg.append(shape("text", { x: WIDTH - EDGE.right, y: HEIGHT - 8, "text-anchor": "end" }, duration(end)));
  const best = search.best;
  for (const row of trials) {
    const dot = shape("circle", { cx: x(row.ended), cy: y(row.score), r: row === best ? 4 : 2.5 });
    if (row === best) dot.classList.add("top");
    dot.append(shape("title", {}, `${row.title}: ${number(row.score)}`));
    svg.append(dot);
  }
  let path = "";
  for (const point of board.curve) path += path ? `H${x(point.seconds)}V${y(point.score)}` : `M${x(point.seconds)} ${y(point.score)}`;
  if (path) svg.append(shape("path", { class: "best", d: `${path}H${x(end)}` }));
  return svg;
}

/** Parallel coordinates of a family's trials: one axis a parameter, the last one the score. */
function coordinates(search, family) {
  const trials = search.scored.filter((row) => row.family === family);
  const names = [...new Set(trials.flatMap((row) => Object.keys(row.params)))];
  const axes = [...names.map((name) => ({ name, of: (row) => row.params[name] })), { name: search.board.metric, of: (row) => row.score }];
  const width = Math.max(WIDTH, axes.length * 92);
  const told = `Parameters of ${trials.length} trials.`;
  const svg = shape("svg", { viewBox: `0 0 ${width} 210`, style: `width: ${width}px`, role: "img", "aria-label": told });
  const lines = trials.map((row) => ({ row, points: [] }));
  axes.forEach((axis, position) => {
    const at = 46 + (position * (width - 92)) / Math.max(1, axes.length - 1);
    const { place, low, high } = ruler(trials.map(axis.of));
    svg.append(shape("path", { class: "axis", d: `M${at} 30V180` }));
    svg.append(shape("text", { x: at, y: 14, "text-anchor": "middle" }, axis.name));
    svg.append(shape("text", { x: at, y: 26, "text-anchor": "middle" }, high));
    svg.append(shape("text", { x: at, y: 194, "text-anchor": "middle" }, low));
    for (const line of lines) {
      const value = axis.of(line.row);
      if (value !== undefined && value !== null) line.points.push(`${at} ${180 - 150 * place(value)}`);
    }
  });
  const top = search.ranking.find((row) => row.family === family && row.state === "done");
  for (const { row, points } of lines.sort((a, b) => (a.row === top) - (b.row === top))) {
    const drawn = shape("path", { class: row === top ? "trial top" : "trial", d: `M${points.join("L")}` });
    drawn.append(shape("title", {}, `${number(row.score)}: ${parameters(row.params)}`));
    svg.append(drawn);
  }
  return svg;
}

/** Where values lie between 0 and 1 on an axis; logarithmic where they span more than two orders of magnitude. */
function ruler(values) {
  const known = values.filter((value) => value !== undefined && value !== null);
  if (known.some((value) => typeof value !== "number")) {
    const levels = [...new Set(known.map(String))].sort();
    const place = (value) => (levels.length > 1 ? levels.indexOf(String(value)) / (levels.length - 1) : 0.5);
    return { place, low: levels[0] ?? "", high: levels.length > 1 ? levels.at(-1) : "" };
  }
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const logarithmic = low > 0 && high / low > 100;
  const by = logarithmic ? Math.log : (value) => value;
  const place = (value) => (high > low ? (by(value) - by(low)) / (by(high) - by(low)) : 0.5);
  const short = (value) => String(Number(value.toPrecision(3)));
  return { place, low: short(low), high: high > low ? short(high) : "" };
}

// --- the view -----------------------------------------------------------------------------------------

class View {
  constructor(host, search, send) {
    this.search = search;
    this.send = send;
    this.all = false;
    this.family = "";
    this.drawn = "";
    this.frame = 0;
    const alone = !document.body.dataset.jpThemeName && !document.body.className.includes("vscode");
    host.className = alone ? "lumina-search alone" : "lumina-search";
    host.setAttribute("role", "region");
    host.setAttribute("aria-label", "Search for models");
    const style = element("style");
    style.textContent = STYLE;
    this.build();
    host.append(style, this.header, this.bar, this.told, this.warnings, this.halves, this.more, this.parallel, this.notes);
  }

  build() {
    this.header = element("div", "head");
    this.name = element("strong");
    this.state = element("span", "soft");
    this.state.setAttribute("role", "status");
    const buttons = element("span", "buttons");
    this.pause = this.button("Pause", () => this.send({ type: this.search.board.paused ? "resume" : "pause" }));
    this.stop = this.button("Stop", () => this.send({ type: "stop" }));
    this.stop.title = "Ends the search and keeps the best so far";
    buttons.append(this.pause, this.stop);
    this.buttons = buttons;
    this.header.append(this.name, this.state, buttons);
    this.bar = element("div", "bar");
    this.bar.append(element("div"));
    this.told = element("p");
    this.warnings = element("div");
    this.halves = element("div", "halves");
    this.plot = element("div", "plot");
    this.table = this.buildTable();
    const scroll = element("div", "scroll");
    scroll.append(this.table);
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "group");
    scroll.setAttribute("aria-label", "Leaderboard");
    this.halves.append(scroll, this.plot);
    this.more = this.button("", () => {
      this.all = !this.all;
      this.update();
    });
    this.parallel = this.folded("Parameters");
    this.choose = element("select");
    this.choose.setAttribute("aria-label", "Family");
    this.choose.addEventListener("change", () => {
      this.family = this.choose.value;
      this.update();
    });
    this.lines = element("div", "scroll");
    this.parallel.append(this.choose, this.lines);
    this.parallel.addEventListener("toggle", () => this.update());
    this.notes = this.folded("Decided for you");
    this.list = element("ul");
    this.notes.append(this.list);
  }

  buildTable() {
    const table = element("table");
    const head = element("thead");
    const row = element("tr");
    this.scoreHead = element("th");
    row.append(element("td"), element("th", "", "model"), this.scoreHead);
    for (const text of ["±", "weight", "trained", "size"]) row.append(element("th", "", text));
    for (const each of row.querySelectorAll("th")) each.scope = "col";
    head.append(row);
    this.body = element("tbody");
    table.append(head, this.body);
    return table;
  }

  button(text, pressed) {
    const made = element("button", "", text);
    made.type = "button";
    made.addEventListener("click", pressed);
    return made;
  }

  folded(title) {
    const made = element("details");
    made.append(element("summary", "", title));
    return made;
  }

  update() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  draw() {
    const { search } = this;
    const { board } = search;
    write(this.name, board.name ?? "");
    const paused = board.paused && !board.ended;
    write(this.state, paused ? "Paused." : (board.text ?? ""));
    this.buttons.hidden = Boolean(board.ended) || !board.controlled;
    write(this.pause, board.paused ? "Resume" : "Pause");
    const share = board.ended ? 1 : Math.min(1, board.seconds / (board.budget || 1));
    this.bar.toggleAttribute("data-over", Boolean(board.ended));
    this.bar.firstChild.style.width = `${100 * share}%`;
    this.bar.title = `${duration(board.seconds ?? 0)} of ${duration(board.budget ?? 0)}`;
    this.drawTold();
    this.drawWarnings();
    this.drawRows();
    this.plot.replaceChildren(curve(search));
    this.drawParameters();
    this.drawNotes();
  }

  drawTold() {
    const { board } = this.search;
    const { best } = this.search;
    const time = `${duration(board.seconds ?? 0)} of ${duration(board.budget ?? 0)}`;
    const parts = [];
    if (board.ensemble_score !== null && board.ensemble_score !== undefined) parts.push(`Blend: ${board.metric} ${number(board.ensemble_score)}.`);
    if (best) parts.push(`Best model: ${best.title}, ${board.metric} ${number(best.score)}.`);
    else if (!board.ended) parts.push("The first model is on its way.");
    const models = this.search.scored.length;
    parts.push(`${models} ${models === 1 ? "model" : "models"} in ${time}.`);
    write(this.told, parts.join(" "));
  }

  drawWarnings() {
    const texts = this.search.board.warnings;
    if (this.warnings.childElementCount === texts.length) return;
    this.warnings.replaceChildren(...texts.map((text) => element("p", "warning", text)));
  }

  drawRows() {
    const ranking = this.search.ranking;
    write(this.scoreHead, this.search.board.metric ?? "");
    this.table.toggleAttribute("data-blended", ranking.some((row) => row.weight));
    const shown = this.all ? ranking : this.few(ranking);
    this.more.hidden = ranking.length <= FEW_ROWS;
    write(this.more, this.all ? "Show fewer" : `Show all ${ranking.length}`);
    while (this.body.childElementCount > shown.length) this.body.lastChild.remove();
    shown.forEach((row, position) => this.drawRow(this.body.children[position] ?? this.newRow(), row));
  }

  /** The best, the members of the blend, whatever runs, and what everything is compared with. */
  few(ranking) {
    const kept = new Set(ranking.slice(0, FEW_ROWS - 2));
    for (const row of ranking) {
      if (row.weight || row.state === "running" || ["naive", "baseline"].includes(row.origin)) kept.add(row);
    }
    return ranking.filter((row) => kept.has(row));
  }

  newRow() {
    const made = element("tr");
    for (let column = 0; column < 7; column++) made.append(element("td", column ? "" : "mark"));
    made.children[1].append(element("span"), element("span", "tag"));
    this.body.append(made);
    return made;
  }

  drawRow(node, row) {
    node.dataset.state = row.state;
    node.title = [WORDS[row.state], row.reason, parameters(row.params)].filter(Boolean).join(" · ");
    const [mark, model, score, spread, weight, trained, size] = node.children;
    write(mark, MARKS[row.state]);
    mark.setAttribute("aria-label", WORDS[row.state]);
    write(model.firstChild, row.title);
    const tag = [ORIGINS[row.origin], row.rows < 1 ? `${Math.round(100 * row.rows)} % of the rows` : ""].filter(Boolean).join(", ");
    write(model.lastChild, tag);
    model.lastChild.hidden = !tag;
    write(score, number(row.score));
    write(spread, row.folds > 1 ? number(row.spread) : "");
    write(weight, row.weight ? `${Math.round(100 * row.weight)} %` : "");
    write(trained, row.seconds ? duration(row.seconds) : "");
    write(size, bytes(row.model_bytes));
  }

  drawParameters() {
    const families = new Map();
    for (const row of this.search.scored) {
      if (Object.keys(row.params).length) families.set(row.family, { title: row.title, trials: (families.get(row.family)?.trials ?? 0) + 1 });
    }
    const known = [...families].filter(([, { trials }]) => trials > 1);
    this.parallel.hidden = !known.length;
    if (!known.length || !this.parallel.open) return;
    if (!known.some(([family]) => family === this.family)) this.family = known.sort((a, b) => b[1].trials - a[1].trials)[0][0];
    const drawn = JSON.stringify([this.family, known.map(([family, { trials }]) => [family, trials])]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.choose.replaceChildren(
      ...known.map(([family, { title, trials }]) => {
        const option = element("option", "", `${title} (${trials})`);
        option.value = family;
        option.selected = family === this.family;
        return option;
      }),
    );
    this.lines.replaceChildren(coordinates(this.search, this.family));
  }

  drawNotes() {
    const { decisions } = this.search.board;
    this.notes.hidden = !decisions.length;
    if (this.list.childElementCount === decisions.length) return;
    this.list.replaceChildren(
      ...decisions.map(({ text, setting }) => element("li", "", setting ? `${text} (${setting}= decides otherwise)` : text)),
    );
  }
}

function render({ model, el }) {
  const search = new Search(model.get("board"));
  const host = element("div");
  el.append(host);
  const view = new View(host, search, (message) => model.send(message));
  const whole = () => {
    search.take(model.get("board"));
    view.update();
  };
  const hear = (message) => {
    if (message?.type !== "changed") return;
    search.change(message.changed);
    view.update();
  };
  model.on("change:board", whole);
  model.on("msg:custom", hear);
  view.update();
  return () => {
    model.off("change:board", whole);
    model.off("msg:custom", hear);
  };
}

export default { render };
