const WEIGHT = 0.25;
/** Pauses longer than this are thinking, and no part of somebody's pace. */
const THINKING = 1000;
/** A pause this much longer than usual means that somebody stopped typing. */
const STOPPED = 1.25;
const MOST = 3;

/** How fast somebody types, and so how long a pause must be before it is one. */
export class Pace {
  /** A key was pressed. */
  key(now: number): void {
    const interval = now - this.last;
    this.last = now;
    if (interval < THINKING) {
      this.usual += WEIGHT * (interval - this.usual);
    }
  }

  /** Milliseconds to wait after a key; at least `least`, and for slow typists up to three times that. */
  pause(least: number): number {
    return Math.min(Math.max(least, STOPPED * this.usual), MOST * least);
  }

  private last = -Infinity;
  private usual = 0;
}
