import {
  closesFence,
  fenceOf,
  htmlOf,
  indentOf,
  interrupts,
  isBlank,
  isDefinition,
  isHeading,
  markerOf,
  mathIsOpen,
  mathOf,
  opensTag,
  tagBalance,
  type HtmlStart,
  type IFence,
  type IMarker
} from './lineSyntax';

export type BlockKind = 'markdown' | 'code' | 'math';

/** What a line does: it begins a block (the one before is over), or ends one, or both. */
export interface IStep {
  readonly closesBefore: boolean;
  readonly closesAfter: boolean;
}

/** What the open block is. */
type State =
  | { readonly is: 'nothing' }
  | { readonly is: 'text'; mathOpen: boolean }
  | { readonly is: 'fence'; readonly fence: IFence }
  | { readonly is: 'math'; readonly end: string }
  | {
      readonly is: 'html';
      readonly start: HtmlStart;
      depth: number;
      /** Whether Markdown may stand here: no tag's line since the last blank one. */
      afterBlank: boolean;
      /** What has begun inside, where tags mean nothing. */
      inside: IFence | RegExp | null;
    }
  | { readonly is: 'indented' }
  | {
      readonly is: 'list';
      readonly type: string;
      /** The columns of the items that are open, the outermost first. */
      offsets: number[];
      afterBlank: boolean;
      /** Whether there is nothing in the last item yet. */
      empty: boolean;
      /** A fence in the innermost item. */
      fence: IFence | null;
    };

const GOES_ON: IStep = { closesBefore: false, closesAfter: false };
const CLOSES: IStep = { closesBefore: false, closesAfter: true };

/**
 * Finds the places where Markdown can be cut, line by line.
 *
 * It cuts only where the two sides certainly have nothing to do with each other; where in doubt, a block goes on.
 */
export class BlockScanner {
  /** Of the open block. */
  kind: BlockKind = 'markdown';
  info = '';
  /** Lines that define links. */
  definitions = '';

  /** The next line, without its end. */
  step(line: string): IStep {
    const { state } = this;
    switch (state.is) {
      case 'nothing':
        return this.begin(line);
      case 'text':
        return this.inText(state, line);
      case 'fence':
        return ends(line, state.fence) ? CLOSES : GOES_ON;
      case 'math':
        return this.inMath(state.end, line);
      case 'html':
        return this.inHtml(state, line);
      case 'indented':
        return isBlank(line) || indentOf(line) >= 4 ? GOES_ON : this.beginAnew(line);
      case 'list':
        return this.inList(state, line);
    }
  }

  /** The open block is over, whatever it was. */
  restart(): void {
    this.state = { is: 'nothing' };
    this.kind = 'markdown';
    this.info = '';
  }

  private beginAnew(line: string): IStep {
    this.restart();
    return { closesBefore: true, closesAfter: this.begin(line).closesAfter };
  }

  /** A block's first line; blank lines before it are part of it, unless it is code or mathematics. */
  private begin(line: string): IStep {
    if (isBlank(line)) {
      return GOES_ON;
    }
    const indent = indentOf(line);
    if (indent >= 4) {
      this.state = { is: 'indented' };
      return GOES_ON;
    }
    const fence = fenceOf(line);
    if (fence) {
      this.state = { is: 'fence', fence };
      this.kind = 'code';
      this.info = fence.info;
      return { closesBefore: true, closesAfter: false };
    }
    const mathEnd = mathOf(line);
    if (mathEnd) {
      this.state = { is: 'math', end: mathEnd };
      this.kind = 'math';
      return { closesBefore: true, closesAfter: false };
    }
    const start = htmlOf(line);
    if (start) {
      this.state = { is: 'html', start, depth: 0, afterBlank: false, inside: null };
      return this.inHtml(this.state, line);
    }
    const marker = markerOf(line);
    if (marker) {
      this.state = listOf(marker);
      return GOES_ON;
    }
    this.state = { is: 'text', mathOpen: false };
    return this.textLine(this.state, line);
  }

