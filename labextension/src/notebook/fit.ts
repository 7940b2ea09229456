import type { components } from '../api/schema';
import { shorten, withoutImages, type ShortOutput } from './shorten';

export type CellView = components['schemas']['CellView'];

/** Bytes of a view of a notebook at most. */
export const VIEW_LIMIT = 1_000_000;
/** Characters of one cell's source at most. */
export const SOURCE_LIMIT = 200_000;

/**
 * Cells that together take at most `limit` bytes as JSON, unless their bare ids take more.
 *
 * Every cell stays in its place. What is nearest to the active cell is kept whole first; one that does
 * not fit loses its pictures, then its outputs, then its source.
 */
export function fit(
  cells: readonly CellView[],
  active: number,
  limit: number = VIEW_LIMIT
): CellView[] {
  const fitted: CellView[] = cells.map(({ id, kind }) => ({
    id,
    ...(kind === undefined ? {} : { kind })
  }));
  let room = limit - size(fitted);
  for (const index of byDistance(cells.length, active)) {
    const cell = cells[index]!;
    const bare = size(fitted[index]);
    const kept = smaller(cell).find(view => size(view) - bare <= room);
    if (kept) {
      room -= size(kept) - bare;
      fitted[index] = kept;
    }
  }
  return fitted;
}

/** The indices by their distance from one, those before it first. */
export function byDistance(length: number, from: number): number[] {
  const centre = Math.min(Math.max(from, 0), Math.max(length - 1, 0));
  return Array.from({ length }, (_, index) => index).sort(
    (a, b) => Math.abs(a - centre) - Math.abs(b - centre) || a - b
  );
}

/** A cell, and then what may be left of it, from more to less. */
function smaller(cell: CellView): CellView[] {
  const whole = { ...cell, source: shorten(cell.source ?? '', SOURCE_LIMIT) };
  const outputs = (cell.outputs ?? []) as ShortOutput[];
  const unpictured = outputs.map(withoutImages);
  const ways: CellView[] = [whole];
  if (unpictured.some((output, index) => output !== outputs[index])) {
    ways.push({ ...whole, outputs: unpictured });
  }
  if (outputs.length) {
    ways.push({ ...whole, outputs: [] });
  }
  return ways;
}

function size(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
