/**
 * The view of a run of the agent.
 *
 * It is made of the run's events, which the page reads from the Jupyter server by itself; where it cannot, the kernel is
 * asked to send them. People decide with the session of the page: requests of theirs go to the server, never to the kernel.
 * Every row is an element of its own that is changed in place, at most once in a frame, so that focus stays where it is.
 */

const ENDED = new Set(["done", "failed", "stopped", "undone"]);
const MARKS = {
  due: "○", running: "●", asking: "◆", done: "✓", failed: "✗", skipped: "–", refused: "✗", stopped: "■", undone: "↺",
};
const WORDS = {
  due: "to do", running: "running", asking: "waits for you", done: "done", failed: "failed", skipped: "skipped",
  refused: "refused", stopped: "stopped", undone: "undone",
};
const PERMISSIONS = { allow: "at once", ask: "asks you", deny: "not allowed here" };
const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;
const SETTLES = 600;
/* Milliseconds after which a choice that has just appeared can be made: nobody means what was not there yet. */

const STYLE = `
  :host { display: block; }
  .run {
    --fg: var(--jp-ui-font-color1, var(--vscode-foreground, #1f2328));
    --soft: var(--jp-ui-font-color2, var(--vscode-descriptionForeground, #59636e));
    --line: var(--jp-border-color2, var(--vscode-panel-border, #d1d9e0));
    --back: var(--jp-layout-color1, var(--vscode-editor-background, #ffffff));
    --inset: var(--jp-layout-color2, var(--vscode-textCodeBlock-background, #f6f8fa));
    --brand: var(--jp-brand-color1, var(--vscode-button-background, #0969da));
    --on-brand: var(--jp-ui-inverse-font-color1, var(--vscode-button-foreground, #ffffff));
    --warn: var(--jp-warn-color0, #9a6700);
    --bad: var(--jp-error-color1, #cf222e);
    --good: var(--jp-success-color0, #1a7f37);
    color: var(--fg); background: var(--back); border: 1px solid var(--line); border-radius: 4px;
    padding: 8px 12px; max-width: 60em;
    font: var(--jp-ui-font-size1, 13px)/1.5 var(--jp-ui-font-family, var(--vscode-font-family, system-ui, sans-serif));
  }
  @media (prefers-color-scheme: dark) {
    .run.alone {
      --fg: #e6edf3; --soft: #9198a1; --line: #3d444d; --back: #0d1117; --inset: #151b23; --brand: #4493f8;
      --on-brand: #0d1117; --warn: #d29922; --bad: #f85149; --good: #3fb950;
    }
  }
  header { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: baseline; }
  header strong { font-weight: 600; }
  header .state { color: var(--soft); }
  header .buttons { margin-inline-start: auto; }
  p { margin: 4px 0; }
  .words { color: var(--soft); overflow-wrap: anywhere; }
  ol { list-style: none; margin: 6px 0; padding: 0; }
  li { display: grid; grid-template-columns: 1.6em 1fr; padding: 1px 0; overflow-wrap: anywhere; }
  .mark { color: var(--soft); }
  li[data-progress="running"] .mark, li[data-progress="asking"] .mark { color: var(--brand); }
  li[data-progress="running"] .title, li[data-progress="asking"] .title { font-weight: 600; }
  li[data-progress="done"] .mark { color: var(--good); }
  li[data-progress="failed"] .mark, li[data-progress="refused"] .mark { color: var(--bad); }
  li[data-progress="due"] .title, li[data-progress="undone"] .title { color: var(--soft); }
  .note, .small { color: var(--soft); font-size: 0.92em; }
  .asks { border-inline-start: 3px solid var(--warn); padding: 4px 10px; margin: 8px 0; }
  pre {
    background: var(--inset); margin: 4px 0; padding: 6px 8px; max-height: 16em; overflow: auto; border-radius: 3px;
    font: var(--jp-code-font-size, 12px)/1.4 var(--jp-code-font-family, var(--vscode-editor-font-family, monospace));
    white-space: pre-wrap; overflow-wrap: anywhere;
  }
  .answer { white-space: pre-wrap; margin: 8px 0; }
  button {
    font: inherit; color: var(--fg); background: transparent; border: 1px solid var(--line); border-radius: 3px;
    padding: 1px 10px; margin-inline-end: 6px; cursor: pointer;
  }
  button.main { color: var(--on-brand); background: var(--brand); border-color: var(--brand); }
  button:focus-visible { outline: 2px solid var(--brand); outline-offset: 2px; }
  button:disabled { opacity: 0.5; cursor: default; }
  input {
    font: inherit; color: var(--fg); background: var(--back); border: 1px solid var(--line); border-radius: 3px;
    padding: 1px 6px; margin-inline-end: 6px; width: min(30em, 100%); box-sizing: border-box;
  }
  .error { color: var(--bad); }
  [hidden] { display: none !important; }
`;

