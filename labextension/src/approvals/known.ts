/** What can be told of anything that waits for a person. */
export interface IKnown {
  readonly id: string;
  readonly state: string;
  readonly created_at: number;
}

/** How many that are over are kept to be shown. */
const MOST_OVER = 50;

/**
 * What is known of those that wait after being told of some, in whatever order and however often.
 *
 * One that is over stays so: what an older telling says of it does not count. The same list is given back when
 * nothing is new.
 */
export function knownWith<T extends IKnown>(known: readonly T[], told: readonly T[]): readonly T[] {
  const byId = new Map(known.map(each => [each.id, each]));
  let news = false;
  for (const each of told) {
    const before = byId.get(each.id);
    if (!before || (before.state === 'pending' && each.state !== 'pending')) {
      byId.set(each.id, each);
      news = true;
    }
  }
  return news ? kept([...byId.values()]) : known;
}

/** Those that were waiting and are not told of any more: something became of them meanwhile. */
export function missing<T extends IKnown>(
  known: readonly T[],
  waiting: readonly { readonly id: string }[]
): T[] {
  const ids = new Set(waiting.map(({ id }) => id));
  return known.filter(({ id, state }) => state === 'pending' && !ids.has(id));
}

function kept<T extends IKnown>(all: T[]): readonly T[] {
  all.sort((a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1));
  const over = all.filter(({ state }) => state !== 'pending');
  const gone = new Set(over.slice(0, Math.max(0, over.length - MOST_OVER)));
  return gone.size ? all.filter(each => !gone.has(each)) : all;
}
