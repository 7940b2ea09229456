import type * as nbformat from '@jupyterlab/nbformat';

/** Characters of an output's text that are kept at most. */
export const TEXT_LIMIT = 4096;
/** Outputs of one cell that are kept at most: the first few, and then the last ones. */
export const OUTPUT_LIMIT = 12;
const FIRST_OUTPUTS = 4;

/** An output in nbformat's shape, with whatever of it is kept. */
export type ShortOutput = Record<string, unknown>;

const IMAGE = /^image\/(png|jpeg|webp|gif)$/;
/** What a model reads as it is, the plainest first; of HTML and the rest only when there is nothing plainer. */
const READABLE = ['text/plain', 'text/markdown', 'text/latex', 'application/json'];
const ANSI = /\u001b\[[0-9;]*[A-Za-z]/g;

/** Which outputs of a cell with so many are kept: the beginning says what it is, the end how it went. */
export function keptOutputs(count: number): number[] {
  const all = Array.from({ length: count }, (_, index) => index);
  return count <= OUTPUT_LIMIT
    ? all
    : [...all.slice(0, FIRST_OUTPUTS), ...all.slice(FIRST_OUTPUTS - OUTPUT_LIMIT)];
}

/** An output with at most `TEXT_LIMIT` characters of each text, and without what no model reads. */
export function shortOutput(output: nbformat.IOutput, images: boolean): ShortOutput {
  switch (output.output_type) {
    case 'stream':
      return {
        output_type: 'stream',
        name: String(output['name']),
        text: shorten(plain(output['text']))
      };
    case 'error':
      return {
        output_type: 'error',
        ename: shorten(plain(output['ename']), 256),
        evalue: shorten(plain(output['evalue']), 1024),
        traceback: [shorten(plain(output['traceback'], '\n'))]
      };
    default:
      return {
        output_type: output.output_type,
        data: shortData((output['data'] ?? {}) as nbformat.IMimeBundle, images),
        metadata: {},
        ...(output.output_type === 'execute_result'
          ? { execution_count: (output['execution_count'] as number | null | undefined) ?? null }
          : {})
      };
  }
}

/** Whether an output shows a picture that a model could look at. */
export function hasImage(output: ShortOutput): boolean {
  return Object.keys((output['data'] as object | undefined) ?? {}).some(type => IMAGE.test(type));
}

/** An output less its pictures. */
export function withoutImages(output: ShortOutput): ShortOutput {
  if (!hasImage(output)) {
    return output;
  }
  const data = Object.entries(output['data'] as object).filter(([type]) => !IMAGE.test(type));
  return { ...output, data: Object.fromEntries(data) };
}

/** A text of at most `limit` characters: a third from its beginning, the rest from its end. */
export function shorten(text: string, limit: number = TEXT_LIMIT): string {
  if (text.length <= limit) {
    return text;
  }
  const mark = '\n…\n';
  const room = limit - mark.length;
  const head = Math.floor(room / 3);
  return whole(text.slice(0, head)) + mark + whole(text.slice(text.length - (room - head)));
}

function shortData(data: nbformat.IMimeBundle, images: boolean): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const type of READABLE) {
    const value = data[type];
    if (value === undefined) {
      continue;
    }
    kept[type] = shorten(type === 'application/json' ? JSON.stringify(value) : plain(value));
  }
  if (!Object.keys(kept).length && data['text/html'] !== undefined) {
    kept['text/html'] = shorten(plain(data['text/html']));
  }
  if (images) {
    for (const [type, value] of Object.entries(data)) {
      if (IMAGE.test(type)) {
        kept[type] = plain(value);
      }
    }
  }
  return kept;
}

/** nbformat's text, which may be a list of lines, without colour codes. */
function plain(value: unknown, separator = ''): string {
  const text = Array.isArray(value) ? value.join(separator) : String(value ?? '');
  return whole(text.replace(ANSI, ''));
}

/** A text without halves of surrogate pairs at its ends, which no JSON reader takes. */
function whole(text: string): string {
  return text.replace(/^[\udc00-\udfff]/, '').replace(/[\ud800-\udbff]$/, '');
}
