import { scale, shape } from "./drawing.js";
import { duration, number } from "./formats.js";

const WIDTH = 420;
const HEIGHT = 170;
const EDGE = { left: 64, right: 12, top: 10, bottom: 26 };

/** The range of scores worth looking at: the worst trials would squeeze all others into a line. */
function scoreRange(scores, greater) {
  const sorted = [...scores].sort((a, b) => (greater ? b - a : a - b));
  const kept = sorted.slice(0, Math.max(2, Math.ceil(sorted.length * 0.8)));
  const [low, high] = [Math.min(...kept), Math.max(...kept)];
  const air = (high - low || Math.abs(high) || 1) * 0.08;
  return [low - air, high + air];
}

/** The best score so far over time, and a dot for every trial. */
export function curve(search) {
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
