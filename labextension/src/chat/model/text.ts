/**
 * A text that grows: appending costs what is appended, however long it already is.
 *
 * Snapshots of one growing text share their pieces. `since` gives what came after an earlier snapshot,
 * so that a reader who keeps up never looks at the whole again.
 */
export interface IText {
  readonly length: number;
  /** The whole text. */
  toString(): string;
  /** What this has beyond `earlier` (null: everything); null when this is not a continuation of it. */
  since(earlier: IText | null): string | null;
}

/** The first `count` of some pieces that others may go on adding to. */
class Text implements IText {
  constructor(
    private readonly pieces: readonly string[],
    private readonly count: number,
    readonly length: number
  ) {}

  toString(): string {
    this._whole ??= this.pieces.slice(0, this.count).join('');
    return this._whole;
  }

  since(earlier: IText | null): string | null {
    if (earlier === null) {
      return this.toString();
    }
    if (earlier instanceof Text && earlier.pieces === this.pieces && earlier.count <= this.count) {
      return this.pieces.slice(earlier.count, this.count).join('');
    }
    return null;
  }

  private _whole: string | null = null;
}

/** A text that does not grow. */
export function fixedText(text: string): IText {
  return new Text(text ? [text] : [], text ? 1 : 0, text.length);
}

/**
 * The writing end of a text.
 *
 * A fork goes on from here on its own and shares the pieces. When the original is later told what the
 * fork was told already, it walks along the fork's pieces, and their snapshots are continuations of
 * each other: what streamed live and what the log then says is one text to those who read it.
 */
export class GrowingText {
  constructor(
    private pieces: string[] = [],
    private count = 0,
    private _length = 0
  ) {}

  get length(): number {
    return this._length;
  }

  append(text: string): void {
    if (text) {
      this._length += text.length;
      this.place(text);
    }
  }

  fork(): GrowingText {
    return new GrowingText(this.pieces, this.count, this._length);
  }

  /** A text that begins anew and, as long as it is told the same, is the same. */
  retold(): GrowingText {
    return new GrowingText(this.pieces);
  }

  snapshot(): IText {
    return new Text(this.pieces, this.count, this._length);
  }

  private place(text: string): void {
    let rest = text;
    let index = this.count;
    for (; rest && index < this.pieces.length; index++) {
      const piece = this.pieces[index]!;
      if (!rest.startsWith(piece)) {
        // The fork said something else: its pieces are no longer ours.
        this.pieces = this.pieces.slice(0, this.count);
        rest = text;
        index = this.count;
        break;
      }
      rest = rest.slice(piece.length);
    }
    if (rest) {
      this.pieces.push(rest);
      index += 1;
    }
    this.count = index;
  }
}
