import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pace } from '../../src/ghostText/pace';
import { leftOut, steadyEnd, windowStart } from '../../src/ghostText/window';

describe('a window over the end of a text', () => {
  it('fits, and is at least half full', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.integer({ min: 2, max: 500 }), (length, limit) => {
        const size = length - windowStart(length, limit);
        expect(size).toBeLessThanOrEqual(limit);
        expect(size).toBeGreaterThanOrEqual(Math.min(length, Math.floor(limit / 2)));
      })
    );
  });

  it('stays where it is while somebody types', () => {
    const text = 'a line\n'.repeat(1000);
    const starts = new Set<number>();
    for (let length = 5000; length < 6000; length++) {
      const shown = steadyEnd(text.slice(0, length), 1000);
      expect(text.slice(0, length).endsWith(shown)).toBe(true);
      starts.add(length - shown.length);
    }
    expect(starts.size).toBeLessThanOrEqual(3);
  });

  it('leaves out whole pieces, the first ones first', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(300), { maxLength: 30 }),
        fc.integer({ min: 1, max: 600 }),
        (lengths, limit) => {
          const kept = lengths.slice(leftOut(lengths, limit));
          expect(kept.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(limit);
        }
      )
    );
  });
});

describe('the pace of typing', () => {
  it('makes the pause longer for who types slowly, within bounds', () => {
    const pause = (interval: number) => {
      const pace = new Pace();
      for (let now = 0; now < 40 * interval; now += interval) {
        pace.key(now);
      }
      return pace.pause(150);
    };
    expect(pause(50)).toBe(150);
    expect(pause(200)).toBeGreaterThan(200);
    expect(pause(900)).toBe(450);
  });

  it('does not count thinking as typing', () => {
    const pace = new Pace();
    [0, 5000, 10_000, 20_000].forEach(now => pace.key(now));
    expect(pace.pause(150)).toBe(150);
  });
});
