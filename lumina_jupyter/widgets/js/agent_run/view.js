import { element, inNextFrame, write } from "../elements.js";
import { standsAlone } from "../theme.js";
import { Asks } from "./asks.js";
import { personsButton } from "./pressing.js";
import { Result } from "./result.js";
import { Steps } from "./steps.js";
import { STYLE } from "./style.js";

const MOST_WORDS = 80;
/* Characters of the task that name the view. */

/** The view: a heading with what can be done to the run, its steps, what waits for a person, and how it ended. */
export class View {
  constructor(host, story, act) {
    this.story = story;
    this.act = act;
    this.steps = new Steps();
    this.asks = new Asks(act);
    this.result = new Result();
    this.error = element("p", "error");
    this.error.setAttribute("role", "alert");
    this.root = element("section", standsAlone() ? "run alone" : "run");
    this.root.setAttribute("aria-label", `Run of the agent: ${story.words.slice(0, MOST_WORDS)}`);
    const words = element("p", "words", story.words);
    this.root.append(this.heading(), words, this.steps.node, this.asks.node, this.result.node, this.error);
    const shadow = host.attachShadow({ mode: "open" });
    shadow.append(element("style", "", STYLE), this.root);
    /** Show what the story says, in the next frame. */
    this.update = inNextFrame(() => this.render());
  }

  heading() {
    const { act, story } = this;
    const heading = element("header", "head");
    this.gear = element("strong");
    this.state = element("span", "state");
    this.state.setAttribute("role", "status");
    this.pause = personsButton("Pause", () => act(this.holds ? "resume" : "pause"));
    this.stop = personsButton("Stop", () => act("stop"));
    this.undo = personsButton("Undo", () => act(story.state === "undone" ? "redo" : "undo", { step: null }));
    const buttons = element("span", "buttons");
    buttons.append(this.pause, this.stop, this.undo);
    heading.append(this.gear, this.state, buttons);
    return heading;
  }

  /** Whether the run goes on when somebody says so. */
  get holds() {
    return this.story.state === "paused" || this.story.state === "interrupted";
  }

  fail(message) {
    write(this.error, message);
  }

  render() {
    const { act, story } = this;
    const done = [...story.steps.values()].filter((step) => step.progress === "done").length;
    write(this.gear, story.gear ? `Agent, gear ${story.gear}` : "Agent");
    const parts = [story.model, story.state, story.steps.size ? `${done} of ${story.steps.size} steps` : ""];
    write(this.state, parts.filter(Boolean).join(" · "));
    this.steps.render(story);
    this.asks.render(story);
    this.result.render(story);
    write(this.pause, this.holds ? "Resume" : "Pause");
    write(this.undo, story.state === "undone" ? "Redo" : "Undo");
    this.pause.hidden = !act.able || story.ended;
    this.stop.hidden = !act.able || story.ended;
    this.undo.hidden = !act.able || !(story.ended || story.state === "interrupted");
  }
}
