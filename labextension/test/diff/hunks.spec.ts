import * as fc from 'fast-check';
import { Chunk } from '@codemirror/merge';
import { Text } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { changesOf, hunksWithin, type IHunk } from '../../src/diff/hunks';

const linesOf = (...texts: string[]) => fc.array(fc.constantFrom(...texts), { maxLength: 6 });
const OLD = linesOf('rate = 1', 'base = 2', 'total', '', '    x');
const NEW = linesOf('rate = 10', 'base = 20', 'sum(total)', '    y');

/** Texts that are made of kept and changed runs of lines, and the hunks between them. */
const cases = fc
  .array(fc.record({ kept: fc.integer({ min: 1, max: 3 }), gone: OLD, come: NEW }), {
    minLength: 1,
    maxLength: 4
  })
  .filter(runs => runs.every(({ gone, come }) => gone.join('\n') !== come.join('\n')))
  .map(runs => {
    const before: string[] = [];
    const after: string[] = [];
    const hunks: IHunk[] = runs.map(({ kept, gone, come }, at) => {
      for (let number = 0; number < kept; number++) {
        before.push(`kept ${at} ${number}`);
        after.push(`kept ${at} ${number}`);
      }
      const hunk = {
        ...{ id: String(at), old_start: before.length, old_lines: gone.length },
        ...{ new_start: after.length, new_lines: come.length }
      };
      before.push(...gone);
      after.push(...come);
      return hunk;
    });
    return { before: before.join('\n'), after: after.join('\n'), hunks };
  });

describe('changesOf', () => {
  it('makes the new text of the old one', () => {
    fc.assert(
      fc.property(cases, ({ before, after, hunks }) => {
        let made = before;
        for (const { fromA, toA, fromB, toB } of [...changesOf(before, after, hunks)].reverse()) {
          made = made.slice(0, fromA) + after.slice(fromB, toB) + made.slice(toA);
        }
        expect(made).toBe(after);
      })
    );
  });

  it('has every hunk decided somewhere in the view, and nothing that means none', () => {
    fc.assert(
      fc.property(cases, ({ before, after, hunks }) => {
        const split = (text: string) => Text.of(text.split('\n'));
        const chunks = Chunk.build(split(before), split(after), {
          override: (a, b) => changesOf(a, b, hunks)
        });
        const meant = chunks.map(chunk =>
          chunks.length === hunks.length
            ? [hunks[chunks.indexOf(chunk)]!]
            : hunksWithin(after, hunks, chunk.fromB, chunk.endB)
        );
        expect(meant.filter(each => !each.length)).toEqual([]);
        expect(new Set(meant.flat())).toEqual(new Set(hunks));
      })
    );
  });
});