/** An element with a class and a text. */
function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** Sets a text where it is another, so that nothing is rendered or read out for nothing. */
function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// --- the server ---------------------------------------------------------------------------------------

/** The Jupyter server whose page this is; null elsewhere. */
function server() {
  let baseUrl = document.body.dataset.baseUrl;
  let token = "";
  const config = document.getElementById("jupyter-config-data");
  if (config) {
    try {
      const read = JSON.parse(config.textContent);
      baseUrl = read.baseUrl ?? baseUrl;
      token = read.token ?? "";
    } catch {
      return null;
    }
  }
  if (!baseUrl) return null;
  const root = new URL(baseUrl, location.href);
  if (root.origin !== location.origin) return null;
  return { url: new URL("lumina/api/", root.href.endsWith("/") ? root : `${root}/`).href, token };
}

function headers(known) {
  const made = {};
  if (known.token) made.Authorization = `token ${known.token}`;
  const xsrf = /(?:^|;\s*)_xsrf=([^;]*)/.exec(document.cookie);
  if (xsrf) made["X-XSRFToken"] = decodeURIComponent(xsrf[1]);
  return made;
}

/** The JSON of an answer; throws an error whose message is a sentence. */
async function ask(known, method, path, body, signal) {
  const response = await fetch(known.url + path, {
    method,
    signal,
    credentials: "same-origin",
    headers: { ...headers(known), ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const told = await response.json().catch(() => ({}));
  if (!response.ok) {
    const error = told.error ?? {};
    throw new Error([error.message ?? `The server answered with status ${response.status}.`, error.hint].filter(Boolean).join(" "));
  }
  return told;
}

/** Reads the run's stream once, from after an event; whether the run is over. */
async function read(known, run, after, signal, take) {
  const response = await fetch(`${known.url}runs/${encodeURIComponent(run)}/stream?after=${after}`, {
    signal,
    credentials: "same-origin",
    headers: headers(known),
  });
  if (!response.ok || !response.body) {
    const error = new Error(`status ${response.status}`);
    error.refused = response.status >= 400 && response.status < 500;
    throw error;
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return false;
    text += value;
    let end;
    while ((end = text.indexOf("\n\n")) >= 0) {
      const lines = text.slice(0, end).split("\n");
      text = text.slice(end + 2);
      const name = lines.find((line) => line.startsWith("event:"))?.slice(6).trim();
      if (name === "over") return true;
      const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5)).join("\n");
      if (name === "entry" && data) take(JSON.parse(data));
    }
  }
}

// --- the run, made of its events ------------------------------------------------------------------------

class Story {
  constructor(run) {
    this.state = "reading";
    this.why = "";
    this.words = run.words ?? "";
    this.gear = run.gear ?? 0;
    this.model = run.model ?? "";
    this.question = "";
    this.planned = false;
    this.decided = false;
    this.dryRun = null;
    this.report = null;
    this.tokens = 0;
    this.sequence = 0;
    this.steps = new Map();
  }

  get asking() {
    return [...this.steps.values()].filter((step) => step.progress === "asking");
  }

  get planWaits() {
    const planned = this.state === "waiting" && this.planned && !this.decided && !this.question;
    return planned && [...this.steps.values()].every((step) => step.progress === "due");
  }

  get ended() {
    return ENDED.has(this.state);
  }

  take({ sequence, event }) {
    if (sequence <= this.sequence) return;
    this.sequence = sequence;
    switch (event.type) {
      case "state":
        this.state = event.state;
        this.why = event.why;
        if (event.state !== "waiting") this.question = "";
        break;
      case "plan":
        this.#plan(event.plan);
        break;
      case "dry_run":
        this.dryRun = event;
        break;
      case "plan_decided":
        this.decided = true;
        break;
      case "shifted":
        this.gear = event.after;
        this.model = event.model || this.model;
        break;
      case "question":
        this.question = event.text;
        break;
      case "reply":
        this.question = "";
        break;
      case "spent":
        this.tokens += event.input_tokens + event.output_tokens;
        break;
      case "report":
        this.report = event.report;
        break;
      case "replaced":
        this.#replace(event.step, event.by);
        break;
      default:
        if (event.step) this.#step(event);
    }
  }

  #plan(plan) {
    this.planned = true;
    for (const [id, step] of this.steps) if (step.progress === "due") this.steps.delete(id);
    for (const phase of plan.phases) {
      for (const step of phase.steps) if (!this.steps.has(step.id)) this.steps.set(step.id, blank(step.id, step.title));
    }
  }

  #replace(old, by) {
    const steps = new Map();
    for (const [id, step] of this.steps) {
      if (id !== old || step.progress !== "due") steps.set(id, step);
      if (id === old) steps.set(by.id, blank(by.id, by.title));
    }
    this.steps = steps;
  }

  #step(event) {
    if (!this.steps.has(event.step)) this.steps.set(event.step, blank(event.step, event.step));
    const step = this.steps.get(event.step);
    switch (event.type) {
      case "step":
        Object.assign(step, { progress: "running", title: event.title || step.title, attempt: event.attempt, note: "", approval: "" });
        break;
      case "approval_needed":
        Object.assign(step, { progress: "asking", approval: event.approval, note: event.summary });
        break;
      case "approval_settled":
        Object.assign(step, { progress: "running", approval: "", note: event.by ? `${event.state} by ${event.by}` : event.state });
        break;
      case "said":
        step.note = event.text;
        break;
      case "checked":
        if (!event.passed) step.note = event.detail ? `check failed: ${event.detail}` : "check failed";
        break;
      case "recovering":
        step.note = event.why;
        break;
      case "step_ended":
        Object.assign(step, { progress: event.status, approval: "", note: event.why || (event.status === "done" ? "" : step.note) });
        break;
      case "undone":
        Object.assign(step, { before: step.progress, progress: "undone", note: event.left.length ? `not brought back: ${event.left.join(", ")}` : "" });
        break;
      case "redone":
        Object.assign(step, { progress: step.before ?? "done", note: "" });
        break;
    }
  }
}

