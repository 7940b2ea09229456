import { Signal, type ISignal } from '@lumino/signaling';
import { restOf, type ISuggestion } from './suggestion';

/** A suggestion that is being made. */
export class Running implements ISuggestion {
  constructor(
    readonly prefix: string,
    readonly suffix: string,
    pieces: (signal: AbortSignal) => AsyncGenerator<string>
  ) {
    this.done = this.read(pieces(this.stop.signal));
  }

  /** Resolves when nothing more comes; rejects when that is because something is wrong. */
  readonly done: Promise<void>;

  get text(): string {
    return this._text;
  }

  get complete(): boolean {
    return this._complete;
  }

  get aborted(): boolean {
    return this.stop.signal.aborted;
  }

  /** More has come, or the end. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Stop it, on the server too. */
  abort(): void {
    this.stop.abort();
    this.end();
  }

  /** Whether it may still say something at a place; what was typed since may not fit it. */
  fits(prefix: string, suffix: string): boolean {
    return (
      restOf(this, prefix, suffix) !== null ||
      // What was typed is longer than what has come, and begins with it.
      (!this._complete && suffix === this.suffix && prefix.startsWith(this.prefix + this._text))
    );
  }

  /** Resolves when there is something to show at a place, or nothing that fits will come. */
  async first(prefix: string, suffix: string): Promise<void> {
    while (!this._complete && this.fits(prefix, suffix) && !restOf(this, prefix, suffix)) {
      await this.next();
    }
  }

  /** Resolves at the next change. */
  next(): Promise<void> {
    return new Promise(resolve => {
      const once = () => {
        this._changed.disconnect(once);
        resolve();
      };
      this._changed.connect(once);
    });
  }

  private async read(pieces: AsyncGenerator<string>): Promise<void> {
    try {
      for await (const piece of pieces) {
        if (this.aborted) {
          return;
        }
        this._text += piece;
        this._changed.emit();
      }
    } catch (error) {
      if (!this.aborted) {
        throw error;
      }
    } finally {
      this.end();
    }
  }

  private end(): void {
    if (!this._complete) {
      this._complete = true;
      this._changed.emit();
    }
  }

  private _text = '';
  private _complete = false;
  private readonly stop = new AbortController();
  private readonly _changed = new Signal<this, void>(this);
}
