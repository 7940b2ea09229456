import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hasImage,
  keptOutputs,
  OUTPUT_LIMIT,
  shorten,
  shortOutput,
  TEXT_LIMIT,
  withoutImages
} from '../../src/notebook/shorten';

const PICTURE = {
  output_type: 'display_data',
  data: { 'image/png': 'iVBORw0KGgo=', 'text/plain': '<Figure>', 'text/html': '<img>' },
  metadata: {}
};

describe('shorten', () => {
  it('keeps what is short', () => {
    expect(shorten('abc', 3)).toBe('abc');
  });

  it('keeps the beginning and more of the end', () => {
    const text = `begin${'x'.repeat(9000)}end`;
    const short = shorten(text);
    expect(short).toHaveLength(TEXT_LIMIT);
    expect(short.startsWith('begin')).toBe(true);
    expect(short.endsWith('end')).toBe(true);
  });

  it('never leaves half a character', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.integer({ min: 8, max: 40 }),
        (text, limit) => {
          const short = shorten(text, limit);
          expect(short.length).toBeLessThanOrEqual(Math.max(limit, 0));
          expect(() => encodeURIComponent(short)).not.toThrow();
        }
      )
    );
  });
});

describe('shortOutput', () => {
  it('joins the lines of a stream', () => {
    const output = { output_type: 'stream', name: 'stdout', text: ['a\n', 'b\n'] };
    expect(shortOutput(output, false)['text']).toBe('a\nb\n');
  });

  it('takes the colours out of a traceback and keeps its end', () => {
    const traceback = ['\u001b[31m----\u001b[39m', 'x'.repeat(9000), 'NameError: no x'];
    const output = { output_type: 'error', ename: 'NameError', evalue: 'no x', traceback };
    const [text] = shortOutput(output, false)['traceback'] as [string];
    expect(text.startsWith('----\n')).toBe(true);
    expect(text.endsWith('\nNameError: no x')).toBe(true);
    expect(text.length).toBeLessThanOrEqual(TEXT_LIMIT);
  });

  it('leaves pictures out unless they are asked for', () => {
    expect(shortOutput(PICTURE, false)['data']).toEqual({ 'text/plain': '<Figure>' });
    const asked = shortOutput(PICTURE, true);
    expect(asked['data']).toEqual({ 'text/plain': '<Figure>', 'image/png': 'iVBORw0KGgo=' });
    expect(hasImage(asked)).toBe(true);
    expect(hasImage(withoutImages(asked))).toBe(false);
  });

  it('takes HTML only when there is nothing plainer', () => {
    const html = { output_type: 'display_data', data: { 'text/html': '<b>a</b>' }, metadata: {} };
    expect(shortOutput(html, false)['data']).toEqual({ 'text/html': '<b>a</b>' });
  });
});

describe('keptOutputs', () => {
  it('keeps the first few and the last ones', () => {
    expect(keptOutputs(2)).toEqual([0, 1]);
    const kept = keptOutputs(1000);
    expect(kept).toHaveLength(OUTPUT_LIMIT);
    expect(kept.slice(0, 4)).toEqual([0, 1, 2, 3]);
    expect(kept[kept.length - 1]).toBe(999);
  });
});
