import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventParser, type IServerEvent } from '../../src/api/sse';

/** Reads the whole text at once, as the standard's grammar tells. */
function readWhole(text: string): IServerEvent[] {
  const events: IServerEvent[] = [];
  let id = '';
  let event = '';
  let data: string[] | null = null;
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  // What stands behind the last line's end is no line.
  for (const line of lines.slice(0, -1)) {
    const [, field = '', value = ''] = /^([^:]*)(?:: ?([^]*))?$/.exec(line) ?? [];
    if (line === '') {
      if (data) {
        events.push({ event: event || 'message', data: data.join('\n'), id });
      }
      [event, data] = ['', null];
    } else if (field === 'data') {
      data = [...(data ?? []), value];
    } else if (field === 'event') {
      event = value;
    } else if (field === 'id' && !value.includes('\0')) {
      id = value;
    }
  }
  return events;
}

function readInPieces(bytes: Uint8Array, cuts: readonly number[]): IServerEvent[] {
  const parser = new EventParser();
  const places = [...new Set([0, ...cuts.map(cut => cut % (bytes.length + 1)), bytes.length])];
  places.sort((a, b) => a - b);
  return places
    .slice(1)
    .flatMap((place, index) => parser.push(bytes.subarray(places[index], place)));
}

const line = fc.oneof(
  fc.constantFrom('', '', '', ':', ': keep-alive', 'data', 'data:', 'id', 'event', 'retry: 10'),
  fc
    .tuple(
      fc.constantFrom('data:', 'data: ', 'event: ', 'id: ', ':', 'other: '),
      fc.string({ unit: 'grapheme' }).map(text => text.replace(/[\r\n]/g, ''))
    )
    .map(([field, value]) => field + value)
);
const stream = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')))
  .map(lines => lines.map(pair => pair.join('')).join(''));

describe('the reader of server-sent events', () => {
  it('reads the same wherever the bytes are cut', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat()), (text, cuts) => {
        const bytes = new TextEncoder().encode(text);
        expect(readInPieces(bytes, cuts)).toEqual(readWhole(text));
      }),
      { numRuns: 1000 }
    );
  });

  it('reads characters whose bytes come one by one', () => {
    const bytes = new TextEncoder().encode('data: 你好 👋🏽\n\n');
    const cuts = Array.from({ length: bytes.length }, (_, index) => index);
    expect(readInPieces(bytes, cuts)).toEqual([{ event: 'message', data: '你好 👋🏽', id: '' }]);
  });

  it('gives an event as soon as its blank line is there, also when lines end with CR LF', () => {
    const parser = new EventParser();
    const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
    expect(parser.push(encode('id: 7\r\nevent: entry\r\ndata: {}\r\n\r'))).toHaveLength(1);
    expect(parser.push(encode('\ndata: {}\r\n\r'))).toEqual([
      { event: 'message', data: '{}', id: '7' }
    ]);
  });
});