function blank(id, title) {
  return { id, title, progress: "due", attempt: 1, note: "", approval: "" };
}

// --- the view ---------------------------------------------------------------------------------------------

class View {
  constructor(host, story, act) {
    this.story = story;
    this.act = act;
    this.rows = new Map();
    this.boxes = new Map();
    this.waiting = false;
    this.root = element("section", "run");
    this.root.setAttribute("aria-label", "Run of the agent");
    if (!getComputedStyle(host).getPropertyValue("--jp-ui-font-color1")) this.root.classList.add("alone");
    const header = element("header");
    this.gear = element("strong");
    this.state = element("span", "state");
    this.state.setAttribute("role", "status");
    this.buttons = element("span", "buttons");
    header.append(this.gear, this.state, this.buttons);
    this.pause = this.button("Pause", () => act(story.state === "paused" || story.state === "interrupted" ? "resume" : "pause"));
    this.stop = this.button("Stop", () => act("stop"));
    this.undo = this.button("Undo", () => act(story.state === "undone" ? "redo" : "undo", { step: null }));
    this.buttons.append(this.pause, this.stop, this.undo);
    this.words = element("p", "words", story.words);
    this.list = element("ol");
    this.asks = element("div");
    this.asks.setAttribute("aria-live", "polite");
    this.result = element("div");
    this.error = element("p", "error");
    this.error.setAttribute("role", "alert");
    this.root.append(header, this.words, this.list, this.asks, this.result, this.error);
    const shadow = host.attachShadow({ mode: "open" });
    const style = document.createElement("style");
    style.textContent = STYLE;
    shadow.append(style, this.root);
  }

  /** A button that does something when a person presses it: no script of the page can. */
  button(text, pressed, main = false) {
    const made = element("button", main ? "main" : "", text);
    made.type = "button";
    made.addEventListener("click", (event) => {
      if (event.isTrusted) pressed(made);
    });
    return made;
  }

