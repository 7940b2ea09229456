/** Calls back before the next frame is painted; the function that it returns takes that back. */
export type Schedule = (callback: () => void) => () => void;

const HIDDEN_INTERVAL = 250;

/** The browser's next frame; while the page is hidden, when there are none, a few times a second. */
export const nextFrame: Schedule = callback => {
  if (document.visibilityState === 'hidden') {
    const timer = window.setTimeout(callback, HIDDEN_INTERVAL);
    return () => window.clearTimeout(timer);
  }
  const frame = window.requestAnimationFrame(callback);
  return () => window.cancelAnimationFrame(frame);
};

/** Tells listeners of changes, once a frame at most, however many there are. */
export class Notifier {
  /** @param refresh - Makes what listeners will look at; called right before they are. */
  constructor(
    private readonly refresh: () => void,
    private readonly schedule: Schedule = nextFrame
  ) {}

  subscribe(listener: () => void): () => void {
    // A wrapper of its own, so that the same function may subscribe twice.
    const own = (): void => listener();
    this.listeners.add(own);
    return () => void this.listeners.delete(own);
  }

  /** Something has changed: tell it with the next frame. */
  later(): void {
    if (!this.cancel && !this.disposed) {
      this.cancel = this.schedule(() => this.now());
    }
  }

  /** Tell it now: somebody just did something and looks at what comes of it. */
  now(): void {
    if (this.disposed) {
      return;
    }
    this.cancel?.();
    this.cancel = null;
    this.refresh();
    for (const listener of [...this.listeners]) {
      listener();
    }
  }

  dispose(): void {
    this.disposed = true;
    this.cancel?.();
    this.listeners.clear();
  }

  private readonly listeners = new Set<() => void>();
  private cancel: (() => void) | null = null;
  private disposed = false;
}
