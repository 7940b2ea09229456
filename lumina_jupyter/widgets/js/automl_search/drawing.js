const SVG = "http://www.w3.org/2000/svg";
const LETTER = 6.6;
/* Pixels of a letter's width, about; figures of 11 pixels are narrower. */

/** An element of a drawing. */
export function shape(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

/** Pixels that the longest of some texts takes, about. */
export function widest(texts) {
  return LETTER * Math.max(0, ...texts.map((text) => text.length));
}

/** A scale from values to pixels; the values of outliers are cut off at the edge. */
export function scale([low, high], [from, to]) {
  const span = high - low || 1;
  return (value) => from + ((Math.min(Math.max(value, low), high) - low) / span) * (to - from);
}

/** Round values within a range, three to six of them, with their texts. */
export function ticks([low, high]) {
  const power = 10 ** Math.floor(Math.log10((high - low) / 3));
  const step = power * [5, 2, 1].find((factor) => factor * power <= (high - low) / 3);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const made = [];
  for (let at = Math.ceil(low / step); at * step <= high; at++) {
    const value = at * step;
    made.push({ value, text: decimals > 6 || Math.abs(value) >= 1e9 ? value.toPrecision(4) : grouped(value, decimals) });
  }
  return made;
}

function grouped(value, decimals) {
  return value.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}
