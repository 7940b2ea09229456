import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';

/** Milliseconds. */
const INTERVAL = 3_000;

/**
 * Looks now and then whether somebody else, a `%%lumina` cell or a colleague, has begun a conversation.
 *
 * Only for a panel that has none to follow: who follows one is told of the others.
 */
export class Lookout implements IDisposable {
  constructor(look: () => Promise<void>) {
    this.poll = new Poll({
      name: 'lumina-jupyter:first-conversation',
      auto: false,
      factory: look,
      frequency: { interval: INTERVAL, backoff: true, max: 20 * INTERVAL },
      standby: 'when-hidden'
    });
  }

  get isDisposed(): boolean {
    return this.poll.isDisposed;
  }

  set(looking: boolean): void {
    void (looking ? this.poll.start() : this.poll.stop());
  }

  dispose(): void {
    this.poll.dispose();
  }

  private readonly poll: Poll<void, Error>;
}
