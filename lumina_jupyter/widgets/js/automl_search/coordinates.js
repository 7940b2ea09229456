import { shape } from "./drawing.js";
import { number, parameters } from "./formats.js";

const LEAST_WIDTH = 420;

/** Parallel coordinates of a family's trials: one axis a parameter, the last one the score. */
export function coordinates(search, family) {
  const trials = search.scored.filter((row) => row.family === family);
  const names = [...new Set(trials.flatMap((row) => Object.keys(row.params)))];
  const axes = [...names.map((name) => ({ name, of: (row) => row.params[name] })), { name: search.board.metric, of: (row) => row.score }];
  const width = Math.max(LEAST_WIDTH, axes.length * 92);
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
