/** What waits for a person, a box each: a plan, calls of tools, a question. */

import { element, write } from "../elements.js";
import { personsButton } from "./pressing.js";

const PERMISSIONS = { allow: "at once", ask: "asks you", deny: "not allowed here" };
const SETTLES = 600;
/* Milliseconds after which a choice that has just appeared can be made: nobody means what was not there yet. */

/** The boxes; each stays as it is until it is settled. */
export class Asks {
  constructor(act) {
    this.act = act;
    this.boxes = new Map();
    this.node = element("div");
    this.node.setAttribute("aria-live", "polite");
  }

  render(story) {
    const wanted = new Map();
    if (story.planWaits) wanted.set("plan", () => this.planBox(story));
    for (const step of story.asking) wanted.set(step.approval, () => this.approvalBox(step));
    if (story.question && !story.ended) wanted.set(`question ${story.question}`, () => this.questionBox(story.question));
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
        this.node.append(box);
      }
    }
  }

  planBox({ dryRun, steps }) {
    const box = element("div", "asks");
    box.append(element("p", "", "The plan waits for your approval. It would:"));
    const list = element("ol");
    for (const [number, step] of (dryRun?.steps ?? []).entries()) {
      const item = element("li");
      const body = element("span", "", step.summary || steps.get(step.step)?.title || step.step);
      body.append(" ", element("span", "note", PERMISSIONS[step.permission]));
      if (step.diff) body.append(element("pre", "", step.diff));
      item.append(element("span", "mark", `${number + 1}.`), body);
      list.append(item);
    }
    box.append(list);
    if (dryRun) box.append(element("p", "small", cost(dryRun)));
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

  questionBox(question) {
    const box = element("div", "asks");
    box.append(element("p", "", question));
    if (!this.act.able) return this.choices(box, []);
    const input = element("input");
    input.setAttribute("aria-label", "Your answer");
    const reply = personsButton("Reply", () => input.value.trim() && this.act("reply", { text: input.value }), true);
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter" && event.isTrusted) reply.focus();
    });
    const answer = element("div", "buttons");
    answer.append(input, reply);
    box.append(answer);
    return box;
  }

  choices(box, choices) {
    if (!this.act.able) {
      box.append(element("p", "small", "Decide in JupyterLab, or with `lumina approvals` and `lumina runs` in a terminal."));
      return box;
    }
    const born = performance.now();
    const buttons = element("div", "buttons");
    for (const [text, pressed, main] of choices) {
      const made = personsButton(text, async () => {
        if (performance.now() - born < SETTLES) return;
        const all = [...buttons.children];
        for (const each of all) each.disabled = true;
        await pressed();
        for (const each of all) each.disabled = false;
        // A button that is disabled loses the focus.
        if (document.activeElement === document.body) made.focus();
      }, main);
      buttons.append(made);
    }
    box.append(buttons);
    return box;
  }
}

function dollars(usd) {
  if (usd > 0 && usd < 0.0001) return "less than $0.0001";
  return `$${usd.toFixed(usd && usd < 1 ? 4 : 2)}`;
}

/** What a plan is likely to take, as a sentence. */
function cost({ seconds, tokens, usd }) {
  const price = usd === null ? "of unknown price" : dollars(usd);
  return `About ${tokens.toLocaleString("en")} tokens, ${price}, ${Math.round(seconds)} s.`;
}
