/** Something that can stand behind `@` or `/`. */
export interface ICompletionItem {
  /** What is shown: `df`, `#5 import pandas`, `data/sales.csv`. */
  readonly label: string;
  /** More about it, in a few words; may be empty. */
  readonly detail: string;
  readonly kind:
    | 'persona'
    | 'variable'
    | 'column'
    | 'cell'
    | 'documentation'
    | 'file'
    | 'folder'
    | 'selection'
    | 'error'
    | 'notebook'
    | 'command'
    | 'keyword';
  /** What takes the place of `range`. */
  readonly insert: string;
  /** Places in `label` (start, end) that what was typed fits to. */
  readonly matches: readonly (readonly [number, number])[];
  /** Whether completion goes on behind it (a folder, a name with columns). */
  readonly continues: boolean;
}

/** The completions for one place of a text. */
export interface ICompletion {
  /** The part of the text that is replaced: from, to. */
  readonly range: readonly [number, number];
  readonly items: readonly ICompletionItem[];
}

/** Completes `@` mentions and `/` commands. */
export interface IChatCompleter {
  /**
   * What fits at the caret; null when nothing can stand there.
   *
   * `onMore` is called when a slower source (files, variables) has something: ask again then.
   * Aborting the signal drops what is under way.
   */
  complete(
    text: string,
    caret: number,
    options?: { signal?: AbortSignal; onMore?: () => void }
  ): ICompletion | null;
}
