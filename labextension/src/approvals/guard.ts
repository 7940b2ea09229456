/** Milliseconds that a button must have stood where it is before it does anything. */
export const SETTLED_AFTER = 500;

/**
 * Keeps what appears under somebody's pointer or keys from being pressed by accident.
 *
 * A press counts when nothing has appeared or moved for a while, both when it began and when it ends, and when it is
 * a press of its own: a key that was held down since before says nothing.
 */
export class Guard {
  /** @param now - Milliseconds. */
  constructor(private readonly now: () => number = () => performance.now()) {
    this.since = now();
  }

  /** Something has appeared, or moved. */
  disturb(): void {
    this.since = this.now();
    if (this.began !== null) {
      this.began = false;
    }
  }

  /** Milliseconds until presses count. */
  get left(): number {
    return Math.max(0, this.since + SETTLED_AFTER - this.now());
  }

  /** A pointer or a key goes down. `repeated`: it is the same press still. */
  press(repeated = false): void {
    this.began = this.left === 0 && !(repeated && this.began !== true);
  }

  /** Whether the press that ends now counts; what presses without a pointer or key, as a reader does, begins now. */
  release(): boolean {
    const counts = this.left === 0 && this.began !== false;
    this.began = null;
    return counts;
  }

  private since: number;
  /** Whether the press that is under way began in time; null while there is none. */
  private began: boolean | null = null;
}