  /** Show what the story says, in the next frame. */
  update() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.render();
    });
  }

  fail(message) {
    write(this.error, message);
  }

  render() {
    const { story } = this;
    const done = [...story.steps.values()].filter((step) => step.progress === "done").length;
    write(this.gear, story.gear ? `Agent, gear ${story.gear}` : "Agent");
    const parts = [story.model, story.state, story.steps.size ? `${done} of ${story.steps.size} steps` : ""];
    write(this.state, parts.filter(Boolean).join(" · "));
    this.renderSteps();
    this.renderAsks();
    this.renderResult();
    const holds = story.state === "paused" || story.state === "interrupted";
    write(this.pause, holds ? "Resume" : "Pause");
    write(this.undo, story.state === "undone" ? "Redo" : "Undo");
    const able = this.act.able;
    this.pause.hidden = !able || story.ended;
    this.stop.hidden = !able || story.ended;
    this.undo.hidden = !able || !(story.ended || story.state === "interrupted");
  }

  renderSteps() {
    let before = null;
    for (const step of this.story.steps.values()) {
      let row = this.rows.get(step.id);
      if (!row) {
        row = { item: element("li"), mark: element("span", "mark"), title: element("span", "title"), note: element("span", "note") };
        const body = element("span");
        body.append(row.title, " ", row.note);
        row.mark.setAttribute("role", "img");
        row.item.append(row.mark, body);
        this.rows.set(step.id, row);
      }
      if (row.item.dataset.progress !== step.progress) {
        row.item.dataset.progress = step.progress;
        row.mark.textContent = MARKS[step.progress];
        row.mark.setAttribute("aria-label", WORDS[step.progress]);
      }
      write(row.title, step.title);
      const again = step.attempt > 1 ? `attempt ${step.attempt}` : "";
      write(row.note, [again, step.progress === "asking" ? "" : step.note].filter(Boolean).join(" · "));
      const place = before ? before.nextSibling : this.list.firstChild;
      if (row.item !== place) this.list.insertBefore(row.item, place);
      before = row.item;
    }
    for (const [id, row] of this.rows) {
      if (!this.story.steps.has(id)) {
        row.item.remove();
        this.rows.delete(id);
      }
    }
  }

  /** What waits for a person, a box each. */
  renderAsks() {
    const { story } = this;
    const wanted = new Map();
    if (story.planWaits) wanted.set("plan", () => this.planBox());
    for (const step of story.asking) wanted.set(step.approval, () => this.approvalBox(step));
    if (story.question && !story.ended) wanted.set(`question ${story.question}`, () => this.questionBox());
    for (const [key, box] of this.boxes) {
      if (!wanted.has(key)) {
        box.remove();
        this.boxes.delete(key);
      }
    }
    for (const [key, make] of wanted) {
      if (!this.boxes.has(key)) {
        const box = make();
        this.boxes.set(key, box);
        this.asks.append(box);
      }
    }
  }

  planBox() {
    const box = element("div", "asks");
    box.append(element("p", "", "The plan waits for your approval. It would:"));
    const list = element("ol");
    for (const [number, step] of (this.story.dryRun?.steps ?? []).entries()) {
      const item = element("li");
      const body = element("span", "", step.summary || this.story.steps.get(step.step)?.title || step.step);
      body.append(" ", element("span", "note", PERMISSIONS[step.permission]));
      if (step.diff) body.append(element("pre", "", step.diff));
      item.append(element("span", "mark", `${number + 1}.`), body);
      list.append(item);
    }
    box.append(list);
    const made = this.story.dryRun;
    if (made) {
      const price = made.usd === null ? "of unknown price" : `$${made.usd.toFixed(made.usd && made.usd < 1 ? 4 : 2)}`;
      box.append(element("p", "small", `About ${made.tokens.toLocaleString("en")} tokens, ${price}, ${Math.round(made.seconds)} s.`));
    }
    return this.choices(box, [
      ["Approve", () => this.act("plan", { verdict: "approve" }), true],
      ["Refuse", () => this.act("plan", { verdict: "refuse" })],
    ]);
  }

  approvalBox(step) {
    const box = element("div", "asks");
    box.append(element("p", "", `Waits for your approval: ${step.note || step.title}`));
    const shown = element("pre");
    shown.hidden = true;
    box.append(shown);
    const id = step.approval;
    this.act.approval(id).then((approval) => {
      const text = approval?.preview?.diff || approval?.preview?.code || approval?.arguments || "";
      write(shown, text);
      shown.hidden = !text;
    }, () => {});
    return this.choices(box, [
      ["Approve", () => this.act.decide(id, { verdict: "grant" }), true],
      ["Approve all like it in this run", () => this.act.decide(id, { verdict: "grant", scope: "run" })],
      ["Refuse", () => this.act.decide(id, { verdict: "deny" })],
    ]);
  }

  questionBox() {
    const box = element("div", "asks");
    box.append(element("p", "", this.story.question));
    if (!this.act.able) return this.choices(box, []);
    const input = element("input");
    input.setAttribute("aria-label", "Your answer");
    const reply = this.button("Reply", () => input.value.trim() && this.act("reply", { text: input.value }), true);
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter" && event.isTrusted) reply.focus();
    });
    box.append(input, reply);
    return box;
  }

  choices(box, choices) {
    if (!this.act.able) {
      box.append(element("p", "small", "Decide in JupyterLab, or with `lumina approvals` and `lumina runs` in a terminal."));
      return box;
    }
    const born = performance.now();
    for (const [text, pressed, main] of choices) {
      box.append(this.button(text, async (made) => {
        if (performance.now() - born < SETTLES) return;
        const all = [...box.querySelectorAll("button")];
        for (const each of all) each.disabled = true;
        await pressed(made);
        for (const each of all) each.disabled = false;
      }, main));
    }
    return box;
  }

  renderResult() {
    const { story } = this;
    const shown = story.report ?? (story.ended || story.state === "interrupted" ? { outcome: story.state, summary: story.why } : null);
    const key = JSON.stringify(shown);
    if (key === this.shown) return;
    this.shown = key;
    this.result.replaceChildren();
    if (!shown) return;
    if (shown.answer) this.result.append(element("div", "answer", shown.answer));
    this.result.append(element("p", "", `${shown.outcome[0].toUpperCase()}${shown.outcome.slice(1)}. ${shown.summary ?? ""}`));
    const small = [
      ...(shown.left ?? []).map((each) => `Left: ${each}`),
      ...(shown.evidence ?? []).map((each) => `Evidence: ${each.claim}${each.cell ? ` (cell ${each.cell})` : ""}`),
      ...(shown.not_covered ?? []).map((each) => `An undo does not bring back: ${each}`),
    ];
    for (const each of small) this.result.append(element("p", "small", each));
  }
}

