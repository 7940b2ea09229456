/** A run, made of its events. */

const ENDED = new Set(["done", "failed", "stopped", "undone"]);

/** What a run did until now; `take` is called with each of its events, in their order. */
export class Story {
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
