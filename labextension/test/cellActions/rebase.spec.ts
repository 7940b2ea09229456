import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editsBetween, rebased } from '../../src/cellActions/rebase';

const text = fc
  .array(fc.constantFrom('a = 1', 'b = 2', 'c = 3', '', '    d'), { maxLength: 8 })
  .map(lines => lines.join('\n'));

describe('rebased', () => {
  it('keeps both changes where they are apart', () => {
    const base = 'a = 1\nb = 2\nc = 3\nd = 4';
    expect(rebased(base, 'a = 10\nb = 2\nc = 3\nd = 4', 'a = 1\nb = 2\nc = 3\nd = 40')).toBe(
      'a = 10\nb = 2\nc = 3\nd = 40'
    );
  });

  it('refuses where both changed the same line', () => {
    expect(rebased('a = 1\nb = 2', 'a = 10\nb = 2', 'a = 100\nb = 2')).toBeNull();
    expect(rebased('a = 1', 'a = 10', '')).toBeNull();
  });

  it('is the proposal where nothing else changed, and the text where nothing was proposed', () => {
    fc.assert(
      fc.property(text, text, (base, other) => {
        expect(rebased(base, other, base)).toBe(other);
        expect(rebased(base, base, other)).toBe(other);
      })
    );
  });
});

describe('editsBetween', () => {
  it('makes one text of the other', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        let made = before;
        for (const { from, to, insert } of editsBetween(before, after).reverse()) {
          made = made.slice(0, from) + insert + made.slice(to);
        }
        expect(made).toBe(after);
      })
    );
  });
});
