import { describe, expect, it } from 'vitest';
import { stretchesOf } from '../../src/approvals/unified';

const HEAD = '--- c1 (now)\n+++ c1 (then)\n';

describe('a unified diff', () => {
  it('gives both texts of each stretch', () => {
    const diff = `${HEAD}@@ -1,3 +1,3 @@\n a = 1\n-b = 2\n+b = 3\n c\n@@ -20,2 +20,3 @@\n x\n+y\n z`;
    expect(stretchesOf(diff)).toEqual({
      stretches: [
        { before: 'a = 1\nb = 2\nc', after: 'a = 1\nb = 3\nc', line: 1 },
        { before: 'x\nz', after: 'x\ny\nz', line: 20 }
      ],
      rest: ''
    });
  });

  it('of what is new has nothing before', () => {
    const diff = `${HEAD}@@ -0,0 +1,2 @@\n+a\n+b`;
    expect(stretchesOf(diff)?.stretches).toEqual([{ before: '', after: 'a\nb', line: 1 }]);
  });

  it('may have been cut, and lines that look like its head are lines', () => {
    const diff = `${HEAD}@@ -1,2 +1,2 @@\n--- a\n+++ b\n[… 1,234 more characters …]`;
    expect(stretchesOf(diff)).toEqual({
      stretches: [{ before: '-- a', after: '++ b', line: 1 }],
      rest: '[… 1,234 more characters …]'
    });
  });

  it('may be none', () => {
    expect(stretchesOf('removed 3 rows')).toBeNull();
    expect(stretchesOf('')).toBeNull();
  });
});
