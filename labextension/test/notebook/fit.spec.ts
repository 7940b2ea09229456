import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byDistance, fit, type CellView } from '../../src/notebook/fit';

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length;

function cell(id: number, source: string, output = ''): CellView {
  const outputs = output ? [{ output_type: 'stream', name: 'stdout', text: output }] : [];
  return { id: `c${id}`, kind: 'code', source, execution_count: id, outputs };
}

describe('fit', () => {
  it('changes nothing where there is room', () => {
    const cells = [cell(0, 'a = 1', 'x'), cell(1, 'b')];
    expect(fit(cells, 0)).toEqual(cells);
  });

  it('keeps what is nearest and every cell in its place', () => {
    const cells = Array.from({ length: 9 }, (_, index) => cell(index, 'x'.repeat(1000)));
    const fitted = fit(cells, 4, 4000);
    expect(fitted.map(({ id }) => id)).toEqual(cells.map(({ id }) => id));
    const kept = fitted.filter(({ source }) => source).map(({ id }) => id);
    expect(kept).toEqual(['c3', 'c4', 'c5']);
  });

  it('lets outputs go before sources', () => {
    const fitted = fit([cell(0, 'x = 1', 'y'.repeat(3000))], 0, 500);
    expect(fitted[0]).toMatchObject({ source: 'x = 1', outputs: [] });
  });

  it('lets pictures go before text', () => {
    const picture = {
      output_type: 'display_data',
      data: { 'image/png': 'A'.repeat(5000), 'text/plain': '<Figure>' },
      metadata: {}
    };
    const fitted = fit([{ ...cell(0, 'plot()'), outputs: [picture] }], 0, 1000);
    expect(fitted[0]!.outputs).toEqual([{ ...picture, data: { 'text/plain': '<Figure>' } }]);
  });

  it('stays within the limit, and always has every cell', () => {
    const cells = fc.array(
      fc.record({ source: fc.string({ unit: 'grapheme' }), output: fc.string() }),
      { maxLength: 20 }
    );
    fc.assert(
      fc.property(
        cells,
        fc.nat(25),
        fc.integer({ min: 2000, max: 4000 }),
        (made, active, limit) => {
          const views = made.map(({ source, output }, index) => cell(index, source, output));
          const fitted = fit(views, active, limit);
          expect(fitted.map(({ id }) => id)).toEqual(views.map(({ id }) => id));
          expect(bytes(fitted)).toBeLessThanOrEqual(limit);
        }
      )
    );
  });
});

describe('byDistance', () => {
  it('begins with the nearest, and takes the first when none is active', () => {
    expect(byDistance(4, 2)).toEqual([2, 1, 3, 0]);
    expect(byDistance(3, -1)).toEqual([0, 1, 2]);
    expect(byDistance(0, 0)).toEqual([]);
  });
});
