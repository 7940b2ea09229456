import { scale, shape, ticks, widest } from "./drawing.js";
import { duration, number, wholeSeconds } from "./formats.js";

const HEIGHT = 150;
const EDGE = { right: 12, top: 10, bottom: 26 };

/** The best score so far over time, and a dot for every trial: so many pixels wide. */
export function curve(search, width) {
  const { best, board, scored: trials } = search;
  const last = board.curve.at(-1);
  const told = last ? `Best ${board.metric} so far ${number(last.score)}, after ${duration(last.seconds)}.` : "No best model yet.";
  const svg = shape("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": told });
  if (!trials.length) return svg;
  const scores = [...trials.map((row) => row.score), ...board.curve.map((point) => point.score)];
  const range = scoreRange(scores, board.greater_is_better);
  const marks = ticks(range);
  const left = 10 + widest(marks.map(({ text }) => text));
  const [right, bottom] = [width - EDGE.right, HEIGHT - EDGE.bottom];
  const end = Math.max(board.seconds, ...trials.map((row) => row.ended), 1);
  const x = scale([0, end], [left, right]);
  const y = scale(range, [bottom, EDGE.top]);
  for (const { value, text } of marks) {
    svg.append(shape("path", { class: "axis", d: `M${left} ${y(value)}H${right}` }));
    svg.append(shape("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, text));
  }
  svg.append(shape("path", { class: "axis", d: `M${left} ${EDGE.top}V${bottom}H${right}` }));
  svg.append(shape("text", { x: left, y: HEIGHT - 8 }, "0 s"));
  svg.append(shape("text", { x: right, y: HEIGHT - 8, "text-anchor": "end" }, wholeSeconds(end)));
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

/** The range of scores worth looking at: the worst trials would squeeze all others into a line. */
function scoreRange(scores, greater) {
  const sorted = [...scores].sort((a, b) => (greater ? b - a : a - b));
  const kept = sorted.slice(0, Math.max(2, Math.ceil(sorted.length * 0.8)));
  const [low, high] = [Math.min(...kept), Math.max(...kept)];
  const air = (high - low || Math.abs(high) || 1) * 0.08;
  return [low - air, high + air];
}
