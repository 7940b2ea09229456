import { shape, widest } from "./drawing.js";
import { counted, number, parameters } from "./formats.js";

const LEAST_GAP = 92;
const AIR = 14;
/* Pixels between the labels of two axes. */
const [TOP, BOTTOM] = [34, 184];

/** Parallel coordinates of a family's trials: one axis a parameter, the last one the score. */
export function coordinates(search, family) {
  const trials = search.scored.filter((row) => row.family === family);
  const axes = axesOf(trials, search.board.metric);
  const { places, width } = spread(axes);
  const told = `Parameters of ${counted(trials.length, "trial")}.`;
  const svg = shape("svg", { viewBox: `0 0 ${width} 210`, style: `width: ${width}px`, role: "img", "aria-label": told });
  const lines = trials.map((row) => ({ row, points: [] }));
  axes.forEach(({ high, low, name, of, place }, position) => {
    const at = places[position];
    svg.append(shape("path", { class: "axis", d: `M${at} ${TOP}V${BOTTOM}` }));
    svg.append(shape("text", { class: "name", x: at, y: 12, "text-anchor": "middle" }, name));
    svg.append(shape("text", { x: at, y: 27, "text-anchor": "middle" }, high));
    svg.append(shape("text", { x: at, y: BOTTOM + 15, "text-anchor": "middle" }, low));
    for (const { points, row } of lines) {
      const value = of(row);
      if (isKnown(value)) points.push(`${at} ${BOTTOM + (TOP - BOTTOM) * place(value)}`);
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

/** What is tried, an axis each, and at the end the score. */
function axesOf(trials, metric) {
  const names = [...new Set(trials.flatMap((row) => Object.keys(row.params)))];
  const values = names.map((name) => ({ name, of: (row) => row.params[name] }));
  const short = (value) => String(Number(value.toPrecision(3)));
  return [
    ...values.map((axis) => ({ ...axis, ...ruler(trials.map(axis.of), short) })),
    { name: metric, of: (row) => row.score, ...ruler(trials.map((row) => row.score), number) },
  ];
}

/** Where axes stand, in pixels, so that their labels have room. */
function spread(axes) {
  const halves = axes.map(({ high, low, name }) => widest([name, high, low]) / 2);
  const places = [halves[0] + AIR];
  for (let axis = 1; axis < axes.length; axis++) {
    places.push(places[axis - 1] + Math.max(LEAST_GAP, halves[axis - 1] + halves[axis] + AIR));
  }
  return { places, width: places.at(-1) + halves.at(-1) + AIR };
}

/** Where values lie between 0 and 1 on an axis; logarithmic where they span more than two orders of magnitude. */
function ruler(values, text) {
  const known = values.filter(isKnown);
  if (known.some((value) => typeof value !== "number")) {
    const levels = [...new Set(known.map(String))].sort();
    const place = (value) => (levels.length > 1 ? levels.indexOf(String(value)) / (levels.length - 1) : 0.5);
    return { place, low: levels[0] ?? "", high: levels.length > 1 ? levels.at(-1) : "" };
  }
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const logarithmic = low > 0 && high / low > 100;
  const by = logarithmic ? Math.log : (value) => value;
  const place = (value) => (high > low ? (by(value) - by(low)) / (by(high) - by(low)) : 0.5);
  return { place, low: text(low), high: high > low ? text(high) : "" };
}

function isKnown(value) {
  return value !== undefined && value !== null;
}
