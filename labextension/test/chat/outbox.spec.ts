import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/api';
import { BrowserKeep } from '../../src/chat/model/keep';
import { Outbox, type IOutgoing } from '../../src/chat/model/outbox';

const LOST = new ApiError('Failed to fetch', '', 0);
const REFUSED = new ApiError('There is no such model.', '', 400, 'invalid_request');

function item(id: string, parent = ''): IOutgoing {
  return {
    ...{ id, conversation: 'c', notebook: 'a.ipynb', text: `question ${id}`, parent },
    ...{ model: '', command: '', images: [], kernelId: '', askedAt: Number(id) }
  };
}

/** A server that answers with what the test says, and what the outbox told. */
class World {
  answers: (ApiError | null)[] = [];
  readonly asked: IOutgoing[] = [];
  readonly told: string[] = [];
  readonly outbox = new Outbox({
    keep: new BrowserKeep('/'),
    send: sent => {
      this.asked.push({ ...sent });
      const answer = this.answers.shift() ?? null;
      return answer ? Promise.reject(answer) : Promise.resolve();
    },
    onSending: ({ id }) => void this.told.push(`sending ${id}`),
    onWaiting: ({ id }) => void this.told.push(`waiting ${id}`),
    onSent: ({ id }) => void this.told.push(`sent ${id}`),
    onRefused: ({ id }, error) => void this.told.push(`refused ${id}: ${error.message}`)
  });
}

const pass = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

describe('a question on its way', () => {
  let world: World;

  beforeEach(() => {
    vi.useFakeTimers();
    localStorage.clear();
    world = new World();
  });

  afterEach(() => {
    world.outbox.dispose();
    vi.useRealTimers();
  });

  it('goes out again under the same id until somebody answers', async () => {
    world.answers = [LOST, new ApiError('Bad Gateway', '', 502), null];
    world.outbox.add(item('1'));
    await pass(10_000);
    expect(world.asked.map(({ id }) => id)).toEqual(['1', '1', '1']);
    expect(world.told.filter(what => !what.startsWith('sending'))).toEqual([
      'waiting 1',
      'waiting 1',
      'sent 1'
    ]);
  });

  it('goes out at once when the network is back', async () => {
    world.answers = [LOST];
    world.outbox.add(item('1'));
    await pass(0);
    window.dispatchEvent(new Event('online'));
    await pass(0);
    expect(world.told[world.told.length - 1]).toBe('sent 1');
  });

  it('survives a reload until it is sent, and not longer', async () => {
    world.answers = Array.from({ length: 9 }, () => LOST);
    world.outbox.add(item('2', '1'));
    world.outbox.add(item('3', '2'));
    await pass(0);
    world.outbox.dispose();

    const reloaded = new World();
    expect(reloaded.outbox.list()).toEqual([item('2', '1'), item('3', '2')]);
    reloaded.outbox.start();
    await pass(0);
    expect(reloaded.told).toEqual(['sending 2', 'sent 2', 'sending 3', 'sent 3']);
    expect(new World().outbox.list()).toEqual([]);
  });

  it('comes back when it is refused, and is not sent again', async () => {
    world.answers = [REFUSED, null];
    world.outbox.add(item('2', '1'));
    world.outbox.add(item('3', '2'));
    await pass(0);
    expect(world.told).toContain('refused 2: There is no such model.');
    expect(world.asked[1]).toMatchObject({ id: '3', parent: '1' });
    expect(new World().outbox.list()).toEqual([]);
  });

  it('is taken back by who does not want to wait, and the next one goes out', async () => {
    world.answers = [LOST];
    world.outbox.add(item('1'));
    world.outbox.add(item('2'));
    await pass(0);
    expect(world.outbox.withdraw('1')?.text).toBe('question 1');
    await pass(0);
    expect(world.told[world.told.length - 1]).toBe('sent 2');
    expect(world.outbox.withdraw('1')).toBeNull();
  });

  it('is kept without its pictures when the browser has no room for them', async () => {
    world.answers = [LOST];
    const set = Storage.prototype.setItem;
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(function (this: Storage, key, value) {
      if (value.length > 1000) {
        throw new DOMException('full', 'QuotaExceededError');
      }
      set.call(this, key, value);
    });
    const picture = { media_type: 'image/png', data: 'x'.repeat(2000) };
    expect(world.outbox.add({ ...item('1'), images: [picture] })).toBe(false);
    expect(new World().outbox.list()).toEqual([item('1')]);
    await pass(5_000);
    expect(world.asked[world.asked.length - 1]!.images).toEqual([picture]);
  });
});
