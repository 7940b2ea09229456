import { describe, expect, it } from 'vitest';
import { isAfterOpening } from '../../src/ghostText/newLines';
import { cut, LIMITS } from '../../src/ghostText/place';

describe('new lines with a suggestion of their own', () => {
  it.each([
    ['def f(x):\n    ', true],
    ['# plot the sales\n', true],
    ['x = [\n', true],
    ['if a:  # why\n    ', true],
    ['x = 1\n', false],
    ['def f(x):', false],
    ['def f(x):\n    y', false],
    ['#\n', false],
    ['', false]
  ])('after %j: %j', (prefix, expected) => expect(isAfterOpening(prefix)).toBe(expected));
});

describe('what is sent', () => {
  it('is bounded', () => {
    const { prefix, suffix } = cut('x = 1\n'.repeat(5000), 'y = 2\n'.repeat(5000));
    expect(prefix.length).toBeLessThanOrEqual(LIMITS.prefix);
    expect(prefix.endsWith('x = 1\n')).toBe(true);
    expect(suffix.length).toBe(LIMITS.suffix);
  });
});
