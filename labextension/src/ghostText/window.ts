/**
 * Where a window over the end of something begins.
 *
 * It begins behind a multiple of half its size, and so stays where it was while the end grows: a model
 * that has read the same beginning before need not read it again.
 *
 * @param length - Of all of it.
 * @param limit - Of the window, at most.
 */
export function windowStart(length: number, limit: number): number {
  if (length <= limit) {
    return 0;
  }
  const step = Math.max(1, Math.floor(limit / 2));
  return Math.ceil((length - limit) / step) * step;
}

/** The end of a text, from the beginning of a line, in a window that stands still. */
export function steadyEnd(text: string, limit: number): string {
  const start = windowStart(text.length, limit);
  if (!start) {
    return text;
  }
  const line = text.indexOf('\n', start - 1) + 1;
  return line > 0 ? text.slice(line) : text.slice(-limit);
}

/** How many pieces at the front do not fit, of pieces of these lengths. */
export function leftOut(lengths: readonly number[], limit: number): number {
  const start = windowStart(
    lengths.reduce((sum, length) => sum + length, 0),
    limit
  );
  let position = 0;
  let index = 0;
  while (index < lengths.length && position < start) {
    position += lengths[index++]!;
  }
  return index;
}
