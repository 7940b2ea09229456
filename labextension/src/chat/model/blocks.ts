import { BlockScanner, type BlockKind } from './blockScanner';
import { fenceOf } from './lineSyntax';
import type { IText } from './text';

/** A block of Markdown: a paragraph, a fence, a table, a list. */
export interface IMarkdownBlock {
  /** Stable while the block exists. */
  readonly key: string;
  /** Its text with all of its line ends; the blocks' texts put together are the whole. */
  readonly source: string;
  /** Whether it is finished: it never changes any more, however the text grows. */
  readonly closed: boolean;
  readonly kind: BlockKind;
  /** What stands behind a fence's backticks: the language; empty for none. */
  readonly info: string;
}

/** Splits a growing text; one per text, fed with each of its snapshots. */
export interface IMarkdownBlocks {
  /** The blocks of that snapshot. Closed ones are the same objects as before. */
  update(text: IText): readonly IMarkdownBlock[];
  /** The link definitions (`[name]: url`) so far: to be shown with a block that refers to one. */
  readonly definitions: string;
}

/**
 * Splits Markdown into blocks while it is written, so that finished ones are rendered once.
 *
 * Blocks rendered one by one show what the whole would show, but for links that are defined elsewhere
 * (see `definitions`). A line is looked at once, when it is complete.
 */
export class MarkdownBlocks implements IMarkdownBlocks {
  get definitions(): string {
    return this.scanner.definitions;
  }

  update(text: IText): readonly IMarkdownBlock[] {
    let added = text.since(this.seen);
    if (added === null) {
      // Not the text that was seen with more behind it, unless it only looks like another.
      const whole = text.toString();
      const before = this.seen?.toString() ?? '';
      added = whole.slice(before.length);
      if (!whole.startsWith(before)) {
        this.begin();
        added = whole;
      }
    }
    this.seen = text;
    if (added) {
      this.feed(added);
      this.blocks = this.line || this.source ? [...this.closed, this.openBlock()] : this.closed;
    }
    return this.blocks;
  }

  private begin(): void {
    this.scanner = new BlockScanner();
    this.closed = [];
    this.blocks = [];
    this.source = '';
    this.line = '';
  }

  private feed(added: string): void {
    let from = 0;
    for (let end = added.indexOf('\n'); end >= 0; end = added.indexOf('\n', from)) {
      const line = this.line + added.slice(from, end + 1);
      this.line = '';
      from = end + 1;
      this.take(line);
    }
    this.line += added.slice(from);
  }

  private take(line: string): void {
    const { kind, info } = this.scanner;
    const step = this.scanner.step(line.replace(/\r?\n$/, ''));
    if (step.closesBefore && this.source) {
      this.close(kind, info);
    }
    this.source += line;
    if (step.closesAfter) {
      this.close(this.scanner.kind, this.scanner.info);
      this.scanner.restart();
    }
  }

  private close(kind: BlockKind, info: string): void {
    const key = this.nextKey();
    this.closed = [...this.closed, { key, source: this.source, closed: true, kind, info }];
    this.source = '';
  }

  private openBlock(): IMarkdownBlock {
    const source = this.source + this.line;
    let { kind, info } = this.scanner;
    if (!this.source) {
      const fence = this.line.length < LONGEST_FENCE ? fenceOf(this.line) : null;
      kind = fence ? 'code' : 'markdown';
      info = fence?.info ?? '';
    }
    return { key: this.nextKey(), source, closed: false, kind, info };
  }

  private nextKey(): string {
    return `m${this.closed.length}`;
  }

  private scanner = new BlockScanner();
  private seen: IText | null = null;
  private closed: readonly IMarkdownBlock[] = [];
  private blocks: readonly IMarkdownBlock[] = [];
  /** The open block's complete lines. */
  private source = '';
  /** The line that is not complete. */
  private line = '';
}

/** A first line that is longer is not looked at again and again while it grows. */
const LONGEST_FENCE = 100;