/** What people can do: requests of the page to its server. Without a server nothing. */
function acting(known, run, failed, done) {
  const attempt = async (path, body) => {
    failed("");
    try {
      const told = await ask(known, "POST", path, body ?? {});
      done();
      return told;
    } catch (error) {
      failed(error.message);
      return null;
    }
  };
  const act = (word, body) => attempt(`runs/${encodeURIComponent(run)}/${word}`, body);
  act.able = known !== null;
  act.decide = (approval, body) => attempt(`approvals/${encodeURIComponent(approval)}`, body);
  act.approval = async (approval) => (known ? ask(known, "GET", `approvals/${encodeURIComponent(approval)}`) : null);
  return act;
}

function render({ model, el }) {
  const run = model.get("run_id");
  const story = new Story(model.get("run"));
  let known = server();
  const leaving = new AbortController();
  let view = null;
  let following = false;
  const act = acting(known, run, (message) => view.fail(message), () => follow());
  const host = element("div", "lumina-run");
  el.append(host);
  view = new View(host, story, act);
  const take = (logged) => {
    story.take(logged);
    view.update();
  };
  model.get("events").forEach(take);
  view.update();

  const hear = (message) => {
    if (message?.type === "events") message.events.forEach(take);
    else if (message?.type === "failed") view.fail(message.message);
  };
  const fromKernel = () => {
    known = null;
    act.able = false;
    model.on("msg:custom", hear);
    if (!story.ended) model.send({ type: "follow" });
    view.update();
  };
  // A run that is over has no stream any more, and begins another one when it is undone.
  const follow = async () => {
    if (following) return;
    following = true;
    try {
      await readOn();
    } finally {
      following = false;
    }
  };
  const readOn = async () => {
    for (let wait = FIRST_WAIT; !leaving.signal.aborted; wait = Math.min(2 * wait, LONGEST_WAIT)) {
      const before = story.sequence;
      try {
        if (await read(known, run, story.sequence, leaving.signal, take)) return;
      } catch (error) {
        if (leaving.signal.aborted) return;
        if (error.refused) return fromKernel();
      }
      if (story.sequence > before) wait = FIRST_WAIT;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  };
  if (known) follow();
  else fromKernel();
  return () => {
    leaving.abort();
    model.off("msg:custom", hear);
  };
}

export default { render };
