import type { RunsApi } from './runsApi';
import type { IEvidence } from './wire';

/** Milliseconds after the last change of a notebook before the server is asked. */
const REST = 1500;

/** Knows which claims of a run's report no longer rest on what is in the notebook. */
export class Stale {
  /** @param changed - Called when more is known. */
  constructor(
    private readonly api: RunsApi,
    private readonly changed: () => void
  ) {}

  /** What is known; another object whenever that changes. */
  get known(): unknown {
    return this.stale;
  }

  /** Whether its cell has changed since, or is gone; null while that is not known. */
  isStale(run: string, evidence: IEvidence): boolean | null {
    return this.run === run && this.stale ? this.stale.has(keyOf(evidence)) : null;
  }

  /** Look at a run's evidence, once its notebook rests. */
  look(run: string): void {
    const first = run !== this.run;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.ask(run), first ? 0 : REST);
  }

  dispose(): void {
    window.clearTimeout(this.timer);
    this.abort?.abort();
  }

  private async ask(run: string): Promise<void> {
    this.abort?.abort();
    const abort = (this.abort = new AbortController());
    try {
      const { report } = await this.api.get(run, abort.signal);
      if (!abort.signal.aborted) {
        this.run = run;
        const stale = (report?.evidence ?? []).filter(each => each.stale);
        this.stale = new Set(stale.map(keyOf));
        this.changed();
      }
    } catch {
      // Then nothing is said of it; whether the server can be reached is told elsewhere.
      this.stale = null;
    }
  }

  private run = '';
  private stale: ReadonlySet<string> | null = null;
  private timer = 0;
  private abort: AbortController | null = null;
}

function keyOf({ cell, claim, step }: IEvidence): string {
  return JSON.stringify([step, cell, claim]);
}
