/** Milliseconds: how often it is said again, and after which pause somebody types no more. */
const AGAIN_AFTER = 3_000;
const PAUSE = 5_000;

/** Tells the others that somebody types: at once, then now and then, and when it is over. */
export class Typing {
  constructor(private readonly post: (typing: boolean) => void) {}

  typed(): void {
    const now = Date.now();
    if (now - this.saidAt >= AGAIN_AFTER) {
      this.saidAt = now;
      this.post(true);
    }
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.stop(), PAUSE);
  }

  stop(): void {
    window.clearTimeout(this.timer);
    if (this.saidAt) {
      this.saidAt = 0;
      this.post(false);
    }
  }

  private saidAt = 0;
  private timer: number | undefined;
}
