import type { RunsApi } from './runsApi';
import type { IEvidence } from './wire';

/** Milliseconds after the last change of a notebook before its cells are looked at. */
const REST = 1500;

/** Knows whether what claims rest on has changed since they were made. */
export class Stale {
  /** @param changed - Called when more is known. */
  constructor(
    private readonly api: RunsApi,
    private readonly changed: () => void
  ) {}

  /** What is known; another object whenever that changes. */
  get known(): unknown {
    return this.hashes;
  }

  /** Whether the cell is another now, or gone; null while that is not known. */
  isStale({ cell, source_hash: hash }: IEvidence): boolean | null {
    if (!this.hashes || !cell || !hash) {
      return null;
    }
    return this.hashes.get(cell) !== hash;
  }

  /** Look at the cells, once a notebook rests. */
  look(path: string): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.ask(path), this.hashes ? REST : 0);
  }

  forget(): void {
    window.clearTimeout(this.timer);
    this.abort?.abort();
    this.hashes = null;
  }

  dispose(): void {
    this.forget();
  }

  private async ask(path: string): Promise<void> {
    this.abort?.abort();
    const abort = (this.abort = new AbortController());
    try {
      const hashes = await this.api.hashes(path, abort.signal);
      if (!abort.signal.aborted) {
        this.hashes = hashes;
        this.changed();
      }
    } catch {
      // Then nothing is said of it.
      this.hashes = null;
    }
  }

  private hashes: ReadonlyMap<string, string> | null = null;
  private timer = 0;
  private abort: AbortController | null = null;
}
