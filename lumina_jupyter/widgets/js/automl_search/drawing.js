const SVG = "http://www.w3.org/2000/svg";

/** An element of a drawing. */
export function shape(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

/** A scale from values to pixels; the values of outliers are cut off at the edge. */
export function scale([low, high], [from, to]) {
  const span = high - low || 1;
  return (value) => from + ((Math.min(Math.max(value, low), high) - low) / span) * (to - from);
}
