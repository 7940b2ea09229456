/** What a line of Markdown is by itself, as CommonMark and JupyterLab's mathematics have it. */

/** Columns before the first character that is no blank; a tab reaches the next multiple of four. */
export function indentOf(line: string): number {
  let columns = 0;
  for (const character of line) {
    if (character === ' ') {
      columns += 1;
    } else if (character === '\t') {
      columns += 4 - (columns % 4);
    } else {
      break;
    }
  }
  return columns;
}

export function isBlank(line: string): boolean {
  return !/\S/.test(line);
}

/** The beginning of a fenced block. */
export interface IFence {
  readonly character: string;
  readonly length: number;
  readonly info: string;
}

const FENCE = /^\s*(`{3,}|~{3,})(.*)$/;

/** The fence that a line begins, wherever it is indented to. */
export function fenceOf(line: string): IFence | null {
  const [, marks, info = ''] = FENCE.exec(line) ?? [];
  if (!marks || (marks.startsWith('`') && info.includes('`'))) {
    return null;
  }
  return { character: marks.charAt(0), length: marks.length, info: info.trim() };
}

export function closesFence(line: string, fence: IFence): boolean {
  const marks = line.trim();
  return (
    marks.length >= fence.length && [...marks].every(character => character === fence.character)
  );
}

/** The beginning of a list's item. */
export interface IMarker {
  /** What tells one list from the next: `-`, `*`, `+`, `.` or `)`. */
  readonly type: string;
  /** Whether it may follow a paragraph's line without a blank one between. */
  readonly interrupts: boolean;
  /** The columns that its content is indented by. */
  readonly offset: number;
  /** What stands behind the marker. */
  readonly content: string;
}

const MARKER = /^(\s*)(?:([-*+])|(\d{1,9})([.)]))(\s+(.*)|)$/;
const RULE = /^\s{0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;

export function markerOf(line: string): IMarker | null {
  if (RULE.test(line)) {
    return null;
  }
  const match = MARKER.exec(line);
  if (!match) {
    return null;
  }
  const [, before = '', bullet, number = '', end = '', , content = ''] = match;
  const width = bullet ? 1 : number.length + 1;
  return {
    type: bullet ?? end,
    interrupts: content !== '' && (bullet !== undefined || number === '1'),
    offset: indentOf(before) + width + 1,
    content
  };
}

export function isHeading(line: string): boolean {
  return /^ {0,3}#{1,6}(?:\s|$)/.test(line);
}

/** Whether a line ends a paragraph or a list's item that it follows without a blank line. */
export function interrupts(line: string): boolean {
  return (
    indentOf(line) < 4 &&
    (isHeading(line) || RULE.test(line) || line.trimStart().startsWith('>') || !!fenceOf(line))
  );
}

/** How a block of HTML ends: with a line that has its end, or with a blank line once its tags are closed. */
export type HtmlStart = { readonly end: RegExp } | { readonly tag: string };

const RAW = /^ {0,3}<(?:script|pre|style|textarea)(?:\s|>|$)/i;
const RAW_END = /<\/(?:script|pre|style|textarea)>/i;
const VOID = /^(?:hr|base|basefont|col|frame|link|meta|param|source|track)$/i;
const BLOCK_TAGS =
  'address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|' +
  'div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|' +
  'legend|li|link|main|menu|menuitem|meta|nav|noframes|ol|optgroup|option|p|param|search|section|source|' +
  'summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul';
const TAG = new RegExp(`^ {0,3}</?(${BLOCK_TAGS})(?:\\s|/?>|$)`, 'i');

/** The block of HTML that a line begins, of those that may also follow a paragraph's line. */
export function htmlOf(line: string): HtmlStart | null {
  if (!/^ {0,3}</.test(line)) {
    return null;
  }
  if (RAW.test(line)) {
    return { end: RAW_END };
  }
  const special: readonly [RegExp, RegExp][] = [
    [/^ {0,3}<!--/, /-->/],
    [/^ {0,3}<\?/, /\?>/],
    [/^ {0,3}<!\[CDATA\[/, /\]\]>/],
    [/^ {0,3}<![A-Za-z]/, />/]
  ];
  for (const [start, end] of special) {
    if (start.test(line)) {
      return { end };
    }
  }
  const tag = TAG.exec(line)?.[1];
  return tag ? { tag: VOID.test(tag) ? '' : tag } : null;
}

/** Whether a line begins with a tag or a comment, which ends a list's item. */
export function opensTag(line: string): boolean {
  return /^ {0,3}<(?:[a-z].*>|!--)/i.test(line);
}

/** By how much a line's tags of that name are more open than closed. */
export function tagBalance(line: string, tag: string): number {
  if (!tag) {
    return 0;
  }
  const opened = line.match(new RegExp(`<${tag}(?:\\s[^>]*)?>|<${tag}$`, 'gi'))?.length ?? 0;
  const closed = line.match(new RegExp(`</${tag}\\s*>`, 'gi'))?.length ?? 0;
  const empty = line.match(new RegExp(`<${tag}(?:\\s[^>]*)?/>`, 'gi'))?.length ?? 0;
  return opened - closed - empty;
}

/** The delimiter that ends the displayed mathematics which a line begins and does not end; else null. */
export function mathOf(line: string): string | null {
  const [, start = '', rest = ''] = /^ {0,3}(\$\$|\\{1,2}\[)(.*)$/.exec(line) ?? [];
  if (!start) {
    return null;
  }
  const end = start === '$$' ? '$$' : start.replace('[', ']');
  return rest.includes(end) ? null : end;
}

/** Whether mathematics is open after a line, given whether it was before. */
export function mathIsOpen(line: string, before: boolean): boolean {
  let open = before;
  for (const [delimiter] of line.replace(/`[^`]*`/g, '').matchAll(/\$\$|\\\[|\\\]/g)) {
    open = delimiter === '$$' ? !open : delimiter === '\\[';
  }
  return open;
}

/** Whether a line defines what a link's name means. */
export function isDefinition(line: string): boolean {
  return /^ {0,3}\[(?!\^)[^\]]+\]:\s*\S/.test(line);
}
