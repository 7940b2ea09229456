import type { IText } from './text';

/** A block of Markdown: a paragraph, a fence, a table, a list. */
export interface IMarkdownBlock {
  /** Stable while the block exists. */
  readonly key: string;
  /** Its text with all of its line ends; the blocks' texts put together are the whole. */
  readonly source: string;
  /** Whether it is finished: it never changes any more, however the text grows. */
  readonly closed: boolean;
  readonly kind: 'markdown' | 'code' | 'math';
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
