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
  /** What this has beyond `earlier`; null when this is not a continuation of it. */
  since(earlier: IText | null): string | null;
}
