import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LuminaClient } from '../../src/api';
import { asking } from '../../src/ghostText/ask';

type Messages = object[];
const said = (text: string) => ({ type: 'text_delta', text });
const finished = (reason: string) => ({ type: 'message_finished', reason });

/** A client whose server gives these answers, one after the other. */
function client(...answers: Messages[]) {
  const open = vi.fn(async () => {
    const messages = answers.shift() ?? [];
    return new Response(messages.map(each => `data: ${JSON.stringify(each)}\n\n`).join(''));
  });
  return { open, ask: asking({ open } as unknown as LuminaClient) };
}

async function all(pieces: AsyncGenerator<string>): Promise<string[]> {
  const got: string[] = [];
  for await (const piece of pieces) {
    got.push(piece);
  }
  return got;
}

describe('asking for a suggestion', () => {
  const body = {} as Parameters<ReturnType<typeof asking>>[0];
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('asks again until a model that gave way to answers is free', async () => {
    const { open, ask } = client(
      [finished('cancelled')],
      [finished('cancelled')],
      [said('d()'), finished('stop')]
    );
    const pieces = all(ask(body, new AbortController().signal));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await pieces).toEqual(['d()']);
    expect(open).toHaveBeenCalledTimes(3);
  });

  it('asks once when there is nothing to suggest, or some of it came', async () => {
    for (const answer of [[finished('stop')], [said('d('), finished('cancelled')]]) {
      const { open, ask } = client(answer);
      const pieces = all(ask(body, new AbortController().signal));
      await vi.advanceTimersByTimeAsync(60_000);
      await pieces;
      expect(open).toHaveBeenCalledTimes(1);
    }
  });

  it('asks no more when somebody types on', async () => {
    const { open, ask } = client([finished('cancelled')], [said('late')]);
    const stop = new AbortController();
    const pieces = all(ask(body, stop.signal));
    await vi.advanceTimersByTimeAsync(10);
    stop.abort();
    expect(await pieces).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(open).toHaveBeenCalledTimes(1);
  });

  it('says what is wrong', async () => {
    const { ask } = client([
      { type: 'failed', code: 'no_model', message: 'No model.', hint: 'Get one.' }
    ]);
    await expect(all(ask(body, new AbortController().signal))).rejects.toThrow('No model.');
  });
});
