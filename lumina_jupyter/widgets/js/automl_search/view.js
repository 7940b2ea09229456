import { button, element, inNextFrame, write } from "../elements.js";
import { standsAlone } from "../theme.js";
import { curve } from "./curve.js";
import { folded } from "./folded.js";
import { counted, number, wholeSeconds } from "./formats.js";
import { Leaderboard } from "./leaderboard.js";
import { Parameters } from "./parameters.js";
import { STYLE } from "./style.js";

const TITLE = "Search for models";
/* Pixels, where the page does not show the plot yet. */
const LEAST_PLOT = 280;

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
    this.halves = element("div", "halves");
    this.halves.append(this.leaderboard.node, this.plot);
    // The curve is drawn in the pixels that there are, so that its letters are as large as all others.
    this.observer = new ResizeObserver(this.update);
    this.observer.observe(this.plot);
    this.parameters = new Parameters(this.update);
    this.notes = folded("Decided for you");
    this.list = element("ul");
    this.notes.append(this.list);
    host.className = standsAlone() ? "lumina-search alone" : "lumina-search";
    host.setAttribute("role", "region");
    this.host = host;
    const parts = [this.bar, this.told, this.warnings, this.halves, this.leaderboard.more, this.parameters.node, this.notes];
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

  close() {
    this.observer.disconnect();
  }

  render() {
    const { board, rows } = this.search;
    write(this.name, board.name || TITLE);
    this.host.setAttribute("aria-label", board.name ? `${TITLE}: ${board.name}` : TITLE);
    write(this.state, this.status);
    this.buttons.hidden = Boolean(board.ended) || !board.controlled;
    write(this.pause, board.paused ? "Resume" : "Pause");
    const share = board.stage === "done" ? 1 : Math.min(1, board.seconds / (board.budget || 1));
    this.bar.dataset.stage = board.stage ?? "";
    this.bar.firstChild.style.width = `${100 * share}%`;
    write(this.told, this.summary);
    this.renderWarnings();
    this.halves.hidden = !rows.size;
    this.leaderboard.render(this.search);
    this.renderPlot();
    this.parameters.render(this.search);
    this.renderNotes();
  }

  get status() {
    const { board, rows } = this.search;
    if (!board.paused || board.ended) return board.text ?? "";
    const running = [...rows.values()].some((row) => row.state === "running");
    return running ? "Paused; what runs comes to its end." : "Paused.";
  }

  get summary() {
    const { best, board, scored } = this.search;
    const parts = [];
    if (board.ensemble_score !== null && board.ensemble_score !== undefined) parts.push(`Blend: ${board.metric} ${number(board.ensemble_score)}.`);
    if (best) parts.push(`Best model: ${best.title}, ${board.metric} ${number(best.score)}.`);
    else if (!board.ended) parts.push("The first model is on its way.");
    if (scored.length || board.ended) parts.push(`${counted(scored.length, "model")} in ${wholeSeconds(board.seconds ?? 0)} of ${wholeSeconds(board.budget ?? 0)}.`);
    return parts.join(" ");
  }

  renderPlot() {
    const { board, scored } = this.search;
    this.plot.hidden = !scored.length;
    if (!scored.length) return;
    const caption = element("div", "soft caption", `Best ${board.metric} over time`);
    this.plot.replaceChildren(caption, curve(this.search, this.plot.clientWidth || LEAST_PLOT));
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
