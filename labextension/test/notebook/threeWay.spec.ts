import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeThreeWays, type MergeCell } from '../../src/notebook/threeWay';

function cell(id: string, source = id, more: Partial<MergeCell> = {}): MergeCell {
  return {
    ...{ id, source, cell_type: 'code', metadata: {}, outputs: [], execution_count: null },
    ...more
  } as MergeCell;
}

function told(cells: readonly MergeCell[]) {
  return cells.map(({ id, source }) => (id === source ? id : `${id}=${source}`)).join(' ');
}

const BASE = [cell('a'), cell('b'), cell('c')];

describe('mergeThreeWays', () => {
  it('takes what either side changed', () => {
    const mine = [cell('a', 'mine'), cell('b'), cell('c')];
    const theirs = [cell('a'), cell('b'), cell('n'), cell('c', 'theirs')];
    const { cells, conflicts } = mergeThreeWays(BASE, mine, theirs);
    expect(told(cells)).toBe('a=mine b n c=theirs');
    expect(conflicts).toEqual([]);
  });

  it('keeps the text here where both changed it, and says so', () => {
    const mine = [cell('a', 'mine'), cell('b'), cell('c')];
    const theirs = [cell('a', 'theirs'), cell('b'), cell('c')];
    const { cells, conflicts } = mergeThreeWays(BASE, mine, theirs);
    expect(told(cells)).toBe('a=mine b c');
    expect(conflicts).toEqual([{ id: 'a', theirs: 'theirs' }]);
  });

  it('puts outputs of the other side to the text of this one', () => {
    const outputs = [{ output_type: 'stream', name: 'stdout', text: '1' }];
    const mine = [cell('a', 'mine'), ...BASE.slice(1)];
    const theirs = [cell('a', 'a', { outputs, execution_count: 3 }), ...BASE.slice(1)];
    const { cells, conflicts } = mergeThreeWays(BASE, mine, theirs);
    expect(cells[0]).toMatchObject({ source: 'mine', outputs, execution_count: 3 });
    expect(conflicts).toEqual([]);
  });

  it('deletes what the other side deleted, unless it was changed here', () => {
    const mine = [cell('a', 'mine'), cell('b'), cell('c')];
    const { cells, conflicts } = mergeThreeWays(BASE, mine, [cell('c')]);
    expect(told(cells)).toBe('a=mine c');
    expect(conflicts).toEqual([{ id: 'a', theirs: null }]);
  });

  it('keeps deleted what was deleted here, unless it was changed there', () => {
    const mine = [cell('c')];
    const { cells } = mergeThreeWays(BASE, mine, [cell('a', 'theirs'), cell('b'), cell('c')]);
    expect(told(cells)).toBe('a=theirs c');
  });

  it('keeps an order that was changed here', () => {
    const mine = [cell('c'), cell('a'), cell('b')];
    const theirs = [cell('a'), cell('n'), cell('b'), cell('c')];
    expect(told(mergeThreeWays(BASE, mine, theirs).cells)).toBe('c a n b');
  });

  const cells = fc
    .uniqueArray(
      fc.record({ id: fc.constantFrom(...'abcde'), source: fc.constantFrom('', '1', '2') }),
      {
        selector: ({ id }) => id
      }
    )
    .map(made => made.map(({ id, source }) => cell(id, source)));

  it('never loses what was written here, and is the one side where the other did nothing', () => {
    fc.assert(
      fc.property(cells, cells, cells, (base, mine, theirs) => {
        const { cells: merged } = mergeThreeWays(base, mine, theirs);
        expect(new Set(merged.map(({ id }) => id)).size).toBe(merged.length);
        for (const { id, source } of mine) {
          const before = base.find(each => each.id === id);
          if (!before || before.source !== source) {
            expect(merged.find(each => each.id === id)?.source).toBe(source);
          }
        }
        expect(mergeThreeWays(base, base, theirs).cells).toEqual(theirs);
        expect(mergeThreeWays(base, mine, base).cells).toEqual(mine);
      })
    );
  });
});
