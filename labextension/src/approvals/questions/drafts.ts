import type { Values } from './values';

/** What a person has done with a question that she has not answered yet. */
export interface IDraft {
  /** What stands in the form; null while nobody has written into it. */
  readonly values: Values | null;
  /** Whether it was sent once, and something was wrong with it. */
  readonly tried: boolean;
  /** Whether the page was opened that is asked for. */
  readonly opened: boolean;
}

const EMPTY: IDraft = { values: null, tried: false, opened: false };

/** Drafts of answers, kept while their forms come and go: a list may take one out of the page, another panel show it. */
export class Drafts {
  /** The same object until it has changed. */
  of(id: string): IDraft {
    return this.drafts.get(id) ?? EMPTY;
  }

  change(id: string, change: Partial<IDraft>): void {
    this.drafts.set(id, { ...this.of(id), ...change });
    this.listeners.forEach(listener => listener());
  }

  /** It is over: nothing of what was written stays. */
  forget(id: string): void {
    this.drafts.delete(id);
  }

  subscribe(listener: () => void): () => void {
    const own = (): void => listener();
    this.listeners.add(own);
    return () => void this.listeners.delete(own);
  }

  private readonly drafts = new Map<string, IDraft>();
  private readonly listeners = new Set<() => void>();
}
