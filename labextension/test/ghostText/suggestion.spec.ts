import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  firstLine,
  firstWord,
  restOf,
  Suggestions,
  type ISuggestion
} from '../../src/ghostText/suggestion';

const head: ISuggestion = { prefix: 'df.', suffix: '\nx', text: 'head(3)', complete: true };

describe('the rest of a suggestion', () => {
  it('is what has not been typed of it', () => {
    expect(restOf(head, 'df.', '\nx')).toBe('head(3)');
    expect(restOf(head, 'df.he', '\nx')).toBe('ad(3)');
    expect(restOf(head, 'df.head(3)', '\nx')).toBe('');
  });

  it('is none where something else was typed', () => {
    for (const prefix of ['df', 'df.t', 'dg.he', 'df.head(3)!', 'a\ndf.']) {
      expect(restOf(head, prefix, '\nx')).toBeNull();
    }
    expect(restOf(head, 'df.', '\ny')).toBeNull();
  });

  it('leaves out the bracket that the editor closed by itself', () => {
    expect(restOf(head, 'df.head(', ')\nx')).toBe('3');
    expect(restOf(head, 'df.head(', ']\nx')).toBeNull();
  });

  it('is all of it, typed in any two parts', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (prefix, typed, rest) => {
        const suggestion = { prefix, suffix: '', text: typed + rest, complete: true };
        expect(restOf(suggestion, prefix + typed, '')).toBe(rest);
      })
    );
  });
});

describe('the suggestions that came last', () => {
  it('are found again by typing what they say', () => {
    const kept = new Suggestions();
    kept.add(head);
    expect(kept.find('df.hea', '\nx')).toBe(head);
    expect(kept.find('df.t', '\nx')).toBeNull();
  });

  it('have nothing to say where all of one is typed', () => {
    const kept = new Suggestions();
    kept.add(head);
    expect(kept.find('df.head(3)', '\nx')).toBeNull();
  });

  it('remember that there was nothing to suggest', () => {
    const kept = new Suggestions();
    kept.add({ ...head, text: '' });
    expect(kept.find('df.', '\nx')?.text).toBe('');
    expect(kept.find('df.h', '\nx')).toBeNull();
  });

  it('make room by forgetting the one unused for longest', () => {
    const kept = new Suggestions(2);
    kept.add({ ...head, prefix: '1' });
    kept.add({ ...head, prefix: '2' });
    kept.find('1', '\nx');
    kept.add({ ...head, prefix: '3' });
    expect(['1', '2', '3'].map(prefix => kept.find(prefix, '\nx') !== null)).toEqual([
      true,
      false,
      true
    ]);
  });
});

describe('parts of a suggestion', () => {
  it.each([
    ['head(3)', 'head'],
    ['(3)', '('],
    [' = größe_1 + 2', ' ='],
    ['\n    return x', '\n    return'],
    ['  ', '  ']
  ])('the first word of %j is %j', (text, word) => expect(firstWord(text)).toBe(word));

  it.each([
    ['a\nb', 'a'],
    ['\n    a\n    b', '\n    a'],
    ['a', 'a']
  ])('the first line of %j is %j', (text, line) => expect(firstLine(text)).toBe(line));

  it('bring one through all of it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), text => {
        for (const first of [firstWord, firstLine]) {
          const part = first(text);
          expect(part.length).toBeGreaterThan(0);
          expect(text.startsWith(part)).toBe(true);
        }
      })
    );
  });
});
