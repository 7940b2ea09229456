import { button, element, inNextFrame, write } from "../elements.js";
import { standsAlone } from "../theme.js";
import { curve } from "./curve.js";
import { folded } from "./folded.js";
import { duration, number } from "./formats.js";
import { Leaderboard } from "./leaderboard.js";
import { Parameters } from "./parameters.js";
import { STYLE } from "./style.js";

/** The view: a heading with what can be done to the search, how far it is, and what it has found. */
export class View {
  constructor(host, search, send) {
    this.search = search;
    this.send = send;
    /** Show what is known of the search, in the next frame. */
    this.update = inNextFrame(() => this.render());
    this.bar = element("div", "bar");
    this.bar.append(element("div"));
    this.told = element("p");
    this.warnings = element("div");
    this.leaderboard = new Leaderboard(this.update);
    this.plot = element("div", "plot");
    const halves = element("div", "halves");
    halves.append(this.leaderboard.node, this.plot);
    this.parameters = new Parameters(this.update);
    this.notes = folded("Decided for you");
    this.list = element("ul");
    this.notes.append(this.list);
    host.className = standsAlone() ? "lumina-search alone" : "lumina-search";
    host.setAttribute("role", "region");
    host.setAttribute("aria-label", "Search for models");
    const parts = [this.bar, this.told, this.warnings, halves, this.leaderboard.more, this.parameters.node, this.notes];
    host.append(element("style", "", STYLE), this.heading(), ...parts);
  }

  heading() {
    const heading = element("div", "head");
    this.name = element("strong");
    this.state = element("span", "soft");
    this.state.setAttribute("role", "status");
    this.pause = button("Pause", () => this.send({ type: this.search.board.paused ? "resume" : "pause" }));
    const stop = button("Stop", () => this.send({ type: "stop" }));
    stop.title = "Ends the search and keeps the best so far";
    this.buttons = element("span", "buttons");
    this.buttons.append(this.pause, stop);
    heading.append(this.name, this.state, this.buttons);
    return heading;
  }

  render() {
    const { board } = this.search;
    write(this.name, board.name ?? "");
    write(this.state, board.paused && !board.ended ? "Paused." : (board.text ?? ""));
    this.buttons.hidden = Boolean(board.ended) || !board.controlled;
    write(this.pause, board.paused ? "Resume" : "Pause");
    const share = board.ended ? 1 : Math.min(1, board.seconds / (board.budget || 1));
    this.bar.toggleAttribute("data-over", Boolean(board.ended));
    this.bar.firstChild.style.width = `${100 * share}%`;
    this.bar.title = this.time;
    write(this.told, this.summary);
    this.renderWarnings();
    this.leaderboard.render(this.search);
    this.plot.replaceChildren(curve(this.search));
    this.parameters.render(this.search);
    this.renderNotes();
  }

  get time() {
    const { budget, seconds } = this.search.board;
    return `${duration(seconds ?? 0)} of ${duration(budget ?? 0)}`;
  }

  get summary() {
    const { best, board, scored } = this.search;
    const parts = [];
    if (board.ensemble_score !== null && board.ensemble_score !== undefined) parts.push(`Blend: ${board.metric} ${number(board.ensemble_score)}.`);
    if (best) parts.push(`Best model: ${best.title}, ${board.metric} ${number(best.score)}.`);
    else if (!board.ended) parts.push("The first model is on its way.");
    parts.push(`${scored.length} ${scored.length === 1 ? "model" : "models"} in ${this.time}.`);
    return parts.join(" ");
  }

  renderWarnings() {
    const texts = this.search.board.warnings;
    if (this.warnings.childElementCount === texts.length) return;
    this.warnings.replaceChildren(...texts.map((text) => element("p", "warning", text)));
  }

  renderNotes() {
    const { decisions } = this.search.board;
    this.notes.hidden = !decisions.length;
    if (this.list.childElementCount === decisions.length) return;
    this.list.replaceChildren(
      ...decisions.map(({ text, setting }) => element("li", "", setting ? `${text} (${setting}= decides otherwise)` : text)),
    );
  }
}
