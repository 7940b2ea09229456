/** Numbers as people read them; `automl/showing/html.py` and `automl/words.py` write them likewise. */

/** A score: four decimals, fewer for large numbers, as many as it takes for small ones. It has the decimals of `like`. */
export function number(value, like = value) {
  if (value === null || value === undefined) return "";
  const size = Math.abs(like ?? value);
  if (size >= 1e9) return value.toExponential(3);
  if (size >= 1000) return Math.round(value).toLocaleString("en");
  if (size >= 10) return value.toFixed(2);
  if (size >= 0.01 || size === 0) return value.toFixed(4);
  return size >= 1e-7 ? value.toFixed(2 - Math.floor(Math.log10(size))) : value.toExponential(2);
}

/** How long something took. */
export function duration(seconds) {
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  return seconds < 100 ? `${seconds.toFixed(1)} s` : wholeSeconds(seconds);
}

/** A time in whole seconds: "45 s", "2 min 5 s", "1 h 30 min". */
export function wholeSeconds(seconds) {
  const all = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const parts = [hours && `${hours} h`, minutes && `${minutes} min`, rest && !hours && `${rest} s`].filter(Boolean);
  return parts.join(" ") || "0 s";
}

export function bytes(size) {
  if (!size) return "";
  if (size < 1e6) return `${Math.max(1, Math.round(size / 1e3))} kB`;
  return size < 1e9 ? `${(size / 1e6).toFixed(1)} MB` : `${(size / 1e9).toFixed(1)} GB`;
}

/** A share: "12 %"; what is little, but not nothing, is "<1 %". */
export function percent(share) {
  return share > 0 && share < 0.005 ? "<1 %" : `${Math.round(100 * share)} %`;
}

/** A number of things: "1 model", "2 models". */
export function counted(number, thing) {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

export function parameters(params) {
  return Object.entries(params)
    .map(([name, value]) => `${name} = ${typeof value === "number" ? Number(value.toPrecision(4)) : value}`)
    .join(", ");
}