  private inText(state: State & { is: 'text' }, line: string): IStep {
    if (isBlank(line)) {
      return CLOSES;
    }
    if (state.mathOpen || indentOf(line) >= 4) {
      return this.textLine(state, line);
    }
    const marker = markerOf(line);
    if (fenceOf(line) || mathOf(line) || htmlOf(line) || isHeading(line) || marker?.interrupts) {
      return this.beginAnew(line);
    }
    if (marker) {
      // A list's item or a paragraph's line, which depends on what stands above.
      this.state = listOf(marker);
      return GOES_ON;
    }
    return this.textLine(state, line);
  }

  private textLine(state: State & { is: 'text' }, line: string): IStep {
    if (isDefinition(line)) {
      this.definitions += `${line}\n`;
    }
    state.mathOpen = mathIsOpen(line, state.mathOpen);
    return isHeading(line) && !state.mathOpen ? CLOSES : GOES_ON;
  }

  private inMath(end: string, line: string): IStep {
    const place = line.indexOf(end);
    if (place >= 0) {
      if (isBlank(line.slice(place + end.length))) {
        return CLOSES;
      }
      this.kind = 'markdown';
      this.state = { is: 'text', mathOpen: false };
      return GOES_ON;
    }
    // No formula has such a line: the delimiter meant something else.
    return indentOf(line) < 4 && (fenceOf(line) || isHeading(line))
      ? this.beginAnew(line)
      : GOES_ON;
  }

  private inHtml(state: State & { is: 'html' }, line: string): IStep {
    const { start } = state;
    if ('end' in start) {
      return start.end.test(line) ? CLOSES : GOES_ON;
    }
    if (state.inside) {
      const over = 'test' in state.inside ? state.inside.test(line) : ends(line, state.inside);
      state.inside = over ? null : state.inside;
      return GOES_ON;
    }
    const inner = htmlOf(line);
    if (inner && 'end' in inner) {
      state.inside = inner.end.test(line) ? null : inner.end;
      return GOES_ON;
    }
    if (isBlank(line)) {
      state.afterBlank = true;
      return state.depth <= 0 ? CLOSES : GOES_ON;
    }
    state.afterBlank = state.afterBlank && !inner;
    state.inside = state.afterBlank && indentOf(line) < 4 ? fenceOf(line) : null;
    state.depth += tagBalance(line, start.tag);
    return GOES_ON;
  }

  private inList(state: State & { is: 'list' }, line: string): IStep {
    if (isBlank(line)) {
      // An item that is empty ends with its line.
      state.offsets = state.empty ? [Infinity] : state.offsets;
      state.afterBlank = true;
      return GOES_ON;
    }
    const indent = indentOf(line);
    const wasBlank = state.afterBlank || state.empty;
    state.afterBlank = false;
    state.empty = false;
    const inner = state.offsets[state.offsets.length - 1]!;
    if (state.fence && indent >= inner) {
      state.fence = closesFence(line, state.fence) ? null : state.fence;
      return GOES_ON;
    }
    const outside = indent < state.offsets[0]!;
    const marker = markerOf(line);
    if (marker && (!outside || marker.type === state.type)) {
      state.offsets = [...state.offsets.filter(offset => offset <= indent), marker.offset];
      state.fence = fenceOf(marker.content);
      state.empty = isBlank(marker.content);
      return GOES_ON;
    }
    const begins = interrupts(line) || opensTag(line);
    if (outside) {
      const lazy = !wasBlank && !marker && !begins;
      return lazy ? GOES_ON : this.beginAnew(line);
    }
    if (wasBlank || state.fence || begins) {
      state.offsets = state.offsets.filter(offset => offset <= indent);
    }
    const offset = state.offsets[state.offsets.length - 1]!;
    state.fence = indent - offset < 4 ? fenceOf(line) : null;
    return GOES_ON;
  }

  private state: State = { is: 'nothing' };
}

function ends(line: string, fence: IFence): boolean {
  return indentOf(line) < 4 && closesFence(line, fence);
}

function listOf({ type, offset, content }: IMarker): State {
  return {
    is: 'list',
    type,
    offsets: [offset],
    afterBlank: false,
    empty: isBlank(content),
    fence: fenceOf(content)
  };
}
