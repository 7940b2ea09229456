import { describe, expect, it } from 'vitest';
import { Running } from '../../src/ghostText/running';

/** Pieces that come when the test says so. */
function pieces() {
  const waiting: ((piece: string | null) => void)[] = [];
  const came: (string | null)[] = [];
  let stopped: AbortSignal | undefined;
  async function* read(signal: AbortSignal) {
    stopped = signal;
    for (;;) {
      const piece = came.length
        ? came.shift()!
        : await new Promise<string | null>(resolve => waiting.push(resolve));
      if (piece === null) {
        return;
      }
      yield piece;
    }
  }
  const give = (piece: string | null) => {
    const next = waiting.shift();
    next ? next(piece) : came.push(piece);
  };
  return { read, give, signal: () => stopped! };
}

describe('a suggestion under way', () => {
  it('grows, and is complete at its end', async () => {
    const { read, give } = pieces();
    const running = new Running('a', '', read);
    give('b');
    await running.first('a', '');
    expect([running.text, running.complete]).toEqual(['b', false]);
    give('c');
    give(null);
    await running.done;
    expect([running.text, running.complete]).toEqual(['bc', true]);
  });

  it('goes on while what is typed is what it says', async () => {
    const { read, give } = pieces();
    const running = new Running('df.', '', read);
    expect(running.fits('df.he', '')).toBe(true);
    give('head()');
    await running.first('df.he', '');
    expect(running.fits('df.he', '')).toBe(true);
    expect(running.fits('df.ta', '')).toBe(false);
    expect(running.fits('df', '')).toBe(false);
    give(null);
    await running.done;
  });

  it('waits past what was typed meanwhile', async () => {
    const { read, give } = pieces();
    const running = new Running('df.', '', read);
    let shown = false;
    const first = running.first('df.he', '').then(() => (shown = true));
    give('he');
    await new Promise(resolve => setTimeout(resolve));
    expect(shown).toBe(false);
    give('ad');
    await first;
    give(null);
    await running.done;
  });

  it('lets go of everybody who waits when it is aborted', async () => {
    const { read, signal } = pieces();
    const running = new Running('a', '', read);
    const first = running.first('a', '');
    running.abort();
    await first;
    expect(signal().aborted).toBe(true);
    expect([running.complete, running.aborted]).toEqual([true, true]);
  });

  it('says what went wrong', async () => {
    const running = new Running('a', '', async function* () {
      throw new Error('no model');
    });
    await expect(running.done).rejects.toThrow('no model');
    expect(running.complete).toBe(true);
  });
});
