import type { IKeep } from './keep';
import type { IImage } from './wire';

/** Milliseconds after the last key press. */
const WRITE_AFTER = 300;

interface IWritten {
  readonly text: string;
  readonly images: readonly IImage[];
}

const EMPTY: IWritten = { text: '', images: [] };

/** What stands in the composer, one for each conversation (or notebook that has none yet). */
export class Drafts {
  constructor(private readonly keep: IKeep) {
    window.addEventListener('pagehide', this.flush);
  }

  get(place: string): IWritten {
    const kept = this.changed.get(place);
    if (kept) {
      return kept;
    }
    const text = this.keep.get(NAME + place);
    if (text === null) {
      return EMPTY;
    }
    try {
      return { ...EMPTY, ...(JSON.parse(text) as Partial<IWritten>) };
    } catch {
      return EMPTY;
    }
  }

  /** Kept a moment later: a key press does not wait for a disk. */
  set(place: string, text: string, images: readonly IImage[]): void {
    this.changed.set(place, { text, images });
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(this.flush, WRITE_AFTER);
  }

  dispose(): void {
    this.flush();
    window.removeEventListener('pagehide', this.flush);
  }

  private readonly flush = (): void => {
    window.clearTimeout(this.timer);
    for (const [place, draft] of this.changed) {
      if (!draft.text && !draft.images.length) {
        this.keep.remove(NAME + place);
      } else if (!this.keep.set(NAME + place, JSON.stringify(draft))) {
        // Pictures may be larger than what a browser keeps; the text is not.
        this.keep.set(NAME + place, JSON.stringify({ text: draft.text }));
      }
    }
    this.changed.clear();
  };

  private readonly changed = new Map<string, IWritten>();
  private timer: number | undefined;
}

const NAME = 'draft:';
